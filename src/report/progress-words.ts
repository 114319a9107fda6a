import type { ApplyEvent, Tell } from '../model/events.ts';
import { harmless, paragraph } from './harmless.ts';
import { count } from './width.ts';

export interface ProgressOptions {
  /** Where progress goes (stderr); nothing else may write there until `end`. */
  readonly write: (text: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A terminal that can move its cursor: one line per running scope, redrawn in place. */
  readonly live: boolean;
  readonly color: boolean;
  /** Columns and rows at this moment; a terminal may be resized. */
  readonly width: () => number;
  readonly height: () => number;
}

/** Tells a person how an apply goes on. */
export interface Progress {
  readonly tell: Tell;
  /** Says something else in between, in whole lines. */
  readonly say: (text: string) => void;
  /** Draws the running times again; once a second is enough. */
  readonly refresh: () => void;
  /** Takes the live lines away and gives the cursor back. To be called however the apply ends; a second call does nothing. */
  readonly end: () => void;
}

/** What is going on in one scope. */
export interface Running {
  readonly scope: string;
  readonly steps: number;
  readonly since: number;
  done: number;
  blocked: number;
  /** When each step that runs now was started, by its words. */
  readonly current: Map<string, number>;
  /** What is waited for, and since when. */
  waiting?: { readonly message: string; readonly since: number };
}

/** Keeps the book of a run; both listeners ask it. */
export function follow(book: Map<string, Running>, event: ApplyEvent, now: number): Running {
  const running = book.get(event.scope) ?? {
    scope: event.scope,
    steps: event.type === 'scope_started' ? event.steps : 0,
    since: now,
    done: 0,
    blocked: 0,
    current: new Map<string, number>(),
  };
  book.set(event.scope, running);
  if (event.type === 'step_started') running.current.set(stepWords(event), now);
  if (event.type === 'waiting') {
    if (running.waiting?.message !== event.message) running.waiting = { message: event.message, since: now };
  } else delete running.waiting;
  if (event.type === 'step_done') running.done++;
  if (event.type === 'step_blocked') running.blocked++;
  return running;
}

/** `upload hostname_certificate/app-2026` */
export function stepWords({ stage, address }: { readonly stage: string; readonly address: string }): string {
  return harmless(`${stage} ${address.slice(address.indexOf('/') + 1)}`);
}

/** What is said of a scope when it is over. */
export function ending(running: Running, event: Extract<ApplyEvent, { type: 'scope_done' }>, now: number): string {
  const name = harmless(running.scope);
  const untried = running.blocked === 0 ? '' : `, ${count(running.blocked, 'step')} not tried`;
  if (event.outcome === 'complete')
    return `${name}: complete, ${count(running.done, 'step')} in ${elapsed(now - running.since)}`;
  if (event.outcome === 'not_tried') return `${name}: not tried`;
  return `${name}: ${event.outcome} after ${elapsed(now - running.since)}${untried}`;
}

/** `example.com: upload hostname_certificate/app-2026 … failed: …` */
export function failure(event: Extract<ApplyEvent, { type: 'step_failed' }>): string {
  return `${harmless(event.scope)}: ${stepWords(event)} … failed: ${paragraph(event.error)}`;
}

/** `4s`, `1m 20s` */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
}
