import type { Plan } from '../model/plan.ts';
import { pageFor, type TextOptions } from './page.ts';
import { changesInText } from './text-changes.ts';
import { endInText, notesInText } from './text-notes.ts';
import { presentedInText, stepsInText } from './text-steps.ts';

/** The plan for people. Its `#`, `Plan:`, `No changes.` and `Error:` lines are read by pull-request bots and stand to the letter. */
export function renderPlanText(plan: Plan, options: TextOptions): string {
  const page = pageFor(options);
  const sections = [changesInText, stepsInText, presentedInText, notesInText, endInText].flatMap((part) =>
    part(plan, page),
  );
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
