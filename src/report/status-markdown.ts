import type { Overview } from '../model/overview.ts';
import { code, prose } from './markdown-escape.ts';
import { FINDING_WORDS, findingText, type StatusTable, statusSummary, tablesOf } from './status-words.ts';
import { count, few } from './width.ts';

/** The status for an issue or a job's page: what to act on first, then the tables. */
export function renderStatusMarkdown(overview: Overview): string {
  const { findings, failures, coverage, scopes, requests } = overview;
  const blocks = [
    [`### ${prose(statusSummary(overview))}`],
    [
      ...failures.map(({ scope, error }) => `- **Error:** ${code(scope)} could not be read: ${prose(error)}`),
      ...findings.map((finding) => `- **${FINDING_WORDS[finding.kind]}:** ${prose(findingText(finding))}`),
    ],
    coverage.map(
      ({ scope, asked, message }) =>
        `- ${code(scope)}: ${prose(message)}${asked.length === 0 ? '' : ` Asked one by one: ${few(asked.map(code), 12)}`}`,
    ),
    ...scopes.flatMap((scope) => tablesOf(overview, scope).flatMap(tableBlocks)),
    [`Reading took ${count(requests, 'request')}.`],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function tableBlocks({ heading, columns, rows, notes }: StatusTable): readonly (readonly string[])[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    [`#### ${prose(heading)}`],
    rows.length === 0
      ? []
      : [line(columns.map(inSmall)), line(columns.map(() => '---')), ...rows.map((row) => line(row.map(prose)))],
    notes.map((note) => `- ${prose(note)}`),
  ];
}

/** `ALSO IN` as `Also in`. */
const inSmall = (word: string): string => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`;
