import type { Plan, Refusal, Remark } from '../model/plan.ts';
import { goneForGood } from './describe.ts';
import { harmless, paragraph } from './harmless.ts';
import type { Page } from './page.ts';
import { count, few, wrap } from './width.ts';

/** What a reader should know before saying yes: what can't be undone, what is not ours, what was left out or not seen. */
export function notesInText(plan: Plan, page: Page): string[][] {
  const gone = goneForGood(plan);
  const unmanaged = plan.unmanaged.map(({ address }) => harmless(address));
  return [
    gone.length === 0
      ? []
      : [
          page.paint('red', 'Cannot be undone: the files do not hold what uploading these again would take:'),
          ...gone.flatMap(({ address, certificate }) => [`  ${address}`, `      ${certificate}`]),
        ],
    unmanaged.length === 0
      ? []
      : [
          'Live, but not in the files, and left alone (unmanaged):',
          ...firstOf(unmanaged).map((address) => `  ${address}`),
        ],
    targetingLines(plan, page),
  ].filter((lines) => lines.length > 0);
}

/** The last lines: the sum, what it costs, and then warnings and errors, where nobody can miss them. */
export function endInText(plan: Plan, page: Page): string[][] {
  const sum = [page.paint('bold', summaryText(plan)), ...coverageLines(plan, page), costText(plan)];
  return [sum, ...warnings(plan, page), ...errors(plan, page)];
}

/** The sum of a plan, to the letter. */
export function summaryText(plan: Plan): string {
  const { add, change, destroy } = plan.summary;
  return isQuiet(plan) ? NO_CHANGES : `Plan: ${add} to add, ${change} to change, ${destroy} to destroy.`;
}

/** What the plan costs in requests. */
export function costText({ requests: { read, apply }, changes }: Plan): string {
  const reading = `Reading took ${count(read, 'request')}`;
  return changes.length === 0 ? `${reading}.` : `${reading}; applying takes at least ${apply}.`;
}

/** Whether it can be said that there is nothing to do: nothing changes, is refused or left out, and every scope could be read. */
export function isQuiet({ changes, failures, refusals, targeting }: Plan): boolean {
  const leftOut = targeting?.left_out.length ?? 0;
  return changes.length + failures.length + leftOut === 0 && refusals.every((refusal) => refusal.allowed);
}

export const NO_CHANGES = 'No changes. Your infrastructure matches the configuration.';

/** `mass-deletion: example.com: 5 of 6 …`; what no option lifts has no name. */
export function refusalText({ name, scope, message }: Refusal): string {
  return [name === 'impossible' ? '' : `${name}: `, placed(scope, message)].join('');
}

/** The option that lifts a refusal where nothing else is meant to be lifted; undefined where none does. */
export function liftedBy({ name, scope, allowed }: Refusal): string | undefined {
  if (allowed || name === 'impossible') return undefined;
  return scope === '*' ? `--allow ${name}` : `--allow ${name}=${harmless(scope)}`;
}

/** A remark with the place that it speaks of, unless it names that itself. */
export function remarkText({ address, scope, message }: Remark): string {
  return placed(address ?? scope ?? '', message);
}

function firstOf(addresses: readonly string[]): readonly string[] {
  if (addresses.length <= MOST_ADDRESSES) return addresses;
  const shown = addresses.slice(0, MOST_ADDRESSES - 1);
  return [...shown, `… and ${addresses.length - shown.length} more`];
}

function placed(place: string, message: string): string {
  const unsaid = place !== '' && place !== '*' && !message.startsWith(place);
  return unsaid ? `${harmless(place)}: ${paragraph(message)}` : paragraph(message);
}

function targetingLines({ targeting, inputs }: Plan, page: Page): string[] {
  if (targeting === undefined) return [];
  const { added, left_out } = targeting;
  const lines = wrap(
    `This is not the whole plan, only what --target selects: ${few(inputs.targets.map(harmless), 12)}`,
    page.width,
    '',
    '  ',
  );
  if (added.length > 0)
    lines.push('  Added, because what was selected needs it:', ...added.map((address) => `    ${harmless(address)}`));
  if (left_out.length > 0) lines.push('  Left out:');
  for (const { address, reason } of left_out)
    lines.push(...wrap(`${harmless(address)}: ${paragraph(reason)}`, page.width, '    ', '      '));
  return lines;
}

function coverageLines({ coverage }: Plan, page: Page): string[] {
  if (coverage.length === 0) return [];
  const lines = coverage.flatMap(({ scope, asked, message }) => [
    ...wrap(`${harmless(scope)}: ${paragraph(message)}`, page.width, '  ', '    '),
    ...(asked.length === 0
      ? []
      : wrap(`Asked one by one: ${few(asked.map(harmless), 12)}`, page.width, '    ', '      ')),
  ]);
  return ['What could not be seen:', ...lines];
}

function warnings(plan: Plan, page: Page): string[][] {
  const lifted = plan.refusals
    .filter((refusal) => refusal.allowed)
    .map((refusal) => `(allowed) ${refusalText(refusal)}`);
  return [...lifted, ...plan.warnings.map(remarkText)].map((text) => prefixed('yellow', 'Warning: ', text, page));
}

function errors(plan: Plan, page: Page): string[][] {
  const unread = plan.failures.map(({ scope, error }) => `${harmless(scope)} could not be read: ${paragraph(error)}`);
  const refused = plan.refusals.filter((refusal) => !refusal.allowed);
  return [
    ...unread.map((text) => prefixed('red', 'Error: ', text, page)),
    ...refused.map((refusal) => {
      const option = liftedBy(refusal);
      const way = option === undefined ? [] : [`  To allow it all the same: ${option}`];
      return [...prefixed('red', 'Error: ', refusalText(refusal), page), ...way];
    }),
  ];
}

function prefixed(style: 'yellow' | 'red', prefix: string, text: string, page: Page): string[] {
  const [first = '', ...rest] = wrap(text, page.width, prefix, '  ');
  return [`${page.paint(style, prefix.trimEnd())}${first.slice(prefix.length - 1)}`, ...rest];
}

const MOST_ADDRESSES = 20;
