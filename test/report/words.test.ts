import { describe, expect, it } from 'vitest';
import { describeCertificate, detailsOf, nameCertificate } from '../../src/report/describe.ts';
import { harmless, paragraph } from '../../src/report/harmless.ts';
import { cut, displayWidth, few, wrap } from '../../src/report/width.ts';
import { certificates, change, planOf, print } from './support/plans.ts';

describe('a certificate in words', () => {
  const plan = planOf({
    certificates: certificates({
      'edge-2026': '2027-01-31',
      '-old': '2026-11-01',
      '(tomorrow)': '2026-11-22',
      '(today)': '2026-11-21',
    }),
  });

  it.each([
    ['edge-2026', /^edge-2026 CN=edge-2026, O=Example expires 2027-01-31 \(70 days\) sha256:[0-9a-f]{12}$/],
    ['old', /^CN=old, O=Example expired 2026-11-01 \(20 days ago\) sha256:[0-9a-f]{12}$/],
    ['tomorrow', /^tomorrow CN=tomorrow, O=Example expires 2026-11-22 \(today\) /],
    ['today', /^today CN=today, O=Example expired 2026-11-21 \(today\) /],
    ['unheard-of', /^sha256:[0-9a-f]{12}$/],
  ])('%s', (label, words) => {
    expect(describeCertificate(plan, print(label))).toMatch(words);
  });

  it('is named by its label, else by its subject, else by its fingerprint', () => {
    expect(nameCertificate(plan, print('edge-2026'))).toMatch(/^edge-2026 \(sha256:/);
    expect(nameCertificate(plan, print('old'))).toMatch(/^CN=old, O=Example \(sha256:/);
    expect(nameCertificate(plan, print('unheard-of'))).toMatch(/^sha256:[0-9a-f]{12}$/);
  });
});

describe('the details of a change', () => {
  const details = (before: Record<string, never> | object | null, after: object | null): unknown =>
    detailsOf(planOf(), change('a/b/c', before as never, after as never));

  it('leave out what stays', () => {
    expect(details({ enabled: true, name: 'x' }, { enabled: false, name: 'x' })).toEqual([
      { mark: '~', name: 'enabled', before: 'true', after: 'false', long: false },
    ]);
  });

  it('of a list are what it gains and loses', () => {
    expect(details({ hosts: ['a', 'b', 'c'] }, { hosts: ['b', 'c', 'd'] })).toEqual([
      {
        mark: '~',
        name: 'hosts',
        items: [
          { mark: '-', text: 'a' },
          { mark: '+', text: 'd' },
        ],
        unchanged: 2,
      },
    ]);
  });

  it('of something new or gone are all that it has', () => {
    expect(details(null, { enabled: true, hosts: [] })).toEqual([
      { mark: '+', name: 'enabled', after: 'true', long: false },
    ]);
    expect(details({ enabled: true }, null)).toEqual([{ mark: '-', name: 'enabled', before: 'true', long: false }]);
  });
});

describe('harmless', () => {
  it.each([
    ['\u001b[31mred', '\\x1b[31mred'],
    ['a\nb', 'a\\x0ab'],
    ['\u009b2J', '\\x9b2J'],
    ['\u202eexe.txt', '\\u202eexe.txt'],
    ['a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\ud800', '\\ud800'],
    ['Müller 漢字 \u{1f600}', 'Müller 漢字 \u{1f600}'],
  ])('%j is shown as %s', (text, shown) => {
    expect(harmless(text)).toBe(shown);
    expect(harmless(shown)).toBe(shown);
  });

  it('makes one paragraph of a message', () => {
    expect(paragraph(' one\r\n  two\u2028three\n')).toBe('one two three');
  });
});

describe('lines', () => {
  it('are broken at spaces, and words never', () => {
    expect(wrap('one two three four', 10)).toEqual(['one two', 'three four']);
    expect(wrap('one two', 9, '- ', '  ')).toEqual(['- one two']);
    expect(wrap('one two', 8, '- ', '  ')).toEqual(['- one', '  two']);
    expect(wrap('averylongword x', 5)).toEqual(['averylongword', 'x']);
    expect(wrap('one two', Number.POSITIVE_INFINITY, '> ')).toEqual(['> one two']);
  });

  it('are cut by what they take on the screen', () => {
    expect(cut('abcdef', 6)).toBe('abcdef');
    expect(cut('abcdef', 5)).toBe('abcd…');
    expect(cut('漢字漢字', 5)).toBe('漢字…');
    expect(displayWidth('漢字e\u0301')).toBe(5);
    expect(cut('abc', 0)).toBe('');
  });

  it('name a few of many', () => {
    expect(few(['a', 'b', 'c'], 3)).toBe('a, b, c');
    expect(few(['a', 'b', 'c', 'd'], 3)).toBe('a, b and 2 more');
  });
});
