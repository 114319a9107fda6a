import type { Plan } from '../model/plan.ts';
import { goneForGood } from './describe.ts';
import { changeTable, diffLines, type Row, weakenedTable } from './markdown-changes.ts';
import { code, details, fenced, prose, shortenList } from './markdown-escape.ts';
import { pageFor } from './page.ts';
import { costText, liftedBy, refusalText, remarkText, summaryText } from './text-notes.ts';
import { presentedInText, stepsInText } from './text-steps.ts';
import { count, few } from './width.ts';

/** By this line a job finds its comment again, to update it instead of adding another. */
export const MARKER = '<!-- cf-mtls plan -->';

/** The plan as a comment for a pull request, never longer than GitHub takes; the middle of long lists gives way. */
export function renderPlanMarkdown(plan: Plan): string {
  const parts = partsOf(plan);
  let text = layOut(parts, Number.POSITIVE_INFINITY);
  for (let most = 2048; text.length > LONGEST && most >= 1; most /= 2) text = layOut(parts, most, SHORTENED);
  return text;
}

/** Lines that belong together, in lists of at most so many. */
type Part = (most: number) => readonly string[];

function layOut(parts: readonly Part[], most: number, ...notes: readonly string[]): string {
  const blocks = [...parts.map((part) => part(most).join('\n')), ...notes, MARKER];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function partsOf(plan: Plan): Part[] {
  const steps = stepsInText(plan, PAGE).slice(1);
  return [
    () => [`### ${summaryText(plan)}`],
    bullets(errorLines(plan)),
    deletions(plan),
    table(weakenedTable(plan)),
    table(changeTable(plan)),
    bullets([...warningLines(plan), ...boundaryLines(plan)]),
    folded('Steps, in order', 'text', steps.flatMap((group) => ['', ...group]).slice(1)),
    folded('Differences', 'diff', diffLines(plan)),
    folded('What origins will be shown', 'text', presentedInText(plan, PAGE).flat().slice(1)),
    folded(
      'Live, but not in the files, and left alone',
      'text',
      plan.unmanaged.map(({ address }) => address),
    ),
    () => [`${costText(plan)} Digest ${code(plan.digest)}, cf-mtls ${prose(plan.tool_version)}.`],
  ];
}

function errorLines({ failures, refusals }: Plan): string[] {
  return [
    ...failures.map(({ scope, error }) => `**Error:** ${code(scope)} could not be read: ${prose(error)}`),
    ...refusals.flatMap((refusal) => {
      if (refusal.allowed) return [];
      const option = liftedBy(refusal);
      const way = option === undefined ? '' : `<br>To allow it all the same: ${code(option)}`;
      return [`**Error:** ${prose(refusalText(refusal))}${way}`];
    }),
  ];
}

function deletions(plan: Plan): Part {
  const { destroy } = plan.summary;
  if (destroy === 0) return () => [];
  const gone = goneForGood(plan).map(({ address, certificate }) => `${code(address)}: ${prose(certificate)}`);
  const warning = `> **Warning: ${count(destroy, 'thing')} will be destroyed.**`;
  if (gone.length === 0) return () => [warning];
  const why = '> This cannot be undone, because the files do not hold what uploading it again would take:';
  const list = bullets(gone);
  return (most) => [warning, why, '>', ...list(most).map((line) => `> ${line}`)];
}

function warningLines({ refusals, warnings }: Plan): string[] {
  const lifted = refusals.filter((refusal) => refusal.allowed).map((refusal) => `(allowed) ${refusalText(refusal)}`);
  return [...lifted, ...warnings.map(remarkText)].map((text) => `**Warning:** ${prose(text)}`);
}

/** What this plan does not speak of: what `--target` left out, and what could not be seen. */
function boundaryLines({ targeting, inputs, coverage }: Plan): string[] {
  const unseen = coverage.map(({ scope, asked, message }) => {
    const names = asked.length === 0 ? '' : ` (${count(asked.length, 'hostname')} asked one by one)`;
    return `**Not seen:** ${code(scope)}: ${prose(message)}${names}`;
  });
  if (targeting === undefined) return unseen;
  return [
    `**Not the whole plan,** only what was selected: ${few(inputs.targets.map(code), 12)}`,
    ...targeting.added.map((address) => `**Added,** because what was selected needs it: ${code(address)}`),
    ...targeting.left_out.map(({ address, reason }) => `**Left out:** ${code(address)}: ${prose(reason)}`),
    ...unseen,
  ];
}

/** Every item begins with a word or a code span of ours, so that it can't begin a list or a heading by itself. */
function bullets(items: readonly string[]): Part {
  return (most) => shortenList(items, most, leftOut).map((item) => `- ${item}`);
}

function table([head, ...rows]: readonly Row[]): Part {
  if (head === undefined || rows.length === 0) return () => [];
  const instead = (hidden: number): Row => head.map((_, at) => (at === 0 ? leftOut(hidden) : ''));
  return (most) =>
    [head, head.map(() => '---'), ...shortenList(rows, most, instead)].map((cells) => `| ${cells.join(' | ')} |`);
}

function folded(summary: string, language: string, lines: readonly string[]): Part {
  if (lines.length === 0) return () => [];
  return (most) => details(summary, fenced(language, shortenList(lines, most, leftOut)));
}

const leftOut = (hidden: number): string => `… ${hidden} left out …`;

const PAGE = pageFor({ color: false, width: Number.POSITIVE_INFINITY, compact: false });
const SHORTENED = 'Shortened to fit into a comment: the log of the job has all of it.';
/** GitHub takes 65,536 characters. */
const LONGEST = 65_000;
