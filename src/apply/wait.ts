import { ApiError, answerOf } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import type { Policy } from '../model/document.ts';
import { InternalError } from '../model/fault.ts';
import type { Kind } from '../model/kind.ts';
import type { ListName } from '../model/names.ts';
import type { Step } from '../model/thing.ts';
import type { LiveView } from './live-view.ts';

/** How a scope waits: whose time, how long, and whom to tell. */
export interface Waiting {
  readonly clock: Clock;
  readonly policy: Policy['wait'];
  /** Aborted by the first Ctrl-C: nothing new is begun. */
  readonly stop: AbortSignal;
  /** `address` where the wait is for another thing than the step that began it. */
  tell(message: string, address?: string): void;
}

export interface Watch extends Waiting {
  readonly view: LiveView;
  readonly kindOf: (step: Step) => Kind;
  read(lists: readonly ListName[]): Promise<void>;
}

/** A step did not take effect: the API gave up, or our time did. */
export class EffectError extends Error {
  readonly step: Step;
  constructor(step: Step, message: string) {
    super(message);
    this.name = 'EffectError';
    this.step = step;
  }
}

/** Ends a wait because the run is being interrupted. */
export class StoppedError extends Error {
  constructor() {
    super('interrupted');
    this.name = 'StoppedError';
  }
}

/** Waits until every step reads as done: one look for the whole scope, the lists of all of them at once. */
export async function waitFor(steps: readonly Step[], atMost: number, watch: Watch): Promise<void> {
  const { clock, view, kindOf } = watch;
  const deadline = clock.now() + atMost;
  let open = steps;
  for (let pause = watch.policy.poll; ; pause = longer(pause, watch.policy.poll)) {
    const stale = listsOf(open, kindOf).filter((list) => !view.isFresh(list));
    const isTooEarly = stale.every((list) => view.isDeploying(list)) && clock.now() < deadline;
    if (stale.length > 0 && !isTooEarly) await watch.read(stale);
    open = open.filter((step) => progressOf(step, watch) !== 'done');
    const [first] = open;
    if (first === undefined) return;
    if (clock.now() >= deadline) throw new EffectError(first, lateMessage(open, atMost));
    watch.tell(waitMessage(open), first.address);
    await pauseFor(Math.min(pause, Math.max(1, deadline - clock.now())), watch);
    for (const list of listsOf(open, kindOf)) view.outdated(list);
  }
}

/** Calls until it answers, as long as its error says that waiting helps. */
export async function patiently<T>(
  what: string,
  busy: (error: unknown) => boolean,
  call: () => Promise<T>,
  waiting: Waiting,
): Promise<T> {
  const { clock, policy } = waiting;
  const deadline = clock.now() + policy.delete;
  for (let pause = policy.poll; ; pause = longer(pause, policy.poll)) {
    try {
      return await call();
    } catch (error) {
      if (!busy(error) || clock.now() >= deadline) throw error;
      waiting.tell(`waiting until ${what}${error instanceof ApiError ? ` (${answerOf(error.failure)})` : ''}`);
      await pauseFor(Math.min(pause, Math.max(1, deadline - clock.now())), waiting);
    }
  }
}

/** Sleeps, and wakes up at once when the run is being stopped. */
export async function pauseFor(ms: number, { clock, stop }: Pick<Waiting, 'clock' | 'stop'>): Promise<void> {
  if (stop.aborted) throw new StoppedError();
  try {
    await clock.sleep(ms, stop);
  } catch (error) {
    throw stop.aborted ? new StoppedError() : error;
  }
}

function progressOf(step: Step, { view, kindOf }: Watch): 'done' | 'waiting' {
  const progress = kindOf(step).until(step, view.now);
  if (typeof progress === 'object') throw new EffectError(step, `${step.address}: ${progress.failed}`);
  return progress;
}

function listsOf(steps: readonly Step[], kindOf: (step: Step) => Kind): readonly ListName[] {
  return [...new Set(steps.flatMap((step) => kindOf(step).watches(step)))];
}

/** A little longer each time, up to five times the first pause. */
const longer = (pause: number, first: number): number => Math.min(pause * 1.5, first * 5);

const waitMessage = (open: readonly Step[]): string =>
  open.length === 1 ? `waiting for ${open[0]?.address}` : `waiting for ${open[0]?.address} and ${open.length - 1} more`;

const lateMessage = (open: readonly Step[], atMost: number): string =>
  `${open[0]?.address}${open.length > 1 ? ` and ${open.length - 1} more` : ''}: not in effect after ${Math.round(atMost / 1000)} s (policy.wait). Nothing that relies on it was done; run again to go on from here`;

/** The kind of a step, which is in the registry because the plan was made from it. */
export function kindFinder(kinds: readonly Kind[]): (step: Step) => Kind {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  return (step) => {
    const kind = byName.get(step.kind);
    if (kind === undefined) throw new InternalError(`no kind ${step.kind}`);
    return kind;
  };
}
