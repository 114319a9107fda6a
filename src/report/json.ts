import type { Plan } from '../model/plan.ts';
import { harmlessJson } from './harmless.ts';

/** The plan as a document (`schemas/plan.schema.json`): what `--out` saves and `--format json` prints, byte for byte the same. */
export function renderPlanJson(plan: Plan): string {
  return `${harmlessJson(JSON.stringify(plan, null, 2))}\n`;
}
