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

it('takes no live thing for a change of another, should two have one name', () => {
  const before = [live(link('app', 'a')), live(link('app', 'b'))];
  expect(diff('toy', before, [...before])).toEqual([]);
});

it('says why something goes, and leaves what changes to the attributes', () => {
  const changes = diff('toy', [live(link('app', 'a')), live(cert('a'))], [link('app', 'b', false)]);
  expect(changes.map(({ reasons }) => reasons)).toEqual([[], ['not in the file']]);
  const [gone] = diff('toy', [live(cert('a'))], [], () => 'the file says none');
  expect(gone?.reasons).toEqual(['the file says none']);
});
