import type { ApplyEvent } from '../model/events.ts';
import { harmless, paragraph } from './harmless.ts';
import { paintWith } from './paint.ts';
import {
  elapsed,
  ending,
  failure,
  follow,
  type Progress,
  type ProgressOptions,
  type Running,
  stepWords,
} from './progress-words.ts';

/** One line for everything that happened, for logs; a wait is said when it begins and then ever more rarely. */
export function plainProgress({ write, now, color }: ProgressOptions): Progress {
  const paint = paintWith(color);
  const book = new Map<string, Running>();
  const said = new Map<string, { readonly at: number; readonly pause: number }>();

  function tell(event: ApplyEvent): void {
    const running = follow(book, event, now());
    const text = words(event, running);
    if (text !== undefined) write(`${event.type === 'step_failed' ? paint('red', text) : text}\n`);
  }

  function words(event: ApplyEvent, running: Running): string | undefined {
    const name = harmless(event.scope);
    switch (event.type) {
      case 'scope_started':
        return event.steps === 0 ? undefined : `${name}: started, ${event.steps} step${event.steps === 1 ? '' : 's'}`;
      case 'step_done': {
        const started = running.current.get(stepWords(event));
        running.current.delete(stepWords(event));
        const took = started === undefined || now() - started < 1000 ? '' : ` (${elapsed(now() - started)})`;
        return `${name}: ${stepWords(event)} … done${took}`;
      }
      case 'waiting':
        return isWorthSaying(event) ? `${name}: ${paragraph(event.message)}${soFar(running)}` : undefined;
      case 'step_failed':
        return failure(event);
      case 'scope_done':
        return ending(running, event, now());
      case 'step_started':
      case 'step_blocked':
        return undefined;
    }
    return event satisfies never;
  }

  function isWorthSaying({ scope, message }: Extract<ApplyEvent, { type: 'waiting' }>): boolean {
    const key = JSON.stringify([scope, message]);
    const last = said.get(key);
    if (last !== undefined && now() - last.at < last.pause) return false;
    said.set(key, { at: now(), pause: last === undefined ? FIRST_PAUSE : last.pause * 2 });
    return true;
  }

  const soFar = ({ waiting }: Running): string =>
    waiting === undefined || now() - waiting.since < 1000 ? '' : ` (${elapsed(now() - waiting.since)})`;

  return { tell, say: write, refresh: () => {}, end: () => {} };
}

const FIRST_PAUSE = 30_000;
