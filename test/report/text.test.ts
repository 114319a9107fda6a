import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { renderPlanText } from '../../src/report/text.ts';
import { expectGolden } from './support/golden.ts';
import { everything, hostile, manyHostnames, planOf, rotation } from './support/plans.ts';

const PLAIN = { color: false, width: Number.POSITIVE_INFINITY, compact: false };
const text = (plan: Plan, options: Partial<typeof PLAIN> = {}): string =>
  renderPlanText(plan, { ...PLAIN, ...options });
const ESCAPE = /\u001b\[\d+m/g;

describe('a plan as text', () => {
  it('of a rotation reads from what changes to what it costs', () => {
    expectGolden('rotation.txt', text(rotation()));
  });

  it('holds everything that a plan can say', () => {
    expectGolden('everything.txt', text(everything()));
  });

  it('keeps to the width of the terminal where it may break a line', () => {
    const lines = text(everything(), { width: 80 }).split('\n');
    expectGolden('everything-80.txt', lines.join('\n'));
    expect(lines.filter((line) => line.length > 80 && !line.startsWith('  # '))).toEqual([]);
  });

  it('leaves out attributes when compact, and nothing else', () => {
    expectGolden('rotation-compact.txt', text(rotation(), { compact: true }));
  });

  it('groups many hostnames that change alike, and still names each on its # line', () => {
    expectGolden('many.txt', text(manyHostnames(25)));
  });

  it('of nothing is one sentence and what it cost', () => {
    expect(text(planOf())).toBe(
      'No changes. Your infrastructure matches the configuration.\nReading took 5 requests.\n',
    );
  });

  it('of nothing is followed by what could not be seen', () => {
    const coverage = [{ scope: 'example.com', asked: ['a.example.com'], message: 'associations cannot be listed.' }];
    expect(text(planOf({ coverage }))).toBe(
      [
        'No changes. Your infrastructure matches the configuration.',
        'What could not be seen:',
        '  example.com: associations cannot be listed.',
        '    Asked one by one: a.example.com',
        'Reading took 5 requests.',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['a scope could not be read', { failures: [{ scope: 'example.com', error: 'HTTP 500' }] }],
    [
      'something is refused',
      { refusals: [{ name: 'empty-document', scope: '*', message: 'the files manage nothing', allowed: false }] },
    ],
  ] as [string, Partial<Plan>][])('never says that all is well where %s', (_, given) => {
    expect(text(planOf(given))).not.toContain('No changes.');
    expect(text(planOf(given))).toContain('Plan: 0 to add, 0 to change, 0 to destroy.\n');
    expect(text(planOf(given))).toMatch(/^Error: /m);
  });
});

describe('colour', () => {
  it('marks actions, and takes nothing away from the text', () => {
    const colored = text(everything(), { color: true });
    expect(colored).toContain('\u001b[32m+\u001b[39m');
    expect(colored).toContain('\u001b[33m~\u001b[39m');
    expect(colored).toContain('\u001b[31mwill be destroyed\u001b[39m');
    expect(colored.replaceAll(ESCAPE, '')).toBe(text(everything()));
  });
});

describe('pull-request tools', () => {
  const lines = (expression: RegExp, plan: Plan): string[] =>
    [...text(plan).matchAll(expression)].map((match) => match[1] ?? match[0]);

  it('find the summary', () => {
    expect(lines(/^(Plan: \d|No changes.)/gm, rotation())).toEqual(['Plan: 1']);
    expect(lines(/^(Plan: \d|No changes.)/gm, planOf())).toEqual(['No changes.']);
    expect(text(planOf())).toMatch(/No changes\. Your infrastructure matches the configuration\./);
    const counts =
      /Plan: (?:(\d+) to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy(?:, (\d+) to forget)?\./;
    expect(counts.exec(text(rotation()))?.slice(1)).toEqual([undefined, '1', '4', '1', undefined]);
  });

  it('find deletions', () => {
    expect(text(rotation())).toMatch(/([1-9][0-9]* to destroy.)/);
    expect(text(manyHostnames(3))).not.toMatch(/([1-9][0-9]* to destroy.)/);
  });

  it('find every address', () => {
    expect(lines(/^ *# (.*) will be created$/gm, rotation())).toEqual(['example.com/hostname_certificate/app-2026']);
    expect(lines(/^ *# (.*) will be updated in-place$/gm, rotation())).toEqual(
      ['api', 'app', 'www', 'old'].map((host) => `example.com/hostname_association/${host}.example.com`),
    );
    expect(lines(/^ *# (.*) will be destroyed$/gm, rotation())).toEqual([
      'example.com/hostname_certificate/sha256:1086a35ffdf2',
    ]);
    expect(lines(/^ {2}# (.*) will be updated in-place$/gm, manyHostnames(1000))).toHaveLength(1000);
  });

  it('find errors, and none where there is none', () => {
    expect(lines(/([│|] )?(Error: )/gm, everything())).toHaveLength(3);
    expect(lines(/([│|] )?(Error: )/gm, rotation())).toEqual([]);
  });
});

describe('hostile names', () => {
  it('move no cursor, turn no line round and pass for no line of ours', () => {
    const shown = text(hostile());
    expectGolden('hostile.txt', shown);
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(shown.match(/^ *Plan: /gm)).toEqual(['Plan: ']);
    expect(shown).not.toMatch(/^No changes\./m);
    expect(shown.match(/^Error: /gm)).toHaveLength(2);
  });
});

describe('a thousand changes', () => {
  it('are rendered in less than a second, in not many more lines', () => {
    const plan = manyHostnames(1000);
    const started = performance.now();
    const lines = text(plan, { width: 100 }).split('\n');
    expect(performance.now() - started).toBeLessThan(1000);
    expect(lines.length).toBeLessThan(1040);
  });
});
