import type { Stage } from './names.ts';

/** How an apply ended: what was done, what failed and what was not tried, scope by scope. */
export interface ApplyResult {
  readonly scopes: readonly ScopeResult[];
  /** Requests that were sent, reading and retries included. */
  readonly requests: number;
}

export interface ScopeResult {
  readonly scope: string;
  readonly outcome: ScopeOutcome;
  /** Why it was not tried or stopped, where no step says so: `the file changed since`, `3 other scopes failed`. */
  readonly reason?: string;
  /** Changes whose steps are all done. */
  readonly changes: Tally;
  /** Every step of the plan in this scope, in order. */
  readonly steps: readonly StepResult[];
  /** Whether anything was written, or may have been though its answer was lost. */
  readonly written?: boolean;
}
export type ScopeOutcome = 'complete' | 'failed' | 'not_tried' | 'interrupted';

export interface StepResult {
  readonly stage: Stage;
  readonly address: string;
  readonly summary: string;
  readonly outcome: 'done' | 'failed' | 'blocked';
  /** The error of a failed step, the reason of a blocked one. */
  readonly detail?: string;
}

export interface Tally {
  readonly added: number;
  readonly changed: number;
  readonly destroyed: number;
}

/** The changes of all scopes together. */
export function tallyOf(scopes: readonly Pick<ScopeResult, 'changes'>[]): Tally {
  const sum = (of: keyof Tally): number => scopes.reduce((total, scope) => total + scope.changes[of], 0);
  return { added: sum('added'), changed: sum('changed'), destroyed: sum('destroyed') };
}
