import type { Finding, Overview } from '../model/overview.ts';
import { harmless, paragraph } from './harmless.ts';
import { type Paint, paintWith, type Style } from './paint.ts';
import { FINDING_WORDS, findingText, type StatusTable, statusSummary, tablesOf } from './status-words.ts';
import { count, displayWidth, few, wrap } from './width.ts';

/** The status for people: tables scope by scope, and at the end what to act on, where nobody can miss it. */
export function renderStatusText(
  overview: Overview,
  options: { readonly color: boolean; readonly width: number },
): string {
  const paint = paintWith(options.color);
  const width = Math.max(options.width, 40);
  const blocks = [
    ...overview.scopes.flatMap((scope) => tablesOf(overview, scope).map((table) => tableLines(table, paint))),
    ...coverageBlock(overview, width),
    ...overview.findings.map((finding) => findingLines(finding, paint, width)),
    ...overview.failures.map(({ scope, error }) =>
      wrap(`Error: ${harmless(scope)} could not be read: ${paragraph(error)}`, width, '', '  '),
    ),
    [statusSummary(overview), `Reading took ${count(overview.requests, 'request')}.`],
  ];
  return `${joined(blocks).join('\n')}\n`;
}

/** Tables stand apart; findings, one line each as a rule, stand together. */
function joined(blocks: readonly (readonly string[])[]): readonly string[] {
  return blocks.flatMap((block, at) => {
    const before = blocks[at - 1];
    const together = before?.length === 1 && block.length === 1;
    return at === 0 || together ? block : ['', ...block];
  });
}

function tableLines({ heading, columns, rows, notes }: StatusTable, paint: Paint): readonly string[] {
  const cells = [columns, ...rows].map((row) => row.map(harmless));
  const used = columns.map((_, column) => column === 0 || cells.slice(1).some((row) => row[column] !== ''));
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => displayWidth(row[column] ?? ''))));
  const lines = cells.map((row) =>
    row
      .flatMap((cell, column) => (used[column] ? [cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell))] : []))
      .join('  ')
      .trimEnd(),
  );
  const [head = '', ...body] = lines;
  return [
    paint('bold', harmless(heading)),
    ...(body.length === 0 ? [] : [`  ${paint('dim', head)}`, ...body.map((line) => `  ${line}`)]),
    ...notes.map((note) => `  ${note}`),
  ];
}

function coverageBlock({ coverage }: Overview, width: number): readonly (readonly string[])[] {
  if (coverage.length === 0) return [];
  return [
    [
      'What could not be seen:',
      ...coverage.flatMap(({ scope, asked, message }) => [
        ...wrap(`${harmless(scope)}: ${paragraph(message)}`, width, '  ', '    '),
        ...(asked.length === 0 ? [] : [`    Asked one by one: ${few(asked.map(harmless), 12)}`]),
      ]),
    ],
  ];
}

const STYLES: Readonly<Record<Finding['kind'], Style>> = {
  expired: 'red',
  not_yet_valid: 'red',
  stuck: 'red',
  due: 'yellow',
  full: 'yellow',
};

function findingLines(finding: Finding, paint: Paint, width: number): readonly string[] {
  const word = `${FINDING_WORDS[finding.kind]}: `;
  const [first = '', ...rest] = wrap(paragraph(findingText(finding)), width, word, '  ');
  return [`${paint(STYLES[finding.kind], word.trimEnd())}${first.slice(word.length - 1)}`, ...rest];
}
