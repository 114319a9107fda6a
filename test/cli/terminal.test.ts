import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Screen } from '../report/support/screen.ts';
import type { WorldOptions } from '../support/world.ts';
import { openProgram, type Program, type Run } from './support/program.ts';
import { NO_TERMINAL, onTerminal } from './support/terminal.ts';

const WANT = {
  zones: {
    'example.com': {
      tls_client_auth: 'on',
      authenticated_origin_pulls: { enabled: true, certificate: 'edge-2026' },
    },
  },
};
const [UP, DOWN] = ['\u001b[?25l', '\u001b[?25h'];
const CTRL_C = '\u0003';

let program: Program;
afterEach(() => program?.close());

/** Starts a command on a terminal. */
async function start(
  argv: readonly string[],
  env: Record<string, string> = {},
  options: WorldOptions = {},
): Promise<Run> {
  program = await openProgram(options);
  await program.want(WANT);
  return program.start(argv, { env, ...(onTerminal ? { through: onTerminal } : {}) });
}

const ANSWER = /Enter a value: /;
const isPlain = (text: string): boolean => !text.includes('\u001b');

describe.skipIf(onTerminal === undefined)('on a terminal', () => {
  it('apply asks, takes yes, shows what goes on, and gives the cursor back', async () => {
    const run = await start(['apply'], {}, { delays: { deploy: 1500 } });
    await run.saying(ANSWER);
    expect(program.simulator.writes).toEqual([]);
    run.type('yes\r');
    await run.saying(/waiting for .*edge-2026/);
    const { code } = await run.ended;
    expect(code, run.text()).toBe(0);
    expect(run.text()).toContain('Apply complete! Resources: 1 added, 2 changed, 0 destroyed.');
    expect(run.text().lastIndexOf(DOWN)).toBeGreaterThan(run.text().lastIndexOf(UP));
    expect(run.text()).toContain('example.com  0/4  upload zone_certificate/edge-2026');
    const screen = screenAfter(run);
    expect(screen.cursorHidden).toBe(false);
    expect(screen.everything().filter((line) => line.startsWith('example.com  '))).toEqual([]);
    expect(screen.everything()).toContainEqual(expect.stringMatching(/^example\.com: complete, 4 steps in \ds$/));
  });

  it.each(['y', 'YES', 'no', ''])('apply takes %j for a no, and writes nothing', async (answer) => {
    const run = await start(['apply']);
    await run.saying(ANSWER);
    run.type(`${answer}\r`);
    const { code } = await run.ended;
    expect(run.text()).toContain('Apply cancelled. Nothing was written.');
    expect([code, program.simulator.writes]).toEqual([1, []]);
  });

  it('apply takes the end of the input for a no', async () => {
    const run = await start(['apply']);
    await run.saying(ANSWER);
    run.type('\u0004');
    const { code } = await run.ended;
    expect(run.text()).toContain('Apply cancelled. Nothing was written.');
    expect([code, program.simulator.writes]).toEqual([1, []]);
  });

  it('Ctrl-C at the question ends it with 130', async () => {
    const run = await start(['apply']);
    await run.saying(ANSWER);
    run.type(CTRL_C);
    const { code } = await run.ended;
    expect([code, program.simulator.writes], run.text()).toEqual([130, []]);
  });

  it('one Ctrl-C lets the running request finish and begins no other', async () => {
    const begun = signal();
    const handle: WorldOptions['handle'] = (simulator) => async (request) => {
      if (request.method === 'POST') {
        begun.give();
        await sleep(700);
      }
      return simulator.handle(request);
    };
    const run = await start(['apply', '--auto-approve'], {}, { handle });
    await begun.given;
    run.type(CTRL_C);
    const { code } = await run.ended;
    expect(code, run.text()).toBe(130);
    expect(program.simulator.writes.map(({ method }) => method)).toEqual(['POST']);
    const screen = screenAfter(run);
    expect(screen.cursorHidden).toBe(false);
    const lines = screen.everything();
    expect(lines).toContainEqual(expect.stringMatching(/^Interrupted: running requests may finish/));
    expect(lines.filter((line) => line.startsWith('example.com  '))).toEqual([]);
    expect(lines).toContain('Apply incomplete. Resources: 1 added, 0 changed, 0 destroyed.');
  });

  it('two of them abort at once', async () => {
    const begun = signal();
    const handle: WorldOptions['handle'] = (simulator) => (request) => {
      if (request.method !== 'POST') return simulator.handle(request);
      begun.give();
      return new Promise(() => {});
    };
    const run = await start(['apply', '--auto-approve'], {}, { handle });
    await begun.given;
    run.type(CTRL_C);
    await run.saying(/Once more to abort/);
    await sleep(300);
    const before = performance.now();
    run.type(CTRL_C);
    const { code } = await run.ended;
    expect([code, performance.now() - before < 2000], run.text()).toEqual([130, true]);
    expect(screenAfter(run).cursorHidden).toBe(false);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['is in colour', {}, true],
    ['is plain with NO_COLOR', { NO_COLOR: '1' }, false],
    ['is plain with NO_COLOR, whatever FORCE_COLOR says', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['is in colour where NO_COLOR is empty', { NO_COLOR: '' }, true],
    ['is plain with FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
    ['is plain where the terminal is dumb', { TERM: 'dumb' }, false],
  ])('a plan %s', async (_, env, inColor) => {
    const run = await start(['plan'], env);
    expect((await run.ended).code, run.text()).toBe(0);
    expect(isPlain(run.text())).toBe(!inColor);
    const plain = run.text().replaceAll(/\r|\u001b\[\d+m/g, '');
    expect(plain).toContain('\n  # example.com/zone_certificate/edge-2026 will be created\n');
  });

  it('text keeps to its width', async () => {
    const run = await start(['help', 'plan']);
    await run.ended;
    const lines = run.text().replaceAll('\r', '').split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

it.skipIf(onTerminal !== undefined)(`on a terminal: left out, ${NO_TERMINAL}`, (context) => context.skip(NO_TERMINAL));

describe('without a terminal', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['is plain', {}, false],
    ['is in colour with FORCE_COLOR', { FORCE_COLOR: '1' }, true],
    ['is plain where FORCE_COLOR is empty', { FORCE_COLOR: '' }, false],
    ['is plain with NO_COLOR, whatever FORCE_COLOR says', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('a plan %s', async (_, env, inColor) => {
    program = await openProgram();
    await program.want(WANT);
    const { code, stdout } = await program.start(['plan'], { env }).ended;
    expect([code, isPlain(stdout)]).toEqual([0, !inColor]);
  });

  it('apply moves no cursor and says each step in a line', async () => {
    program = await openProgram();
    await program.want(WANT);
    const { stderr } = await program.start(['apply', '--auto-approve'], { env: { FORCE_COLOR: '0' } }).ended;
    expect(isPlain(stderr)).toBe(true);
    expect(stderr).toMatch(/^example\.com: upload zone_certificate\/edge-2026 … done/m);
  });

  it('apply never asks', async () => {
    program = await openProgram();
    await program.want(WANT);
    const { code, stderr } = await program.start(['apply']).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('nobody can answer here')]);
    expect(program.simulator.state.zones).toEqual([]);
  });
});

/** What stands on the terminal at the end; colours and the echo of keys take no place on it. */
function screenAfter(run: Run): Screen {
  const screen = new Screen(80, 400);
  screen.write(run.text().replace(/\u001b\[(\d*m|\d+G|0J|\?2004[hl])/g, ''));
  return screen;
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
