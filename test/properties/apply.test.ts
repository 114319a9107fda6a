import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REFUSALS } from '../../src/model/names.ts';
import { type Case, cases, named, type Want } from './cases.ts';
import { stateOf } from './live.ts';
import { makePool, type Pool } from './pool.ts';
import { openSmallWorld, type Ran, type SmallWorld } from './small-world.ts';

/** Desired states that each random world walks through, one after the other. */
const STATES = 2;
/** `SOAK_CASES=20000` looks for longer, from another seed every time (`SOAK_SEED` repeats one). */
const CASES = Number(process.env.SOAK_CASES ?? 300);
const SEED = Number(process.env.SOAK_SEED ?? (process.env.SOAK_CASES === undefined ? 20_260_801 : Date.now() % 1e9));
const ALLOW_ALL = REFUSALS.flatMap((name) => ['--allow', name]);

let pool: Pool;
const ends = new Map<string, number>();
beforeAll(async () => {
  pool = await makePool();
});
afterAll(() => {
  const told = [...ends].sort(([, one], [, other]) => other - one).map(([end, count]) => `  ${count} ${end}`);
  process.stdout.write(`${[`properties: ${CASES} cases, seed ${SEED}`, ...told].join('\n')}\n`);
});

it('for random live and desired states: applied means nothing left to do, and no invariant is broken on the way', {
  timeout: 24 * 3_600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(cases(STATES), async (it) => {
      const world = open(it);
      for (const want of it.wants) {
        await visit(world, want, it);
        // What a failed apply left on its way gets there by itself, and is not the next one's doing.
        world.advance(30_000);
      }
    }),
    { numRuns: CASES / STATES, seed: SEED },
  );
  expect(ends.get('applied') ?? 0, 'most cases end in a complete apply').toBeGreaterThan(CASES / 2);
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
  const planned = await planBothWays(world, want, it);
  expect(simulator.writes.length, 'a plan writes nothing').toBe(before);
  const ran = await world.run(want, 'apply', '--auto-approve', ...ALLOW_ALL);
  const text = `${ran.code}\n${ran.stdout}\n${ran.stderr}`;
  checkOutput(planned);
  checkOutput(ran);
  expect(simulator.breaches(), text).toEqual([]);
  const end = endOf(ran);
  ends.set(end, (ends.get(end) ?? 0) + 1);
  if (ran.code === 1) expect(simulator.writes.length, `refused, and yet something was written\n${text}`).toBe(before);
  else if (ran.code === 3) expect(text, 'failed though nothing is stuck').toMatch(/timed_out/);
  else expect(ran.code, text).toBe(0);
  if (ran.code !== 0) return;

  const written = simulator.writes.length;
  if (ran.stdout.includes('No changes.')) expect(written, 'an empty plan makes no write').toBe(before);
  const second = await world.run(want, 'plan', '--detailed-exitcode', ...ALLOW_ALL);
  expect(second.stdout, text).toContain('No changes. Your infrastructure matches the configuration.');
  expect(second.code, text).toBe(0);
  expect(simulator.writes.length, 'an empty plan makes no write').toBe(written);
}

/** The plan as it is, and of the same file with its keys the other way round: the digest is the same. */
async function planBothWays(world: SmallWorld, want: Want, it: Case): Promise<Ran> {
  const sent = world.requests();
  const planned = await world.run(want, 'plan', '--format', 'json', ...ALLOW_ALL);
  expect(world.requests() - sent, 'requests of a plan').toBeLessThanOrEqual(readingCost(want, it));
  const other = await world.run(backwards(want) as Want, 'plan', '--format', 'json', ...ALLOW_ALL);
  expect(digestIn(other), 'the order of keys in the file').toBe(digestIn(planned));
  return planned;
}

function checkOutput({ stdout, stderr }: Ran): void {
  expect(stdout + stderr).not.toMatch(/PRIVATE KEY|Internal error|undefined|NaN/);
  for (const { privateKey } of pool.values()) expect(stdout + stderr).not.toContain(privateKey.split('\n')[1]);
}

function endOf({ code, stdout, stderr }: Ran): string {
  if (code === 0) return stdout.includes('No changes.') ? 'without changes' : 'applied';
  const words = `${stdout}\n${stderr}`;
  const known = RIGHTLY.find((text) => words.includes(text));
  return `not applied: ${known ?? /^Error: .*$/m.exec(words)?.[0] ?? `exit ${code}`}`;
}
/** Why a random desired state may be turned down, or fail. */
const RIGHTLY = [
  'nothing is uploaded twice to one store',
  'the API has one list for both',
  'managed here and in the account',
  'certificates must be uploaded, and of 10 places',
  'The files manage nothing',
  'Two entries have the name',
  'has both a certificate and the word `none`',
  'deployment_timed_out',
  'deletion_timed_out',
];

/** The same with the keys of every mapping the other way round. */
function backwards(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, backwards(item)] as const);
  return Object.fromEntries(entries.reverse());
}

const digestIn = ({ stdout }: Ran): string | undefined => /"digest": ?"(sha256:[0-9a-f]{64})"/.exec(stdout)?.[1];

/** Section 7 of the contract: 5 for a zone, 2 for an Access scope, the look-up of names, and hostnames one by one. */
function readingCost({ zones = {}, accounts = {} }: Want, { world }: Case): number {
  const entries = Object.values(zones) as { readonly id?: string; readonly access?: object }[];
  const unnamed = entries.filter(({ id }) => id === undefined).length;
  const asked = world.associationList === 'on' ? 0 : 10 * entries.length;
  const read = entries.reduce((sum, { access }) => sum + 5 + (access ? 2 : 0), 2 * Object.keys(accounts).length);
  return read + unnamed + asked;
}
