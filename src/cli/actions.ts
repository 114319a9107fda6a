import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type Fault, inputError, type Position } from '../model/fault.ts';
import type { Plan } from '../model/plan.ts';
import { renderAnnotation, renderOutputs } from '../report/actions.ts';
import { renderPlanMarkdown } from '../report/markdown.ts';
import type { Arguments } from './args.ts';
import type { Door } from './door.ts';

/** In a job of GitHub Actions, faults in files also stand at their lines in the pull request. */
export function annotate(faults: readonly Fault[], door: Door): void {
  if (door.env.GITHUB_ACTIONS !== 'true') return;
  for (const fault of faults) door.stderr.write(renderAnnotation(fault, fault.at && fileInRepository(fault.at, door)));
}

/** Before anything is sent: whether there is a summary to add to. */
export function checkSummary({ options }: Arguments, { env }: Door): void {
  if (options.summary && !env.GITHUB_STEP_SUMMARY)
    throw inputError(
      '--summary adds to the summary of a GitHub Actions job, and GITHUB_STEP_SUMMARY is not set',
      'Leave it out here; --format markdown prints the same',
    );
}

/** Hands a plan to the job: the summary where it was asked for, the outputs wherever later steps can read them. */
export function publish(plan: Plan, { options }: Arguments, door: Door): void {
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputs } = door.env;
  if (options.summary && summary) add(summary, `${renderPlanMarkdown(plan)}\n`, door);
  if (outputs) add(outputs, renderOutputs(plan), door);
}

function add(path: string, text: string, { append }: Door): void {
  try {
    append(path, text);
  } catch (error) {
    throw inputError(`${path} can't be written: ${error instanceof Error ? error.message : error}`);
  }
}

/** As seen from the top of the checkout, where the job may have gone into a folder of it. */
function fileInRepository({ file }: Position, { env, files }: Door): string {
  const top = env.GITHUB_WORKSPACE;
  if (!top) return file;
  const path = relative(top, resolve(files.cwd, file));
  return path.startsWith('..') || isAbsolute(path) ? file : path.split(sep).join('/');
}
