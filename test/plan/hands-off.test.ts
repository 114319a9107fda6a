import { describe, expect, it } from 'vitest';
import type { Kind, Wanted } from '../../src/model/kind.ts';
import type { Thing } from '../../src/model/thing.ts';
import { sidesOf } from '../../src/plan/hands-off.ts';
import { cert, kindOf, link, live, liveOf, wantOf } from './toy.ts';

/** Sides of certificates alone, live as given and wanted as given; after as ids. */
function sides(before: readonly Thing[], wanted: Wanted | undefined, prune = true, others: readonly Kind[] = []) {
  const kind: Kind = { ...kindOf('hostname_certificate'), shows: () => before, wanted: () => wanted };
  const { after, unmanaged } = sidesOf([kind, ...others], wantOf({}, prune), liveOf());
  return { after: after.map(({ id }) => id), unmanaged: unmanaged.map(({ id }) => id) };
}

describe('hands off', () => {
  const [a, b] = [live(cert('a')), live(cert('b'))];

  it('leaves a kind alone of which the file says nothing', () => {
    expect(sides([a, b], undefined)).toEqual({ after: ['a', 'b'], unmanaged: [] });
  });

  it('prunes what the file leaves out, or reports it as unmanaged', () => {
    expect(sides([a, b], { things: [cert('b')] })).toEqual({ after: ['b'], unmanaged: [] });
    expect(sides([a, b], { things: [cert('b')] }, false)).toEqual({ after: ['a', 'b'], unmanaged: ['a'] });
  });

  it('prunes by kind', () => {
    const kind: Kind = { ...kindOf('hostname_certificate'), shows: () => [a], wanted: () => ({ things: [] }) };
    const afterWith = (prune: readonly Kind['name'][]) => sidesOf([kind], wantOf({}, prune), liveOf()).after;
    expect(afterWith(['hostname_certificate'])).toEqual([]);
    expect(afterWith(['hostname_association'])).toEqual([a]);
  });

  it('deletes what is said to be absent even where nothing is pruned', () => {
    expect(sides([a, b], { things: [], absent: ({ id }) => id === 'a' }, false)).toEqual({
      after: ['b'],
      unmanaged: ['b'],
    });
  });

  it('keeps what is tolerated, and does not call it unmanaged', () => {
    expect(sides([a, b], { things: [], tolerates: ({ id }) => id === 'a' })).toEqual({ after: ['a'], unmanaged: [] });
  });

  it('keeps what something unmanaged refers to', () => {
    const links: Kind = { ...kindOf('hostname_association'), shows: () => [live(link('app', 'a'))] };
    expect(sides([a, b], { things: [] }, true, [links])).toEqual({ after: ['a', 'app'], unmanaged: ['a'] });
  });

  it('puts what is new behind what is live', () => {
    expect(sides([a], { things: [cert('new'), cert('a')] })).toEqual({ after: ['a', 'new'], unmanaged: [] });
  });

  it('takes a field that the file leaves out from what is live, else from the defaults', () => {
    const wanted = (id: string) => ({
      ...link(id, 'a'),
      attributes: { certificate: 'a', enabled: undefined },
      defaults: { enabled: true },
    });
    const kind: Kind = {
      ...kindOf('hostname_association'),
      shows: () => [live(link('old', 'b', false))],
      wanted: () => ({ things: [wanted('old'), wanted('new')] }),
    };
    const { after } = sidesOf([kind], wantOf(), liveOf());
    expect(after.map(({ id, attributes }) => [id, attributes.certificate, attributes.enabled])).toEqual([
      ['old', 'a', false],
      ['new', 'a', true],
    ]);
  });

  it('puts what does not change on both sides as one object', () => {
    const before = [live(link('app', 'a')), live(link('www', 'a'))];
    const links = (certificate: string): Kind => ({
      ...kindOf('hostname_association'),
      shows: () => before,
      wanted: () => ({ things: [link('www', certificate), link('app', 'a')] }),
    });
    const same = sidesOf([links('a')], wantOf(), liveOf());
    expect(same.after).toBe(same.before);
    const { after } = sidesOf([links('b')], wantOf(), liveOf());
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toEqual({ ...link('www', 'b'), row: 'row-www', status: 'active' });
  });

  it('sees a change of what is relied on alone', () => {
    const kind: Kind = {
      ...kindOf('hostname_association'),
      shows: () => [live(link('app', 'a'))],
      wanted: () => ({ things: [{ ...link('app', 'a'), refs: link('app', 'b').refs }] }),
    };
    expect(sidesOf([kind], wantOf(), liveOf()).after[0]?.refs).toEqual(link('app', 'b').refs);
  });

  it('takes values that are the same as nothing for nothing', () => {
    const nothing = { ...cert('a'), isNothing: () => true };
    expect(sides([a], { things: [nothing] })).toEqual({ after: [], unmanaged: [] });
  });
});
