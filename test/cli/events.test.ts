import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, describe, expect, it } from 'vitest';
import { openWorld, type World, type WorldOptions } from '../support/world.ts';

const schema = JSON.parse(readFileSync(new URL('../../schemas/events.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
const ACCOUNT = '4d5e6f708192a3b4c5d6e7f8091a2b3c';
const EVERYTHING = {
  zones: {
    'example.com': {
      tls_client_auth: 'on',
      authenticated_origin_pulls: {
        enabled: true,
        certificate: 'edge-2026',
        hostnames: {
          'app.example.com': { certificate: 'app-2026' },
          'www.example.com': { certificate: 'app-2026' },
        },
      },
    },
  },
  accounts: {
    [ACCOUNT]: {
      access: {
        certificates: { Staff: { certificate: 'ca-staff', associated_hostnames: ['admin.example.com'] } },
        hostname_settings: { 'admin.example.com': { client_certificate_forwarding: true } },
      },
    },
  },
};
/** The stages of which each step is a write. */
const WRITES = ['upload', 'associate', 'enable', 'dissociate', 'delete'];

interface Line {
  readonly time: string;
  readonly type: string;
  readonly requests: number;
  readonly [name: string]: unknown;
}

let world: World;
afterEach(() => world.close());

/** Applies a state and gives the lines of --events, each of which the schema must describe. */
async function trail(state: object, code: number, options: WorldOptions = {}): Promise<Line[]> {
  world = await openWorld(options);
  await world.want(state);
  const ran = await world.run('apply', '--auto-approve', '--events', 'events.ndjson');
  expect(ran.code, ran.stdout + ran.stderr).toBe(code);
  const text = readFileSync(join(world.folder, 'events.ndjson'), 'utf8');
  expect(text.endsWith('}\n')).toBe(true);
  expect(text).not.toContain('PRIVATE KEY');
  const lines = text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  for (const line of lines) expect(validate(line), JSON.stringify([line, validate.errors])).toBe(true);
  expect(lines.map(({ time }) => time)).toEqual([...lines.map(({ time }) => time)].sort());
  const requests = lines.map((line) => line.requests);
  expect(requests).toEqual([...requests].sort((one, other) => one - other));
  return lines;
}

const of = (lines: readonly Line[], type: string): Line[] => lines.filter((line) => line.type === type);

describe('the events of an apply', () => {
  it('tell everything that is done, in order, and what it left in the log of Cloudflare', async () => {
    const lines = await trail(EVERYTHING, 0);
    expect(new Set(lines.map(({ type }) => type))).toEqual(
      new Set(['scope_started', 'step_started', 'waiting', 'step_done', 'scope_done', 'summary']),
    );
    const done = of(lines, 'step_done');
    for (const line of done.filter(({ stage }) => WRITES.includes(`${stage}`)))
      expect(line, `${line.address}`).toMatchObject({
        cf_ray: expect.stringMatching(/-SIM$/),
        requests: expect.any(Number),
      });
    const zoneWrites = done.filter(({ stage, scope }) => stage !== 'await' && scope === 'example.com');
    expect(zoneWrites.filter((line) => line.cf_auditlog_id !== undefined).length).toBeGreaterThan(0);
    for (const started of of(lines, 'step_started')) {
      const its = done.find(({ address, stage }) => address === started.address && stage === started.stage);
      expect(lines.indexOf(its ?? started), `${started.stage} ${started.address}`).toBeGreaterThan(
        lines.indexOf(started),
      );
    }
    for (const line of of(lines, 'waiting')) expect(line.address).toMatch(/^(example\.com|4d5e)/);
    expect(lines.at(-1)).toMatchObject({ type: 'summary', outcome: 'complete', steps_failed: 0, steps_blocked: 0 });
    expect(lines.at(-1)).toMatchObject({ steps_done: done.length, added: 6, changed: 2 });
  });

  it('begin anew with every apply, and are empty but for the summary where there is nothing to do', async () => {
    await trail(EVERYTHING, 0);
    await world.run('apply', '--auto-approve', '--events', 'events.ndjson');
    const [line, ...others] = readFileSync(join(world.folder, 'events.ndjson'), 'utf8').split('\n');
    expect(others).toEqual(['']);
    expect(JSON.parse(line ?? '')).toMatchObject({ type: 'summary', outcome: 'complete', steps_done: 0 });
  });
});

describe('the events of an apply that fails', () => {
  it('name the step, the error and the answer that said no, and what was not tried', async () => {
    const lines = await trail(EVERYTHING, 3, {
      handle: (simulator) => (request) =>
        request.method === 'PUT' && request.url.endsWith('/hostnames') ? NO : simulator.handle(request),
    });
    const [failed, ...others] = of(lines, 'step_failed');
    expect(others).toEqual([]);
    expect(failed).toMatchObject({ stage: 'associate', cf_ray: 'abc-FRA', requests: expect.any(Number) });
    expect(failed?.error).toContain('HTTP 400');
    expect(of(lines, 'step_blocked').length).toBeGreaterThan(0);
    expect(of(lines, 'scope_done').map(({ scope, outcome }) => [scope, outcome])).toEqual(
      expect.arrayContaining([
        ['example.com', 'failed'],
        [ACCOUNT, 'complete'],
      ]),
    );
    expect(lines.at(-1)).toMatchObject({ type: 'summary', outcome: 'failed', steps_failed: 1 });
  });
});

describe('the events of an apply that is interrupted', () => {
  it('end with what was done and what was not tried', async () => {
    const stop = new AbortController();
    const lines = await trail(EVERYTHING, 130, {
      door: { stop: stop.signal },
      client: { stop: stop.signal },
      handle: (simulator) => (request) => {
        if (request.method === 'PUT' && request.url.endsWith('/hostnames')) stop.abort();
        return simulator.handle(request);
      },
    });
    expect(of(lines, 'step_failed')).toEqual([]);
    expect(of(lines, 'step_blocked').every(({ reason }) => reason === 'interrupted')).toBe(true);
    const summary = lines.at(-1);
    expect(summary).toMatchObject({ type: 'summary', outcome: 'interrupted', steps_failed: 0 });
    expect(Number(summary?.steps_done)).toBeGreaterThan(0);
    expect(Number(summary?.steps_blocked)).toBeGreaterThan(0);
  });
});

describe('a file of events that cannot be written', () => {
  it('stops an apply before it begins', async () => {
    world = await openWorld();
    await world.want(EVERYTHING);
    const { code, stderr } = await world.run('apply', '--auto-approve', '--events', 'no/such/folder');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Error: no\/such\/folder can't be written: /m)]);
    expect(world.simulator.writes).toEqual([]);
  });

  it('later on stops nothing half way, and is told at the end', async () => {
    let appends = 0;
    world = await openWorld({
      door: {
        append: (path, text) => {
          if (++appends === 5) throw new Error('ENOSPC: no space left on device');
          appendFileSync(path, text);
        },
      },
    });
    await world.want(EVERYTHING);
    const { code, stdout, stderr } = await world.run('apply', '--auto-approve', '--events', 'events.ndjson');
    expect(stdout).toContain('Apply complete!');
    expect(stderr).toMatch(/^Error: events\.ndjson can't be written: ENOSPC/m);
    expect(code).toBe(3);
    expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0);
  });
});

const NO = {
  status: 400,
  headers: { 'content-type': 'application/json', 'cf-ray': 'abc-FRA' },
  body: JSON.stringify({ success: false, errors: [{ code: 1400, message: 'no' }], messages: [], result: null }),
};
