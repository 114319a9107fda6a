import type { Node } from 'yaml';
import type { Path, Sheet } from './sheet.ts';

/** The files of one folder. What is added to a scope goes where the most of its path stands already. */
export class Shelf {
  readonly sheets: Sheet[];
  /** What could not be added, or stands otherwise in the files than live; for the person who imports. */
  readonly notes: string[] = [];

  constructor(sheets: readonly Sheet[]) {
    this.sheets = [...sheets];
  }

  /** The files in which a scope stands already. */
  holding(scope: Path): readonly Sheet[] {
    return this.sheets.filter((sheet) => sheet.depth(scope) === scope.length);
  }

  /** Where things of one scope are put: into the file that holds the most of their path, else into its home. */
  desk(scope: Path, holders: readonly Sheet[], home: Sheet): Desk {
    const placed = (path: Path, put: (sheet: Sheet) => boolean): void => {
      const sheet = deepest(holders, path) ?? home;
      if (!put(sheet))
        this.notes.push(
          `${path.slice(1).join(' › ')} could not be added: in ${sheet.path} it comes from an anchor or merge key. Write it by hand.`,
        );
    };
    return {
      home,
      add: (path, key, value, comment) => {
        const whole = [...scope, ...path];
        placed([...whole, key], (sheet) => sheet.add(whole, key, value(sheet), comment));
      },
      extend: (path, texts, comment) => {
        const whole = [...scope, ...path];
        if (texts.length > 0) placed(whole, (sheet) => sheet.extend(whole, texts, comment));
      },
      remark: (path, comment) => home.remark([...scope, ...path], comment),
      note: (text) => this.notes.push(`${scope.at(-1) ?? ''}: ${text}`),
    };
  }
}

/** The hands of those who write one scope; paths begin below the scope. */
export interface Desk {
  readonly home: Sheet;
  add(path: Path, key: string, value: (sheet: Sheet) => Node | string | boolean, comment?: string): void;
  extend(path: Path, texts: readonly { readonly text: string; readonly comment?: string }[], comment?: string): void;
  remark(path: Path, comment: string): void;
  note(text: string): void;
}

/** The first of the files that holds the most of a path. */
function deepest(sheets: readonly Sheet[], path: Path): Sheet | undefined {
  let best: Sheet | undefined;
  let depth = -1;
  for (const sheet of sheets) {
    const reached = sheet.depth(path);
    if (reached > depth) [best, depth] = [sheet, reached];
  }
  return best;
}
