import { expect, it } from 'vitest';
import { actionOf } from '../../src/model/thing.ts';
import { diff } from '../../src/plan/diff.ts';
import { cert, link, live } from './toy.ts';

it('creates, updates and deletes, in the order of the two lists', () => {
  const before = [live(cert('a')), live(link('app', 'a')), live(link('www', 'a'))];
  const after = [link('app', 'b'), cert('b')];
  expect(diff('toy', before, after).map((it) => `${actionOf(it)} ${it.id}`)).toEqual([
    'update app',
    'create b',
    'delete a',
    'delete www',
  ]);
});

it('compares attributes, and neither rows nor statuses', () => {
  expect(diff('toy', [live(cert('a'), 'pending_deployment')], [cert('a')])).toEqual([]);
});

it('says which attribute differs', () => {
  const [change] = diff('toy', [live(link('app', 'a'))], [link('app', 'b', false)]);
  expect(change?.reasons).toEqual(['certificate differs', 'enabled differs']);
});
