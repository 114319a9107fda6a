import type { ApplyEvent } from '../model/events.ts';
import { type ApplyResult, tallyOf } from '../model/result.ts';
import { harmlessJson } from './harmless.ts';

/** One line of `--events` (`schemas/events.schema.json`); `time` in milliseconds since 1970, `requests` of the run so far. */
export function renderEvent(event: ApplyEvent, time: number, requests: number): string {
  const { type, ...facts } = event;
  const { ray, auditLogId, ...rest } = facts as typeof facts & { readonly ray?: string; readonly auditLogId?: string };
  return line(time, type, { requests, ...rest, cf_ray: ray, cf_auditlog_id: auditLogId });
}

/** The last line of `--events`: what the whole run came to. */
export function renderSummaryEvent({ scopes, requests }: ApplyResult, time: number): string {
  const outcomes = new Set(scopes.map((scope) => scope.outcome));
  const outcome = outcomes.has('interrupted')
    ? 'interrupted'
    : outcomes.has('failed') || outcomes.has('not_tried')
      ? 'failed'
      : 'complete';
  const steps = scopes.flatMap((scope) => scope.steps);
  const of = (wanted: (typeof steps)[number]['outcome']): number =>
    steps.filter((step) => step.outcome === wanted).length;
  const counts = { steps_done: of('done'), steps_failed: of('failed'), steps_blocked: of('blocked') };
  return line(time, 'summary', { outcome, ...tallyOf(scopes), ...counts, requests });
}

function line(time: number, type: string, facts: Readonly<Record<string, unknown>>): string {
  return `${harmlessJson(JSON.stringify({ time: new Date(time).toISOString(), type, ...facts }))}\n`;
}
