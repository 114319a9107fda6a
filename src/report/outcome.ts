import { type ApplyResult, type ScopeResult, type StepResult, type Tally, tallyOf } from '../model/result.ts';
import { harmless, paragraph } from './harmless.ts';
import { type Page, pageFor } from './page.ts';
import { count, few, wrap } from './width.ts';

export interface OutcomeOptions {
  readonly color: boolean;
  readonly width: number;
  /** A plan file was applied: it can't be used a second time, and the way on is a new one. */
  readonly savedPlan?: boolean;
}

/** The end of an apply: one line where all went well, else what was done, what failed, what was not tried and how to go on. */
export function renderOutcome(result: ApplyResult, options: OutcomeOptions): string {
  const page = pageFor({ ...options, compact: false });
  const { added, changed, destroyed } = tallyOf(result.scopes);
  const tally = `Resources: ${added} added, ${changed} changed, ${destroyed} destroyed.`;
  const cost = `It took ${count(result.requests, 'request')}.`;
  if (result.scopes.every((scope) => scope.outcome === 'complete'))
    return `${page.paint('green', `Apply complete! ${tally}`)}\n${cost}\n`;
  const sections = [
    ...errors(result, page),
    listing(
      'Done:',
      result.scopes.flatMap((scope) => doneLines(scope, page)),
    ),
    listing(
      'Not tried:',
      result.scopes.flatMap((scope) => blockedLines(scope, page)),
    ),
    [page.paint('bold', `Apply incomplete. ${tally}`), ...wrap(wayOn(result, options), page.width), cost],
  ].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** `2 added, 1 changed`, without what did not happen. */
export function tallyText({ added, changed, destroyed }: Tally): string {
  const parts = [added && `${added} added`, changed && `${changed} changed`, destroyed && `${destroyed} destroyed`];
  return parts.filter(Boolean).join(', ') || 'nothing changed';
}

function errors({ scopes }: ApplyResult, page: Page): string[][] {
  return scopes.flatMap((scope) => {
    const failed = scope.steps.filter((step) => step.outcome === 'failed');
    const texts = failed.map((step) => `${stepText(step)} failed: ${paragraph(step.detail ?? 'no reason is known')}`);
    if (failed.length === 0 && scope.outcome === 'failed') texts.push(paragraph(scope.reason ?? 'no reason is known'));
    if (scope.outcome === 'interrupted') texts.push('interrupted');
    return texts.map((text) => {
      const [first = '', ...rest] = wrap(`${harmless(scope.scope)}: ${text}`, page.width, 'Error: ', '  ');
      return [`${page.paint('red', 'Error:')}${first.slice('Error:'.length)}`, ...rest];
    });
  });
}

function doneLines(scope: ScopeResult, page: Page): string[] {
  const done = scope.steps.filter((step) => step.outcome === 'done');
  const name = harmless(scope.scope);
  if (scope.outcome === 'complete' && done.length > 0) return [`  ${name}: everything (${tallyText(scope.changes)})`];
  if (done.length === 0) return [];
  return [`  ${name}: ${done.length} of ${count(scope.steps.length, 'step')}`, ...stepLines(done, page)];
}

function blockedLines(scope: ScopeResult, page: Page): string[] {
  const blocked = scope.steps.filter((step) => step.outcome === 'blocked');
  if (blocked.length === 0 && scope.outcome !== 'not_tried') return [];
  const reasons = [
    ...new Set([scope.reason, ...blocked.map((step) => step.detail)].filter((reason) => reason !== undefined)),
  ];
  const why = scope.outcome === 'failed' || reasons.length === 0 ? '' : ` (${few(reasons.map(paragraph), 3)})`;
  const lines = wrap(`${harmless(scope.scope)}: ${count(blocked.length, 'step')}${why}`, page.width, '  ', '    ');
  return scope.outcome === 'not_tried' ? lines : [...lines, ...stepLines(blocked, page)];
}

function stepLines(steps: readonly StepResult[], page: Page): string[] {
  const shown = steps.length > MOST_STEPS ? steps.slice(0, MOST_STEPS - 1) : steps;
  const lines = shown.flatMap((step) => wrap(stepText(step), page.width, '    ', '      '));
  return shown.length < steps.length ? [...lines, `    … and ${steps.length - shown.length} more`] : lines;
}

function wayOn({ scopes }: ApplyResult, { savedPlan = false }: OutcomeOptions): string {
  const mend = scopes.some((scope) => scope.outcome === 'failed') ? 'Mend what failed, then plan' : 'Plan';
  const stale = savedPlan ? ' The saved plan is used up; save a new one.' : '';
  return `${mend} and apply again: it goes on from what is live, and what is done is not done twice.${stale}`;
}

const stepText = (step: StepResult): string => paragraph(step.summary);

const listing = (heading: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [heading, ...lines];

const MOST_STEPS = 10;
