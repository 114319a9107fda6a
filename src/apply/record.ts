import type { Tell } from '../model/events.ts';
import { groupBy } from '../model/group.ts';
import type { ScopeOutcome, ScopeResult, StepResult, Tally } from '../model/result.ts';
import { actionOf, type Change, refKey, type Step } from '../model/thing.ts';

type State = 'open' | 'started' | 'done' | 'in effect';
/** How the work on a scope ended. */
interface End {
  readonly reason?: string | undefined;
  readonly failed?: Step | undefined;
  readonly trace?: Trace;
}
type Trace = { readonly ray?: string; readonly auditLogId?: string };

/** What became of every step of one scope; the end of an apply is told from it. */
export class Record {
  readonly #scope: string;
  readonly #steps: readonly Step[];
  readonly #changes: readonly Change[];
  readonly #tell: Tell;
  readonly #states = new Map<Step, State>();
  #wrote = false;
  #isLost = false;
  /** Whether the steps that were started last go in one request. */
  #together = false;

  constructor(scope: string, steps: readonly Step[], changes: readonly Change[], tell: Tell) {
    this.#scope = scope;
    this.#steps = steps;
    this.#changes = changes;
    this.#tell = tell;
  }

  /** `together`: with the others of its kind, in one request. */
  started(step: Step, together = false): void {
    this.#states.set(step, 'started');
    this.#together = together;
    this.#tell({ type: 'step_started', ...facts(step) });
  }

  done(step: Step, requests: number, { ray, auditLogId }: Trace = {}): void {
    this.#states.set(step, 'done');
    this.#isLost = false;
    this.#tell({
      type: 'step_done',
      ...facts(step),
      requests,
      ...(ray ? { ray } : {}),
      ...(auditLogId ? { auditLogId } : {}),
    });
  }

  /** A wait is done when it is over; every other step was told as done when it was carried out. */
  inEffect(step: Step, requests: number): void {
    if (step.stage === 'await') this.done(step, requests);
    this.#states.set(step, 'in effect');
  }

  /** A write was carried out, or may have been: `isLost` while nobody knows. */
  wrote(isLost = false): void {
    this.#wrote = true;
    this.#isLost = isLost;
  }

  /** Whether any step of this scope has been done. */
  hasDone(): boolean {
    return [...this.#states.values()].some((state) => state === 'done' || state === 'in effect');
  }

  /** Which step failed is the one whose effect did not come, or else the first that was started and not done. */
  result(outcome: ScopeOutcome, end: End = {}): ScopeResult {
    const { reason, failed } = end;
    const started = this.#steps.filter((step) => this.#states.get(step) === 'started');
    const culprit = outcome === 'failed' ? (failed ?? started[0]) : undefined;
    const lost = outcome === 'interrupted' && this.#isLost ? started.slice(0, this.#together ? undefined : 1) : [];
    const steps = this.#steps.map((step) =>
      lost.includes(step) ? this.#failed(step, LOST, end) : this.#stepResult(step, outcome, culprit, end),
    );
    return {
      scope: this.#scope,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      changes: this.#tally(culprit),
      steps,
      ...(this.#wrote ? { written: true } : {}),
    };
  }

  #stepResult(step: Step, outcome: ScopeOutcome, culprit: Step | undefined, end: End): StepResult {
    const { reason } = end;
    const { stage, address, summary } = step;
    const state = this.#states.get(step);
    if (step === culprit) return this.#failed(step, reason ?? 'failed', end);
    if (state === 'done' || state === 'in effect') return { stage, address, summary, outcome: 'done' };
    const why = outcome === 'failed' ? 'a step before it failed' : (reason ?? outcome);
    this.#tell({ type: 'step_blocked', ...facts(step), reason: why });
    return { stage, address, summary, outcome: 'blocked', detail: why };
  }

  #failed(step: Step, error: string, { trace = {} }: End): StepResult {
    const { stage, address, summary } = step;
    this.#tell({ type: 'step_failed', ...facts(step), error, ...trace });
    return { stage, address, summary, outcome: 'failed', detail: error };
  }

  /** A change counts when all of its steps are done and none of them is the one that failed. */
  #tally(culprit: Step | undefined): Tally {
    const byChange = groupBy(
      this.#steps.filter(({ stage }) => stage !== 'await'),
      refKey,
    );
    const complete = this.#changes.filter((change) =>
      (byChange.get(refKey(change)) ?? []).every(
        (step) => step !== culprit && ['done', 'in effect'].includes(this.#states.get(step) ?? ''),
      ),
    );
    const count = (action: ReturnType<typeof actionOf>) =>
      complete.filter((change) => actionOf(change) === action).length;
    return { added: count('create'), changed: count('update'), destroyed: count('delete') };
  }
}

const LOST = 'interrupted before an answer came: it may have been carried out';

const facts = ({ scope, stage, address, summary }: Step) => ({ scope, stage, address, summary });
