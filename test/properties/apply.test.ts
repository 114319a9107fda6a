import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REFUSALS } from '../../src/model/names.ts';
import { type Case, cases, named, type Want } from './cases.ts';
import { stateOf } from './live.ts';
import { makePool, type Pool } from './pool.ts';
import { openSmallWorld, type Ran, type SmallWorld } from './small-world.ts';

/** `SOAK_CASES=20000` looks for longer, from another seed every time (`SOAK_SEED` repeats one). */
const RUNS = Number(process.env.SOAK_CASES ?? 320);
const SEED = Number(process.env.SOAK_SEED ?? (process.env.SOAK_CASES === undefined ? 20_260_801 : Date.now() % 1e9));
const ALLOW_ALL = REFUSALS.flatMap((name) => ['--allow', name]);

let pool: Pool;
const ends = new Map<string, number>();
beforeAll(async () => {
  pool = await makePool();
});
afterAll(() => {
  process.stdout.write(`properties, seed ${SEED}: ${[...ends].map(([end, count]) => `${count} ${end}`).join(', ')}\n`);
});

it('for random live and desired states: applied means nothing left to do, and no invariant is broken on the way', {
  timeout: 24 * 3_600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(cases(2), async (it) => {
      const world = open(it);
      for (const want of it.wants) await visit(world, want, it);
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: process.env.SHRINK === '0' },
  );
  const complete = ends.get('applied') ?? 0;
  expect(complete, 'most cases end in a complete apply').toBeGreaterThan(RUNS);
});

function open({ live, world }: Case): SmallWorld {
  const { listLag, busy, ...features } = world;
  return openSmallWorld(pool, (now) => ({
    state: stateOf(named(live), pool, now),
    features,
    delays: { listLag, busy },
    limits: { requests: 0 },
  }));
}

async function visit(world: SmallWorld, want: Want, it: Case): Promise<void> {
  const { simulator } = world;
  simulator.mark();
  const before = simulator.writes.length;
  const sent = world.requests();
  const planned = await world.run(want, 'plan', ...ALLOW_ALL);
  expect(world.requests() - sent, 'requests of a plan').toBeLessThanOrEqual(readingCost(want, it));
  expect(simulator.writes.length, 'a plan writes nothing').toBe(before);
  const ran = await world.run(want, 'apply', '--auto-approve', ...ALLOW_ALL);
  for (const { stdout, stderr } of [planned, ran]) {
    expect(stdout + stderr).not.toMatch(/PRIVATE KEY|Internal error|undefined|NaN/);
    for (const { privateKey } of pool.values()) expect(stdout + stderr).not.toContain(privateKey.split('\n')[1]);
  }
  expect(simulator.breaches(), `${ran.stdout}${ran.stderr}`).toEqual([]);
  const end = endOf(ran);
  ends.set(end, (ends.get(end) ?? 0) + 1);
  const text = `${ran.code}\n${ran.stdout}\n${ran.stderr}`;
  if (ran.code === 1) expect(simulator.writes.length, `refused, and yet something was written\n${text}`).toBe(before);
  else if (ran.code === 3) expect(text, 'failed though nothing is stuck').toMatch(/timed_out/);
  else {
    expect(ran.code, text).toBe(0);
    const written = simulator.writes.length;
    if (ran.stdout.includes('No changes.')) expect(written, 'an empty plan makes no write').toBe(before);
    // The API takes its time to list what it has taken.
    world.advance(it.world.listLag);
    const second = await world.run(want, 'plan', '--detailed-exitcode', ...ALLOW_ALL);
    expect(second.stdout, text).toContain('No changes. Your infrastructure matches the configuration.');
    expect(second.code, text).toBe(0);
    expect(simulator.writes.length, 'an empty plan makes no write').toBe(written);
  }
}

function endOf({ code, stdout, stderr }: Ran): string {
  if (code === 0) return stdout.includes('No changes.') ? 'without changes' : 'applied';
  if (code === 3) return 'failed on something stuck';
  return stdout.includes('refused') || stdout.includes('Refused') ? 'refused' : `error ${stderr.split('\n')[0]}`;
}

/** Section 7 of the contract: 5 for a zone, 2 for an Access scope, and the look-up of names. */
function readingCost({ zones = {}, accounts = {} }: Want, { world, live }: Case): number {
  const entries = Object.values(zones) as { id?: string; access?: object; authenticated_origin_pulls?: object }[];
  const unnamed = entries.filter(({ id }) => id === undefined).length;
  const asked = world.associationList === 'on' ? 0 : 10 * entries.length;
  return (
    entries.reduce((sum, { access }) => sum + 5 + (access ? 2 : 0), 0) +
    2 * Object.keys(accounts).length +
    unnamed +
    asked +
    0 * live.zones.length
  );
}
