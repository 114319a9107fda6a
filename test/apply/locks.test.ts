import { expect, it } from 'vitest';
import { createLocks } from '../../src/apply/locks.ts';
import type { Kind } from '../../src/model/kind.ts';
import type { Scope } from '../../src/model/live.ts';
import { kindOf } from '../plan/toy.ts';

const access: Kind = { ...kindOf('access_certificate'), lock: ({ accountId }) => accountId };
const zone = (name: string, accountId?: string): Scope => ({
  kind: 'zone',
  name,
  id: name,
  ...(accountId === undefined ? {} : { accountId }),
});

/** How many of these scopes were at work at the same time. */
async function atOnce(kind: Kind, ...scopes: readonly Scope[]): Promise<number> {
  const locks = createLocks(scopes, [kind]);
  let now = 0;
  let most = 0;
  const work = async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
  };
  await Promise.all(scopes.map((scope) => locks(kind, scope, work)));
  return most;
}

it('lets Access writes of one account go one at a time, whichever of its zones they are for', async () => {
  expect(await atOnce(access, zone('one', 'a'), zone('two', 'a'))).toBe(1);
});

it('lets those of different accounts go side by side', async () => {
  expect(await atOnce(access, zone('one', 'a'), zone('two', 'b'))).toBe(2);
});

it('takes all for one account where the account of any is not known', async () => {
  expect(await atOnce(access, zone('one', 'a'), zone('two'), zone('three', 'b'))).toBe(1);
});

it('holds nobody up who needs no lock', async () => {
  expect(await atOnce(kindOf('zone_certificate'), zone('one', 'a'), zone('two', 'a'))).toBe(2);
});

it('goes on after a write that failed', async () => {
  const one = zone('one', 'a');
  const locks = createLocks([one], [access]);
  const failed = locks(access, one, () => Promise.reject(new Error('no')));
  const next = locks(access, one, () => Promise.resolve('done'));
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('done');
});
