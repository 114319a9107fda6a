import type { Fault, Position } from '../model/fault.ts';
import type { Source } from './source.ts';
import type { Path, Tree } from './tree.ts';

/** A fault as the rules state it: with the path of what is meant, whose place in the files is looked up later. */
export interface Finding extends Omit<Fault, 'at' | 'also' | 'frame' | 'severity'> {
  readonly severity?: Fault['severity'];
  readonly path?: Path;
  /** Whether the fault is in the key itself or in what it holds. */
  readonly on?: 'key' | 'value';
  readonly also?: Path;
}

/** Gathers the faults of all files, and knows where in them a path stands. */
export interface Faults {
  add(finding: Finding): void;
  /** A fault at a known place of one file. */
  addAt(source: Source, at: Position, fault: Pick<Fault, 'message' | 'advice' | 'also'>): void;
  /** The first place in the files where this path stands, or the nearest place above it. */
  locate(path: Path, on: 'key' | 'value'): Position;
  /** The folder of the file in which this path stands. */
  folderOf(path: Path): string;
  /** Every fault once, in the order of the files. */
  all(): readonly Fault[];
  readonly count: number;
}

export function createFaults(sources: () => readonly Source[], trees: () => readonly Tree[]): Faults {
  const found = new Map<string, Fault>();
  const keep = (fault: Fault): void => {
    const at = fault.at;
    found.set([at?.file, at?.line, at?.col, fault.message, fault.refusal?.scope].join('\n'), fault);
  };
  const place = (path: Path, on: 'key' | 'value'): readonly [Source, Position] | null => {
    const best = deepest(trees(), path);
    return best && [best.source, best.source.position(best.find(path, on).offset)];
  };
  return {
    add: ({ path, on = 'value', also, severity = 'error', ...rest }) => {
      const here = path && place(path, on);
      const there = also && place(also, 'key');
      keep({
        severity,
        ...rest,
        ...(here ? { at: here[1], frame: here[0].frame(here[1]) } : {}),
        ...(there ? { also: there[1] } : {}),
      });
    },
    addAt: (source, at, fault) => keep({ severity: 'error', ...fault, at, frame: source.frame(at) }),
    locate: (path, on) => place(path, on)?.[1] ?? { file: '', line: 1, col: 1 },
    folderOf: (path) => deepest(trees(), path)?.source.folder ?? '',
    all: () => {
      const order = new Map(sources().map((source, index) => [source.name, index]));
      return [...found.values()].sort((one, other) => byPlace(one, other, order));
    },
    get count() {
      return found.size;
    },
  };
}

/** The first file that holds the whole path, else the one that holds most of it. */
function deepest(trees: readonly Tree[], path: Path): Tree | null {
  let best: Tree | null = null;
  let depth = -1;
  for (const tree of trees) {
    const reached = tree.find(path, 'key').depth;
    if (reached > depth) [best, depth] = [tree, reached];
    if (reached === path.length) break;
  }
  return best;
}

function byPlace(one: Fault, other: Fault, order: ReadonlyMap<string, number>): number {
  const rank = (fault: Fault): number => (fault.at === undefined ? -1 : (order.get(fault.at.file) ?? 0));
  return (
    rank(one) - rank(other) || (one.at?.line ?? 0) - (other.at?.line ?? 0) || (one.at?.col ?? 0) - (other.at?.col ?? 0)
  );
}
