import { resolve } from 'node:path';
import type { DesiredDoor, RunResult } from '../../src/desired/index.ts';
import { InputError } from '../../src/model/fault.ts';
import { renderFaults } from '../../src/report/faults.ts';

/** The day on which every test of this folder happens. */
export const TODAY = Date.parse('2026-06-01T12:00:00Z');

export interface DoorOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: (argv: readonly string[], timeoutMs: number) => Promise<RunResult>;
}

/** A door onto files that exist only in memory, below `/repo`. */
export function memoryDoor(files: Readonly<Record<string, string | Buffer>>, options: DoorOptions = {}): DesiredDoor {
  const held = new Map(Object.entries(files).map(([path, content]) => [resolve('/repo', path), Buffer.from(content)]));
  const fail = (path: string, code: string): never => {
    throw Object.assign(new Error(`${code}: ${path}`), { code });
  };
  return {
    cwd: '/repo',
    env: options.env ?? {},
    readFile: (path) => held.get(path) ?? fail(path, below(held.keys(), path) ? 'EISDIR' : 'ENOENT'),
    readDir: (path) => below(held.keys(), path) ?? (held.has(path) ? null : fail(path, 'ENOENT')),
    now: () => TODAY,
    ...(options.run ? { run: options.run } : {}),
  };
}

/** What the user reads when this fails, or '' where it does not. */
export function told(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    if (error instanceof InputError) return renderFaults(error.faults);
    throw error;
  }
}

function below(paths: Iterable<string>, folder: string): string[] | null {
  const start = `${folder === '/' ? '' : folder}/`;
  const names = [...paths]
    .filter((path) => path.startsWith(start))
    .map((path) => path.slice(start.length).split('/')[0]);
  return names.length === 0 ? null : [...new Set(names.flatMap((name) => name ?? []))];
}
