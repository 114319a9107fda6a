import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { shardTest } from '../../src/cli/choice.ts';
import type { Door } from '../../src/cli/door.ts';
import type { Plan } from '../../src/model/plan.ts';
import { openWorld, type World } from '../support/world.ts';

const NAMES = Array.from({ length: 1000 }, (_, n) => `z${n}.example`);
const ZONES = Object.fromEntries(NAMES.slice(0, 12).map((name) => [name, { tls_client_auth: 'on' }]));
const ACCOUNT = '4d5e6f708192a3b4c5d6e7f8091a2b3c';

let world: World;
afterEach(() => world?.close());

const plan = (): Plan => JSON.parse(readFileSync(join(world.folder, 'plan.json'), 'utf8')) as Plan;

describe('--shard', () => {
  it('puts every name into one part, about as many into each', () => {
    const parts = [0, 1, 2, 3].map((part) => NAMES.filter(shardTest(`${part}/4`)));
    expect(parts.flat().sort()).toEqual([...NAMES].sort());
    for (const part of parts) expect(part.length).toBeGreaterThan(200);
  });

  it('always puts a name into the same part: another version would move half of an estate', () => {
    expect(NAMES.slice(0, 12).filter(shardTest('0/3'))).toMatchInlineSnapshot(`
      [
        "z9.example",
        "z10.example",
      ]
    `);
  });

  it('reads in its parts everything once, accounts too', async () => {
    world = await openWorld();
    const accounts = { [ACCOUNT]: { access: { hostname_settings: {} } } };
    await world.want({ zones: ZONES, accounts });
    const seen: string[] = [];
    for (const part of ['0/3', '1/3', '2/3']) {
      expect((await world.run('plan', '--shard', part, '--out', 'plan.json')).code).toBe(0);
      seen.push(...plan().scopes.map(({ name }) => name));
    }
    expect(seen.sort()).toEqual([...Object.keys(ZONES), ACCOUNT].sort());
  });

  it('goes together with --zone, also where nothing is left', async () => {
    world = await openWorld();
    await world.want({ zones: ZONES });
    const counts: number[] = [];
    for (const part of ['0/2', '1/2']) {
      const { code, stderr } = await world.run('plan', '--shard', part, '--zone', 'z1.example', '--out', 'plan.json');
      expect(code, stderr).toBe(0);
      counts.push(plan().scopes.length);
      // An empty plan of no zone at all must not pass for one of a zone without changes.
      expect(stderr).toContain(
        `${counts.at(-1)} of 1 zones and accounts belong to shard ${part}; the others are not read`,
      );
      expect((await world.run('apply', 'plan.json')).code).toBe(0);
    }
    expect(counts.sort()).toEqual([0, 1]);
    expect(world.simulator.writes).toHaveLength(1);
  });

  it('is applied from a saved plan, part by part, until nothing is left to do', async () => {
    world = await openWorld();
    await world.want({ zones: ZONES });
    for (const part of ['0/2', '1/2']) {
      await world.run('plan', '--shard', part, '--out', 'plan.json');
      expect(plan().inputs.zones).toEqual(Object.keys(ZONES).filter(shardTest(part)));
      expect((await world.run('apply', 'plan.json')).code).toBe(0);
    }
    expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0);
  });

  it('takes its part in drift and status, too', async () => {
    world = await openWorld();
    await world.want({ zones: ZONES });
    const mine = Object.keys(ZONES).filter(shardTest('1/4'));
    const drift = JSON.parse((await world.run('drift', '--shard', '1/4', '--format', 'json')).stdout) as Plan;
    expect(drift.scopes.map(({ name }) => name)).toEqual(mine);
    const named = JSON.parse((await world.run('status', '--shard', '1/4', '--format', 'json')).stdout);
    expect(named.scopes.map(({ name }: { name: string }) => name)).toEqual(mine);
    await world.run('plan');
    const all = JSON.parse((await world.run('status', '--all', '--shard', '1/4', '--format', 'json')).stdout);
    expect(all.scopes.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(mine));
    expect(all.scopes.filter(({ name }: { name: string }) => !shardTest('1/4')(name))).toEqual([]);
  });

  it('has its part of the request budget', async () => {
    const shares: number[] = [];
    const connect: Door['connect'] = async ({ shares: its }) => {
      shares.push(its);
      throw new Error('no further');
    };
    world = await openWorld({ door: { connect } });
    await world.want({ zones: ZONES });
    for (const options of [[], ['--shard', '1/4']]) await world.run('plan', ...options);
    expect(shares).toEqual([1, 4]);
  });
});
