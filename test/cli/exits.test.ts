import { afterEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { EXIT_CODES } from '../../src/cli/environment.ts';
import type { DesiredState, WorldOptions } from '../support/world.ts';
import { turn } from './support/hands.ts';
import { openProgram, type Program, type Run } from './support/program.ts';

const ON = { tls_client_auth: 'on' };
const ONE: DesiredState = { zones: { 'example.com': ON } };
const TWO: DesiredState = { zones: { 'example.com': ON, 'example.net': ON } };
const REFUSED: DesiredState = { zones: {} };
const WRONG: DesiredState = { zones: { 'example.com': { tls_client_auth: 'onn' } } };

interface Row {
  /** The row of the table in the contract. */
  readonly row: string;
  readonly line: string;
  readonly code: number;
  readonly want?: DesiredState;
  /** What is done before, by ourselves or by another hand. */
  readonly before?: (program: Program) => Promise<unknown>;
  readonly env?: Readonly<Record<string, string>>;
  readonly world?: WorldOptions;
  readonly during?: (run: Run) => Promise<unknown>;
  /** How many writes it may take. */
  readonly writes?: number;
  readonly says?: RegExp;
}

const applied = (program: Program): Promise<unknown> => program.start(['apply', '--auto-approve']).ended;
const drifted = async (program: Program): Promise<void> => {
  await applied(program);
  await turn(program, 'example.com', true);
};

const BOTH: DesiredState = {
  zones: { 'example.com': { ...ON, authenticated_origin_pulls: { enabled: true } } },
};
const SWITCH: DesiredState = { zones: { 'example.com': { authenticated_origin_pulls: { enabled: false } } } };

const ROWS: readonly Row[] = [
  { row: '0 done', line: 'apply --auto-approve', code: 0, writes: 1, says: /^Apply complete! Resources: 0 added, 1/m },
  { row: '0 done', line: 'plan', code: 0, says: /^Plan: 0 to add, 1 to change, 0 to destroy\.$/m },
  { row: '0 done', line: 'validate', code: 0 },
  { row: '0 done', line: 'version', code: 0 },
  { row: '0 done', line: 'help plan', code: 0 },
  { row: '0 done', line: 'schema plan', code: 0 },
  { row: '0 done', line: 'schema', code: 0 },
  { row: '0 no change', line: 'plan --detailed-exitcode', code: 0, before: applied, says: /^No changes\./m },
  { row: '0 no change', line: 'drift', code: 0, before: applied, says: /^No changes\./m },
  { row: '0 no change', line: 'apply --auto-approve', code: 0, before: applied, says: /Resources: 0 added, 0 changed/ },
  { row: '1 wrong usage', line: '', code: 1, says: /^Error: No command was given/m },
  { row: '1 wrong usage', line: 'plna', code: 1, says: /Did you mean plan\?/ },
  { row: '1 wrong usage', line: 'plan --out', code: 1 },
  {
    row: '1 error in the file',
    line: 'validate',
    code: 1,
    want: WRONG,
    says: /^Error: .*\n {2}at cf-mtls\.yaml:\d+:\d+$/m,
  },
  { row: '1 error in the file', line: 'drift', code: 1, want: WRONG },
  { row: '1 no file', line: 'plan -f nothing.yaml', code: 1 },
  { row: '1 no credentials', line: 'plan', code: 1, env: { CLOUDFLARE_API_TOKEN: '' }, says: /CLOUDFLARE_API_TOKEN/ },
  { row: '1 refusal', line: 'plan', code: 1, want: REFUSED, says: /^Error: .*empty-document/m },
  { row: '1 refusal', line: 'plan --detailed-exitcode', code: 1, want: REFUSED },
  { row: '1 refusal', line: 'apply --auto-approve', code: 1, want: REFUSED, writes: 0 },
  { row: '1 nobody to ask', line: 'apply', code: 1, writes: 0 },
  {
    row: '1 failed, and nothing was written',
    line: 'apply --auto-approve',
    code: 1,
    writes: 0,
    world: { handle: no((method) => method === 'PATCH') },
    says: /^Apply incomplete\./m,
  },
  { row: '1 nothing to show', line: 'show plan.json', code: 1 },
  {
    row: '1 a scope that cannot be read, plan',
    line: 'plan --detailed-exitcode',
    code: 1,
    want: TWO,
    world: { handle: no((_, url, net) => url.includes(net)) },
    says: /# example\.com\/tls_client_auth will be updated in-place[\s\S]*^Error: example\.net could not be read/m,
  },
  {
    row: '1 a scope that cannot be read, drift',
    line: 'drift',
    code: 1,
    want: TWO,
    world: { handle: no((_, url, net) => url.includes(net)) },
  },
  {
    row: '1 a scope that cannot be read, apply',
    line: 'apply --auto-approve',
    code: 1,
    writes: 0,
    want: TWO,
    world: { handle: no((_, url, net) => url.includes(net)) },
  },
  {
    row: '0 a scope that cannot be read, left out',
    line: 'apply --auto-approve --zone example.com',
    code: 0,
    writes: 1,
    want: TWO,
    world: { handle: no((_, url, net) => url.includes(net)) },
  },
  { row: '2 changes', line: 'plan --detailed-exitcode', code: 2 },
  { row: '2 drift', line: 'drift', code: 2, want: SWITCH, before: drifted },
  { row: '2 drift: what an apply would refuse', line: 'drift', code: 2, want: REFUSED },
  {
    row: '3 something was written and something failed',
    line: 'apply --auto-approve',
    code: 3,
    want: TWO,
    writes: 1,
    world: { handle: no((method, url, net) => method === 'PATCH' && url.includes(net)) },
    says: /^Error: example\.net: [\s\S]*^Apply incomplete\. Resources: 0 added, 1 changed, 0 destroyed\.$/m,
  },
  {
    row: '130 interrupted while it applies',
    line: 'apply --auto-approve',
    code: 130,
    want: BOTH,
    world: { handle: slow('PUT') },
    writes: 1,
    during: async (run) => {
      await run.saying(/example\.com: started/);
      run.signal('SIGINT');
    },
  },
  {
    row: '130 interrupted while it reads',
    line: 'plan',
    code: 130,
    world: { handle: slow('GET') },
    during: (run) => late(() => run.signal('SIGINT')),
  },
  {
    row: '130 ended by SIGTERM',
    line: 'drift',
    code: 130,
    world: { handle: slow('GET') },
    during: (run) => late(() => run.signal('SIGTERM')),
  },
];

let program: Program;
afterEach(() => program.close());

describe('exit codes', () => {
  it.each(ROWS.map((it) => [it.row, it.line, it] as const))('%s: cf-mtls %s', async (_, line, row) => {
    program = await openProgram(row.world);
    await program.want(row.want ?? ONE);
    await row.before?.(program);
    const earlier = program.simulator.writes.length;
    const run = program.start(line.split(' ').filter(Boolean), { env: row.env ?? {} });
    await row.during?.(run);
    const { code, stdout, stderr } = await run.ended;
    const text = stdout + stderr;
    expect(code, text).toBe(row.code);
    expect(text).toMatch(row.says ?? /^/);
    expect(text).not.toMatch(/^ {4}at .*\.(c?js|ts):\d+/m);
    const writes = program.simulator.writes.length - earlier;
    if (row.writes !== undefined) expect(writes).toBe(row.writes);
    if (!line.startsWith('apply') || code === 1) expect(writes).toBe(0);
  });

  it('are all in the table, and in the help of their commands', () => {
    expect(new Set(ROWS.map(({ code }) => code))).toEqual(new Set(EXIT_CODES.map(({ code }) => code)));
    for (const { line, code, row } of ROWS) {
      const command = COMMANDS.find(({ name }) => name === line.split(' ')[0]);
      if (command !== undefined)
        expect(
          command.exits.map((exit) => exit.code),
          row,
        ).toContain(code);
    }
  });
});

/** Says no to some requests; `net` is the id of example.net, once it has one. */
function no(isBroken: (method: string, url: string, net: string) => boolean): NonNullable<WorldOptions['handle']> {
  return (simulator) => (request) => {
    const net = simulator.state.zones.find(({ name }) => name === 'example.net')?.id ?? 'example.net is not here yet';
    if (!isBroken(request.method, request.url, net)) return simulator.handle(request);
    const errors = [{ code: 10000, message: 'Authentication error' }];
    return {
      status: 403,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ success: false, errors, messages: [], result: null }),
    };
  };
}

/** Answers some requests half a second late. */
function slow(method: string): NonNullable<WorldOptions['handle']> {
  return (simulator) => async (request) => {
    if (request.method === method) await late(() => {});
    return simulator.handle(request);
  };
}

const late = (then: () => void): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(() => {
      then();
      resolve();
    }, 500);
  });
