import type { Plan, PlanStep } from '../model/plan.ts';
import { describePresented, EVERY_OTHER_HOSTNAME } from './describe.ts';
import { groupPresented, groupSteps, kindIn, type PresentedGroup, runsOf, type StepGroup } from './group.ts';
import { harmless, paragraph } from './harmless.ts';
import type { Page } from './page.ts';
import { few, wrap } from './width.ts';

/** The steps in the order in which they are carried out, by scope and wave. */
export function stepsInText(plan: Plan, page: Page): string[][] {
  if (plan.steps.length === 0) return [];
  const scopes = new Set(plan.steps.map((step) => step.scope)).size;
  const heading = scopes > 1 ? 'Steps; scopes run side by side, each in this order:' : 'Steps, in this order:';
  return [[heading], ...groupSteps(plan.steps).map((group) => stepLines(group, page))];
}

/** What origins will see, where it is not what they see now. */
export function presentedInText(plan: Plan, page: Page): string[][] {
  const groups = groupPresented(plan.presented);
  if (groups.length === 0) return [];
  const lines = groups.flatMap((group) => presentedLines(plan, group, page));
  return [['What origins will be shown, where it changes:', ...lines]];
}

/** How a few steps stand for many, in every format. */
export function shortRun(run: readonly PlanStep[]): { readonly shown: readonly PlanStep[]; readonly hidden: string } {
  if (run.length <= MOST_STEPS) return { shown: run, hidden: '' };
  const shown = run.slice(0, MOST_STEPS - 2);
  const from = run[shown.length]?.order ?? 0;
  const kind = kindIn(run[0]?.address ?? '');
  return { shown, hidden: `… and ${run.length - shown.length} more of ${kind}, ${from} to ${run.at(-1)?.order ?? 0}` };
}

function stepLines({ scope, wave, waves, steps }: StepGroup, page: Page): string[] {
  const places = String(steps.at(-1)?.order ?? 0).length;
  const lines = runsOf(steps).flatMap((run) => {
    const { shown, hidden } = shortRun(run);
    return [
      ...shown.flatMap((step) => {
        const start = `    ${String(step.order).padStart(places)}. ${step.stage.padEnd(STAGE_WIDTH)}  `;
        return wrap(paragraph(underHeading(step)), page.width, start, ' '.repeat(start.length + 2));
      }),
      ...(hidden === '' ? [] : [`${' '.repeat(places + STAGE_WIDTH + 8)}${hidden}`]),
    ];
  });
  const name = harmless(scope);
  return [page.paint('bold', waves > 1 ? `  ${name}, wave ${wave} of ${waves}` : `  ${name}`), ...lines];
}

/** The scope stands in the heading; said again on every line it would only be noise. */
function underHeading({ summary, scope }: PlanStep): string {
  const start = `${scope}/`;
  const words = summary.split(' ');
  return words.map((word) => (word.startsWith(start) ? word.slice(start.length) : word)).join(' ');
}

function presentedLines(plan: Plan, group: PresentedGroup, page: Page): string[] {
  const names = group.hostnames.map((hostname) => harmless(hostname ?? EVERY_OTHER_HOSTNAME));
  const change = `${describePresented(plan, group.before)} → ${describePresented(plan, group.after)}`;
  const start = group.weakens ? '  ! ' : '    ';
  const lines = [
    ...wrap(`${harmless(group.scope)}: ${few(names, MOST_NAMES)}`, page.width, start, ' '.repeat(6)),
    ...wrap(group.weakens ? `${change}, which is weaker` : change, page.width, ' '.repeat(8), ' '.repeat(10)),
  ];
  return group.weakens ? lines.map((line) => page.paint('red', line)) : lines;
}

const STAGE_WIDTH = 'dissociate'.length;
const MOST_STEPS = 8;
const MOST_NAMES = 12;
