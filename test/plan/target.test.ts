import { describe, expect, it } from 'vitest';
import { choose } from '../../src/plan/target.ts';
import { cert, link, live, stateOf, toys } from './toy.ts';

const kinds = toys();
const ids = (things: readonly { readonly id: string }[]) => things.map(({ id }) => id);
const rotation = stateOf(
  [live(cert('old')), live(link('app', 'old')), live(link('www', 'old'))],
  [link('app', 'new'), link('www', 'new'), cert('new')],
);

describe('--target', () => {
  it('takes what is selected and what that needs, and leaves everything else as it is live', () => {
    const choice = choose(rotation, kinds, ['toy/hostname_association/app']);
    expect(choice.after.map(({ id, attributes }) => [id, attributes.certificate])).toEqual([
      ['old', undefined],
      ['app', 'new'],
      ['www', 'old'],
      ['new', undefined],
    ]);
    expect(choice.added).toEqual(['toy/hostname_certificate/new']);
    expect(choice.leftOut).toEqual([]);
  });

  it('leaves out a removal that something unselected still needs, and says what', () => {
    const choice = choose(rotation, kinds, ['toy/hostname_certificate/old', 'toy/hostname_association/app']);
    expect(choice.leftOut).toEqual([
      { address: 'toy/hostname_certificate/old', reason: 'toy/hostname_association/www still needs it' },
    ]);
    expect(ids(choice.after)).toContain('old');
  });

  it('takes a removal when all that needed it moves away', () => {
    const choice = choose(rotation, kinds, ['toy/hostname_certificate/old', 'toy/hostname_association/*']);
    expect(choice.leftOut).toEqual([]);
    expect(ids(choice.after)).toEqual(['app', 'www', 'new']);
  });

  it('adds nothing that is live already', () => {
    const state = stateOf([live(cert('a'))], [cert('a'), link('app', 'a')]);
    expect(choose(state, kinds, ['toy/hostname_association/app']).added).toEqual([]);
  });

  it('selects nothing where nothing that matches changes', () => {
    const choice = choose(rotation, kinds, ['toy/zone_enablement']);
    expect(choice.after).toEqual(rotation.before);
  });
});
