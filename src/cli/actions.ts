import { type Fault, inputError } from '../model/fault.ts';
import type { Plan } from '../model/plan.ts';
import { renderOutputs } from '../report/actions.ts';
import { renderPlanMarkdown } from '../report/markdown.ts';
import { annotate } from './annotate.ts';
import type { Arguments } from './args.ts';
import type { Door } from './door.ts';
import type { Planning } from './planning.ts';

/** Before anything is sent: whether there is a summary to add to. */
export function checkSummary({ options }: Arguments, { env }: Door): void {
  if (options.summary && !env.GITHUB_STEP_SUMMARY)
    throw inputError(
      '--summary adds to the summary of a GitHub Actions job, and GITHUB_STEP_SUMMARY is not set',
      'Leave it out here; --format markdown prints the same',
    );
}

/** Hands a plan to the job: what it says of lines of the files, the summary where it was asked for, the outputs wherever later steps can read them. */
export function publish({ plan, desired }: Planning, { options }: Arguments, door: Door): void {
  annotate(
    desired.remarks.map((fault) => ({ ...fault, severity: stops(plan, fault) ? 'error' : 'warning' })),
    door,
  );
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputs } = door.env;
  if (options.summary && summary) add(summary, `${renderPlanMarkdown(plan)}\n`, door);
  if (outputs) add(outputs, renderOutputs(plan), door);
}

/** What `--allow`, the policy of the scope or the choice of scopes has lifted is only worth a warning. */
function stops({ refusals }: Plan, { refusal }: Fault): boolean {
  return refusals.some(({ name, scope, allowed }) => name === refusal?.name && scope === refusal.scope && !allowed);
}

function add(path: string, text: string, { append }: Door): void {
  try {
    append(path, text);
  } catch (error) {
    throw inputError(`${path} can't be written: ${error instanceof Error ? error.message : error}`);
  }
}
