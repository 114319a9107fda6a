import { describe, expect, it } from 'vitest';
import type { Presented } from '../../src/model/plan.ts';
import type { Thing } from '../../src/model/thing.ts';
import { type Case, lossesOf, refusalsOf, weakeningsOf } from '../../src/plan/safety.ts';
import { cert, link, live, POLICY, stateOf, toys } from './toy.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const links = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, place) => live(link(`h${from + place}`, 'a')));

function judge(before: readonly Thing[], after: readonly Thing[], more: Partial<Case> = {}): readonly string[] {
  return refusalsOf(caseOf(before, after, more)).map(({ name }) => name);
}
function messageOf(before: readonly Thing[], after: readonly Thing[], maxDeletePercent: number): string {
  const refusals = refusalsOf(caseOf(before, after, { policy: { ...POLICY, maxDeletePercent } }));
  return refusals.map(({ message }) => message).join();
}
function caseOf(before: readonly Thing[], after: readonly Thing[], more: Partial<Case> = {}): Case {
  const state = stateOf(before, after);
  return { state, kinds: toys(), presented: [], policy: POLICY, validity: () => undefined, now: NOW, ...more };
}
const shows = (before: string, after: string, hostname: string | null = 'h1'): Presented => ({
  scope: 'toy',
  hostname,
  before,
  after,
  weakens: true,
});

describe('mass deletion', () => {
  const a = live(cert('a'));

  it.each([
    ['three of ten are no mass', 10, 3, []],
    ['four of twelve are, by percent', 12, 4, ['mass-deletion']],
    ['four of fourteen are 28 percent', 14, 4, []],
    ['thirty percent is not more than thirty', 20, 6, []],
    ['and one more is', 20, 7, ['mass-deletion']],
  ])('%s', (_claim, count, gone, refusals) => {
    // The certificate is one of the live things.
    expect(judge([a, ...links(1, count - 1)], [a, ...links(gone + 1, count - 1)])).toEqual(refusals);
  });

  it('is everything that was live, where that was more than one', () => {
    expect(judge(links(1, 2), [])).toEqual(['mass-deletion']);
    expect(judge(links(1, 1), [])).toEqual([]);
    expect(judge(links(1, 2), [], { policy: { ...POLICY, maxDeletePercent: 100 } })).toEqual(['mass-deletion']);
  });

  it.each([
    ['the share, as exactly as it takes to be more than the limit', 12, 10, 83, '10 of 12 live things (83.3 %)'],
    ['and no more exactly', 12, 10, 82, '10 of 12 live things (83 %)'],
    ['nor less', 3333, 1001, 30, '1001 of 3333 live things (30.03 %)'],
  ])('says %s', (_claim, count, gone, maxDeletePercent, size) => {
    const text = messageOf(links(1, count), links(gone + 1, count), maxDeletePercent);
    expect(text).toContain(`${size} would be removed`);
    expect(text).toContain(`The limit is ${maxDeletePercent} % where more than 3 go (policy.max_delete_percent).`);
  });

  it('says of everything that it is everything, and names no limit that did not speak', () => {
    const text = messageOf(links(1, 2), [], 100);
    expect(text).toContain('all 2 live things would be removed');
    expect(text).toContain('whatever policy.max_delete_percent says');
    expect(text).not.toContain('The limit is');
  });

  it('names each loss', () => {
    expect(lossesOf(caseOf([a, ...links(1, 2)], [a]))).toEqual([
      'toy/hostname_association/h1',
      'toy/hostname_association/h2',
    ]);
  });
});

describe('what is presented', () => {
  const voided = [live(link('h1', 'a')), live(link('h2', 'a'))];
  const judgeShown = (presented: readonly Presented[], more: Partial<Case> = {}) =>
    judge(voided, voided.slice(1), { presented, ...more });

  it('must not fall from an own certificate to the shared one', () => {
    expect(judgeShown([shows('sha256:a', 'shared')])).toEqual(['shared-certificate-fallback']);
    expect(judgeShown([shows('none', 'shared'), shows('shared', 'none'), shows('unknown', 'shared')])).toEqual([]);
  });

  it('must not end because a hostname was left out', () => {
    expect(judgeShown([shows('sha256:a', 'none')])).toEqual(['protection-removed']);
    expect(judgeShown([shows('sha256:a', 'none', 'h2')]), 'h2 keeps its link, switched off').toEqual([]);
    expect(judgeShown([shows('sha256:a', 'none', null)]), 'the zone says so outright').toEqual([]);
  });

  it('is told where the file says so outright', () => {
    const state = stateOf(voided, voided.slice(1), { originPulls: { hostnames: new Map([['h1', 'none']]) } });
    const presented = [shows('sha256:a', 'none')];
    expect(refusalsOf({ ...caseOf(voided, voided.slice(1)), state, presented })).toEqual([]);
    expect(weakeningsOf({ state, presented })).toHaveLength(1);
  });

  it('must be within its dates', () => {
    const day = 24 * 3_600_000;
    const with_ = (notBefore: number, notAfter: number) =>
      judgeShown([shows('none', 'sha256:b')], { validity: () => ({ notBefore, notAfter }) });
    expect(with_(NOW - day, NOW + day)).toEqual([]);
    expect(with_(NOW - day, NOW), 'the last moment is over').toEqual(['expired-certificate']);
    expect(with_(NOW + 1, NOW + day)).toEqual(['expired-certificate']);
    expect(with_(NOW, NOW + day)).toEqual([]);
  });

  it('is told with its own dates, for each certificate', () => {
    const day = 24 * 3_600_000;
    const dates = new Map([
      ['sha256:early', { notBefore: NOW + day, notAfter: NOW + 2 * day }],
      ['sha256:late', { notBefore: 0, notAfter: NOW - day }],
    ]);
    const presented = [
      shows('none', 'sha256:early', 'a'),
      shows('none', 'sha256:late', 'b'),
      shows('none', 'sha256:late', 'c'),
    ];
    const refusals = refusalsOf({ ...caseOf([], []), presented, validity: (it) => dates.get(it) });
    expect(refusals.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^a would present a certificate that is not valid before /),
      expect.stringMatching(/^b, c would present a certificate that expired on /),
    ]);
  });
});
