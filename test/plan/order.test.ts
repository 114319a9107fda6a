import { describe, expect, it } from 'vitest';
import type { Kind } from '../../src/model/kind.ts';
import type { Thing } from '../../src/model/thing.ts';
import { order } from '../../src/plan/order.ts';
import { noRoom } from '../../src/plan/room.ts';
import { cert, draft, kindOf, link, live, stateOf, thing, toys } from './toy.ts';

/** The steps in short: `1 upload new`. */
function ordered(state: ReturnType<typeof stateOf>, kinds: readonly Kind[] = toys()): readonly string[] | 'stuck' {
  const result = order(state, kinds);
  return 'stuck' in result ? 'stuck' : result.steps.map(({ wave, stage, id }) => `${wave} ${stage} ${id}`);
}

describe('order', () => {
  it('puts a rotation into one wave: upload, await, associate, delete', () => {
    const state = stateOf([live(cert('old')), live(link('app', 'old'))], [cert('new'), link('app', 'new')]);
    expect(ordered(state)).toEqual(['1 upload new', '1 await new', '1 associate app', '1 delete old']);
  });

  it('waits for a live certificate that a step relies on and that is not active yet', () => {
    const pending = live(cert('a'), 'pending_deployment');
    expect(ordered(stateOf([pending], [pending, link('app', 'a')]))).toEqual(['1 await a', '1 associate app']);
    const active = live(cert('a'));
    expect(ordered(stateOf([active], [active, link('app', 'a')]))).toEqual(['1 associate app']);
  });

  it('does not wait for what no step relies on', () => {
    expect(ordered(stateOf([], [cert('staged')]))).toEqual(['1 upload staged']);
  });

  it('takes waves of as many certificates as fit', () => {
    const before = ['a', 'b'].flatMap((id) => [live(cert(id)), live(link(`on-${id}`, id))]);
    const after = ['c', 'd'].map((id) => cert(id)).concat([link('on-a', 'c'), link('on-b', 'd')]);
    const wave = (nth: number, id: string, host: string, old: string) =>
      ['upload', 'await']
        .map((stage) => `${nth} ${stage} ${id}`)
        .concat([`${nth} associate ${host}`, `${nth} delete ${old}`]);
    expect(ordered(stateOf(before, after), toys({ limit: 3 }))).toEqual([
      ...wave(1, 'c', 'on-a', 'a'),
      ...wave(2, 'd', 'on-b', 'b'),
    ]);
    expect(ordered(stateOf(before, after), toys({ limit: 4 }))?.at(-1)).toBe('1 delete b');
  });

  it('first does what needs no upload, where the uploads do not fit', () => {
    const before = [live(cert('a')), live(link('on-a', 'a')), live(cert('b'))];
    expect(ordered(stateOf(before, [cert('a'), link('on-a', 'a'), cert('c')]), toys({ limit: 2 }))).toEqual([
      '1 delete b',
      '2 upload c',
    ]);
  });

  it('is stuck where every place is in use until it is replaced', () => {
    const before = [live(cert('a')), live(link('on-a', 'a'))];
    expect(ordered(stateOf(before, [cert('b'), link('on-a', 'b')]), toys({ limit: 1 }))).toBe('stuck');
  });

  it('lets hostnames leave a full certificate before others come', () => {
    const before = [live(cert('a')), live(link('one', 'a')), live(link('two', 'a'))];
    const after = [cert('a'), link('two', 'a'), link('three', 'a')];
    expect(ordered(stateOf(before, after), toys({ referenceLimit: 2 }))).toEqual([
      '1 dissociate one',
      '2 associate three',
    ]);
    expect(ordered(stateOf(before, after), toys({ referenceLimit: 3 }))).toEqual([
      '1 associate three',
      '1 dissociate one',
    ]);
  });

  it('is stuck where more come to a certificate than it takes', () => {
    const before = [live(cert('a')), live(link('one', 'a'))];
    const after = [cert('a'), ...['one', 'two', 'three'].map((id) => link(id, 'a'))];
    expect(ordered(stateOf(before, after), toys({ referenceLimit: 2 }))).toBe('stuck');
    expect(ordered(stateOf(before, after), toys({ referenceLimit: 3 }))).toEqual([
      '1 associate two',
      '1 associate three',
    ]);
  });

  it('counts who came in an earlier wave once', () => {
    const [certificates, links] = toys({ referenceLimit: 3 }) as [Kind, Kind];
    const late = [{ kind: 'hostname_certificate', id: 'old' }] as const;
    const kinds = [
      certificates,
      {
        ...links,
        steps: (...of: Parameters<Kind['steps']>) =>
          links.steps(...of).map((it) => ({ ...it, ...(of[0].id === 'late' ? { after: late } : {}) })),
      },
    ];
    const before = [live(cert('a')), live(cert('old')), live(link('one', 'a'))];
    const after = [cert('a'), ...['one', 'two', 'late'].map((id) => link(id, 'a'))];
    expect(ordered(stateOf(before, after), kinds)).toEqual(['1 associate two', '1 delete old', '2 associate late']);
  });

  it('waits once for what several steps rely on, and for no step of its own', () => {
    const own: Kind = {
      ...kindOf('tls_client_auth'),
      steps: () => [draft('enable', { after: [{ kind: 'tls_client_auth', id: 'off' }] })],
    };
    const after = [cert('a'), link('one', 'a'), link('two', 'a'), thing('tls_client_auth', 'off')];
    expect(ordered(stateOf([], after), [...toys(), own])).toEqual([
      '1 upload a',
      '1 await a',
      '1 associate one',
      '1 associate two',
      '1 enable off',
    ]);
  });

  it('keeps rank before kind inside a stage, and kinds in the order of the model', () => {
    const ranked = (name: Kind['name'], rank: number): Kind => ({
      ...kindOf(name),
      steps: () => [draft('enable', { rank })],
    });
    const kinds = [ranked('zone_enablement', 3), ranked('tls_client_auth', 2), ranked('access_hostname_setting', 2)];
    const after = kinds.map(({ name }) => thing(name, name));
    expect(ordered(stateOf([], after), kinds)).toEqual([
      '1 enable tls_client_auth',
      '1 enable access_hostname_setting',
      '1 enable zone_enablement',
    ]);
  });

  it('holds a step back until what must come before it has changed', () => {
    const [certificates] = toys();
    const last: Kind = {
      ...kindOf('tls_client_auth'),
      steps: () => [draft('enable', { after: [{ kind: 'hostname_certificate', id: 'old' }] })],
    };
    const state = stateOf([live(cert('old'))], [thing('tls_client_auth', 'off')]);
    expect(ordered(state, [certificates as Kind, last])).toEqual(['1 delete old', '2 enable off']);
  });

  it('hears a wish for as long as something else can be done', () => {
    const off: Kind = {
      ...kindOf('tls_client_auth'),
      steps: () => [draft('delete', { rather: [{ kind: 'hostname_certificate', id: 'new' }] })],
    };
    const steps = (after: readonly Thing[], limit: number) =>
      ordered(stateOf([live(cert('old'))], [...after, thing('tls_client_auth', 'off')]), [
        toys({ limit })[0] as Kind,
        off,
      ]);
    expect(steps([cert('old'), cert('new')], 2)).toEqual(['1 upload new', '1 delete off']);
    expect(steps([cert('old'), cert('new')], 1), 'nothing else is left to do').toBe('stuck');
  });

  it('is refused where the API lists one hostname twice, and a certificate goes that one of the two rows is on', () => {
    const stays = [live(cert('b')), live(link('app', 'b'))];
    const state = stateOf([live(cert('a')), live(link('app', 'a')), ...stays], stays);
    const result = order(state, toys());
    expect('stuck' in result && noRoom(result.stuck, state)).toEqual({
      name: 'impossible',
      message: expect.stringMatching(
        /^toy\/hostname_certificate\/a .*lists toy\/hostname_association\/app more than once/,
      ),
    });
  });

  it('has no step for an empty change', () => {
    const same = [live(cert('a')), live(link('app', 'a'))];
    expect(ordered(stateOf(same, same))).toEqual([]);
  });
});
