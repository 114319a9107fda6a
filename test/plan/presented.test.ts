import { expect, it } from 'vitest';
import type { Thing } from '../../src/model/thing.ts';
import { presentedChanges, presentedThroughout } from '../../src/plan/presented.ts';
import { link, live, stateOf, thing } from './toy.ts';

const on = thing('zone_enablement', 'zone_enablement', { enabled: true });
const off = thing('zone_enablement', 'zone_enablement', { enabled: false });
const shared = thing('tls_client_auth', 'tls_client_auth', { value: 'on' });

function stateBetween(before: readonly Thing[], after: readonly Thing[]) {
  const state = stateOf([...before, shared], [...after, shared]);
  return { ...state, live: { ...state.live, lists: { zone_certificates: [] } } };
}

it('tells of the zone first and then of each hostname whose link changes, by name', () => {
  const before = [
    thing('zone_certificate', 'z'),
    live(link('moves', 'a')),
    live(link('ends', 'a')),
    live(link('is', 'a')),
  ];
  const after = [thing('zone_certificate', 'z'), link('moves', 'b'), link('is', 'a'), link('begins', 'c', false)];
  const short = presentedChanges(stateBetween([on, ...before], [off, ...after])).map(
    ({ hostname, before, after, weakens }) => `${hostname}: ${before} → ${after}${weakens ? ', weaker' : ''}`,
  );
  expect(short).toEqual([
    'null: z → shared, weaker',
    'begins: z → none, weaker',
    'ends: a → shared, weaker',
    'moves: a → b',
  ]);
});

it('is silent where nothing changes, and where a link goes that the zone stands in for', () => {
  const same = [on, live(link('app', 'a'))];
  expect(presentedChanges(stateBetween(same, same))).toEqual([]);
  const zone = [on, thing('zone_certificate', 'a')];
  expect(presentedChanges(stateBetween([...zone, live(link('app', 'a'))], zone))).toEqual([]);
});

it('knows what stays in use: of the zone, and of links that do not change', () => {
  const zone = [on, thing('zone_certificate', 'z')];
  const before = [...zone, live(link('stays', 'a')), live(link('leaves', 'b'))];
  const after = [...zone, live(link('stays', 'a')), link('leaves', 'c')];
  expect(presentedThroughout(stateBetween(before, after))).toEqual(new Set(['z', 'a']));
});
