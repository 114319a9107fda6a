import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openWorld, type Ran, type World, type WorldOptions } from '../../support/world.ts';

/** The program as it is shipped, in a folder of its own, against a simulator that listens in this process, in real time. */
export interface Program extends World {
  start(argv: readonly string[], options?: StartOptions): Run;
}
export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Another program that starts ours. */
  readonly through?: (program: readonly string[]) => readonly string[];
}
export interface Run {
  /** Of both streams, as it comes. */
  text(): string;
  type(text: string): void;
  signal(name: NodeJS.Signals): void;
  /** Resolves when such a text has come; rejects when it can't any more. */
  saying(expected: RegExp): Promise<void>;
  readonly ended: Promise<Ran>;
}
export async function openProgram(options: WorldOptions = {}): Promise<Program> {
  const delays = { deploy: 0, delete: 0, void: 0, accessSettle: 0 };
  const world = await openWorld({ delays, ...options, clock: REAL_TIME });
  const env = {
    PATH: process.env.PATH ?? '',
    TERM: 'xterm',
    CLOUDFLARE_BASE_URL: world.url,
    CLOUDFLARE_API_TOKEN: 'test',
  };
  const start: Program['start'] = (argv, { env: more = {}, through = asItIs } = {}) => {
    const [file = '', ...rest] = through([process.execPath, MAIN, ...argv]);
    return follow(spawn(file, rest, { cwd: world.folder, env: { ...env, ...more } }));
  };
  return { ...world, start, run: (...argv) => start(argv).ended };
}

const asItIs = (program: readonly string[]): readonly string[] => program;

const REAL_TIME = { now: Date.now, advance: () => {}, sleep: (ms: number) => sleep(ms) };

const MAIN = fileURLToPath(new URL('../../../dist/main.cjs', import.meta.url));

function follow(child: ReturnType<typeof spawn>): Run {
  const said = { stdout: '', stderr: '', both: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
      said.both += text;
      for (const listener of listeners) listener();
    });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout: said.stdout, stderr: said.stderr }));
  });
  return {
    text: () => said.both,
    type: (text) => void child.stdin?.write(text),
    signal: (name) => void child.kill(name),
    ended,
    saying: (expected) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!expected.test(said.both)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`ended without saying ${expected}:\n${said.both}`)), reject);
      }),
  };
}
