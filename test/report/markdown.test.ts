import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { MARKER, renderPlanMarkdown } from '../../src/report/markdown.ts';
import { code, prose } from '../../src/report/markdown-escape.ts';
import { expectGolden } from './support/golden.ts';
import { change, everything, hostile, manyHostnames, planOf, print, rotation } from './support/plans.ts';

describe('a plan as Markdown', () => {
  it('of a rotation is a comment that a reviewer reads from top to bottom', () => {
    expectGolden('rotation-markdown.txt', renderPlanMarkdown(rotation()));
  });

  it('holds everything that a plan can say', () => {
    expectGolden('everything-markdown.txt', renderPlanMarkdown(everything()));
  });

  it.each([
    ['nothing', planOf(), '### No changes. Your infrastructure matches the configuration.'],
    ['a rotation', rotation(), '### Plan: 1 to add, 4 to change, 1 to destroy.'],
    ['hostile names', hostile(), '### Plan: 1 to add, 0 to change, 0 to destroy.'],
  ] as [string, Plan, string][])('of %s begins with the sum and ends with the marker', (_, plan, sum) => {
    const lines = renderPlanMarkdown(plan).split('\n');
    expect(lines[0]).toBe(sum);
    expect(lines.slice(-2)).toEqual([MARKER, '']);
    expect(lines.filter((line) => line === MARKER)).toHaveLength(1);
  });

  it('warns of deletions, and of nothing where nothing is destroyed', () => {
    expect(renderPlanMarkdown(rotation())).toContain('> **Warning: 1 thing will be destroyed.**');
    expect(renderPlanMarkdown(manyHostnames(3))).not.toContain('destroyed.**');
  });
});

describe('a comment', () => {
  const unread = Array.from({ length: 400 }, (_, at) => ({ scope: `zone-${at}.example`, error: 'x'.repeat(5000) }));
  it.each([
    ['many hostnames', manyHostnames(5000)],
    ['many failures', planOf({ failures: unread })],
    [
      'many warnings',
      planOf({ warnings: unread.map(({ scope, error }) => ({ scope, address: null, message: error })) }),
    ],
    [
      'changes, deletions and names of ten thousand letters',
      withNames(Array.from({ length: 40 }, (_, at) => `${at}-${'|`<'.repeat(3000)}`)),
    ],
  ] as [string, Plan][])('with %s is shorter than GitHub allows, and keeps beginning and end', (_, plan) => {
    const text = renderPlanMarkdown(plan);
    expect(text.length).toBeLessThanOrEqual(65_000);
    expect(text.length).toBeGreaterThan(10_000);
    expect(text).toMatch(/^### (Plan: |No changes\.)/);
    expect(text).toContain(' left out …');
    expect(text).toContain('Shortened to fit into a comment');
    expect(text.trimEnd().endsWith(MARKER)).toBe(true);
    expectSound(text);
  });

  it('loses the middle of a list and neither its first nor its last line', () => {
    const text = renderPlanMarkdown(manyHostnames(5000));
    expect(text).toContain('# example.com/hostname_association/host-0000.example.com will be updated in-place');
    expect(text).toContain('+ certificate = app-2026');
  });

  it('that fits is not shortened', () => {
    expect(renderPlanMarkdown(manyHostnames(200))).not.toContain('left out');
  });
});

describe('hostile names', () => {
  const NASTY = [
    'a|b',
    'a\\|b',
    '`',
    '``` ```',
    '</details>',
    '<img src=x onerror=alert(1)>',
    '<!-- cf-mtls plan -->',
    '-->',
    '\n\n# Heading\n',
    '| a | b |',
    '[x](javascript:alert(1))',
    '![x](http://e.vil/x.png)',
    '**bold**',
    '_x_',
    '~~x~~',
    '&lt;',
    '$x$',
    '@someone',
    'owner/repo#1',
    'https://e.vil',
    'www.e.vil',
    ':tada:',
    '\u202eabc',
    '\u0000',
    '\r',
    '- x',
    '1. x',
    '> x',
    '    x',
    '---',
    '\\',
    'x\\',
    '`x',
    'x`',
    ' ',
  ];

  it('are shown in the golden file', () => {
    expectGolden('hostile-markdown.txt', renderPlanMarkdown(hostile()));
  });

  it.each(NASTY.map((name) => [name]))('cannot break the structure: %j', (name) => {
    const text = renderPlanMarkdown(withNames([name, `x${name}y`]));
    expectSound(text);
    expect(skeleton(text)).toEqual(skeleton(renderPlanMarkdown(withNames(['plain', 'other']))));
  });

  it('are read as they were written', () => {
    expect(code('a|b')).toBe('<code>a&#124;b</code>');
    expect(code('app.example.com')).toBe('`app.example.com`');
    expect(code('example.com/**')).toBe('`example.com/**`');
    expect(prose('GET /zones/1/origin_tls_client_auth')).toBe('GET /zones/1/origin_tls_client_auth');
    expect(prose('ask @someone in #12')).toBe('ask @<!-- -->someone in #<!-- -->12');
    expect(prose('_x_ <b> https://e.vil')).toBe('&#95;x&#95; &#60;b&#62; https&#58;&#47;&#47;e.vil');
  });
});

/** A plan that says these names everywhere where a name can stand. */
function withNames(names: readonly string[]): Plan {
  return planOf({
    changes: names.map((name, at) =>
      change(
        `example.com/access_certificate/${at}${name}`,
        { name, hostnames: [name] },
        { name: `${name}2`, hostnames: [`${name}2`] },
        name,
      ),
    ),
    steps: names.map((name, at) => ({
      order: at + 1,
      scope: name,
      wave: 1,
      stage: 'upload',
      address: `a/b/${name}`,
      summary: name,
    })),
    presented: names.map((name) => ({
      scope: `${name}s`,
      hostname: name,
      before: print('x'),
      after: 'none',
      weakens: true,
    })),
    unmanaged: names.map((name) => ({ address: name, scope: name, kind: 'access_certificate' })),
    warnings: names.map((name) => ({ scope: name, address: null, message: name })),
    refusals: names.map((name) => ({ name: 'mass-deletion', scope: name, message: name, allowed: false })),
    coverage: names.map((name) => ({ scope: name, asked: [name], message: name })),
    failures: names.map((name) => ({ scope: name, error: name })),
    targeting: { added: [...names], left_out: names.map((name) => ({ address: name, reason: name })) },
    inputs: { ...planOf().inputs, targets: [...names] },
    certificates: { [print('x')]: { label: null, subject: names[0] ?? '', not_after: null, key: false } },
  });
}

/** What kind of line each line is: names may change letters, never this. */
function skeleton(text: string): string[] {
  let fence: string | undefined;
  return text.split('\n').map((line) => {
    if (fence !== undefined) {
      if (line !== fence) return 'code';
      fence = undefined;
      return 'fence';
    }
    fence = /^(`{3,})(text|diff)$/.exec(line)?.[1];
    if (fence !== undefined) return 'fence';
    if (line.startsWith('| ')) return `row of ${cellsIn(line)}`;
    return (
      /^(### |> - |> |- \*\*[A-Z][a-z ]+[:,]\*\*|<details>$|<summary>[A-Z][a-z, ]+<\/summary>$|<\/details>$|<!-- cf-mtls plan -->$|$)/.exec(
        line,
      )?.[0] ?? 'text'
    );
  });
}

/** Cells of a row; a pipe inside a code span would count as one, as it does for GitHub. */
const cellsIn = (line: string): number => line.split('|').length - 2;

function expectSound(text: string): void {
  const kinds = skeleton(text);
  const known = /^(### |> - |> |- \*\*.*|<.*>|row of 3|code|fence|)$/;
  expect(kinds.filter((kind) => !known.test(kind) && kind !== 'text')).toEqual([]);
  expect(kinds.filter((kind) => kind === 'fence').length % 2).toBe(0);
  expect(kinds.filter((kind) => kind === '<details>').length).toBe(
    kinds.filter((kind) => kind === '</details>').length,
  );
  // Outside of fences no HTML but ours, and no backtick that has no partner.
  const outside = text.split('\n').filter((_, at) => kinds[at] !== 'code' && kinds[at] !== 'fence');
  for (const line of outside) {
    const rest = line.replace(/`[^`]+`/g, '').replace(/<\/?(details|summary|code|br)>|<!-- (cf-mtls plan )?-->/g, '');
    expect(rest).not.toMatch(/[<`\\]/);
  }
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
}
