import { inputError } from '../model/fault.ts';
import type { Plan } from '../model/plan.ts';
import { digestOf } from './digest.ts';
import { validatePlan } from './schema.ts';

/** Reads a saved plan. Throws an InputError where it is damaged, edited, or of a version that means something else. */
export function readPlan(text: string, file: string, toolVersion: string): Plan {
  const plan = parse(text);
  if (plan === undefined) throw inputError(`${file} is damaged: it is not JSON, or it was cut off`, AGAIN);
  const { format_version: format, tool_version: tool } = (plan ?? {}) as Partial<Plan>;
  if (typeof format === 'string' && major(format) !== '1')
    throw inputError(`${file} has the plan format ${format}, and this cf-mtls reads 1.x`, AGAIN);
  if (typeof tool === 'string' && major(tool) !== major(toolVersion))
    throw inputError(
      `${file} was made by cf-mtls ${tool}, and this is ${toolVersion}: another major version may plan otherwise`,
      AGAIN,
    );
  if (!validatePlan(plan)) {
    const [error] = validatePlan.errors ?? [];
    throw inputError(
      `${file} is no plan, or a damaged one: ${error?.instancePath || 'the document'} ${error?.message ?? ''}`,
      AGAIN,
    );
  }
  const saved = plan as Plan;
  if (digestOf(saved) !== saved.digest)
    throw inputError(`${file} was edited: its digest does not fit what it says`, AGAIN);
  return saved;
}

const AGAIN = 'Make a new plan with `cf-mtls plan --out FILE`';

const major = (version: string): string | undefined => version.split('.')[0];

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
