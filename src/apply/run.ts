import { ApiError } from '../model/api.ts';
import { InputError } from '../model/fault.ts';
import type { ScopeLive } from '../model/live.ts';
import type { ApplyResult, ScopeResult } from '../model/result.ts';
import { eachSideBySide } from '../model/side-by-side.ts';
import type { Change, Step } from '../model/thing.ts';
import { createLocks, type Locks } from './locks.ts';
import { Record } from './record.ts';
import { type ApplyTools, EffectError, runScope, StoppedError } from './scope-run.ts';

/** What apply takes from the plan of a scope. */
export interface ScopeWork {
  readonly live: ScopeLive;
  readonly steps: readonly Step[];
  readonly changes: readonly Change[];
}

export interface RunTools extends ApplyTools {
  /** How many scopes go side by side. */
  readonly parallelism: number;
  /** Looks at a scope once more before its first write: the same work with what is live now, or why it must be left alone. */
  recheck(work: ScopeWork): Promise<ScopeWork | string>;
}

/** Applies the plans of all scopes, side by side, started in the order of the file. Never throws for what a scope meets. */
export async function applyScopes(works: readonly ScopeWork[], tools: RunTools): Promise<ApplyResult> {
  const todo = works.filter(({ steps }) => steps.length > 0);
  const locks = createLocks(
    todo.map(({ live }) => live.scope),
    tools.registry.kinds,
  );
  const results = new Map<ScopeWork, ScopeResult>();
  await eachSideBySide(todo, tools.parallelism, async (work) => {
    results.set(work, await applyOne(work, locks, failuresIn(results), tools));
  });
  return { scopes: todo.flatMap((work) => results.get(work) ?? []), requests: tools.api.requests };
}

async function applyOne(planned: ScopeWork, locks: Locks, failures: number, tools: RunTools): Promise<ScopeResult> {
  const scope = planned.live.scope.name;
  const recordOf = ({ steps, changes }: ScopeWork) => new Record(scope, steps, changes, tools.tell);
  const end = (result: ScopeResult): ScopeResult => {
    tools.tell({ type: 'scope_done', scope, outcome: result.outcome });
    return result;
  };
  if (tools.stop.aborted) return end(recordOf(planned).result('not_tried', { reason: 'interrupted' }));
  if (failures >= tools.policy.maxFailures)
    return end(
      recordOf(planned).result('not_tried', { reason: `${failures} other scopes failed (policy.max_failures)` }),
    );
  tools.tell({ type: 'scope_started', scope, steps: planned.steps.length });
  let record = recordOf(planned);
  try {
    const work = await tools.recheck(planned);
    if (typeof work === 'string') return end(record.result('failed', { reason: work }));
    record = recordOf(work);
    await runScope(work.live, work.steps, record, locks, tools);
    return end(record.result('complete'));
  } catch (error) {
    if (error instanceof StoppedError || isCut(error))
      return end(record.result('interrupted', { reason: 'interrupted' }));
    const failed = error instanceof EffectError ? error.step : undefined;
    return end(record.result('failed', { reason: messageOf(error), failed, trace: traceOf(error) }));
  }
}

/** What the answer that said no is known by at Cloudflare. */
function traceOf(error: unknown): { readonly ray?: string } {
  const ray = error instanceof ApiError ? error.failure.ray : undefined;
  return ray === undefined ? {} : { ray };
}

/** A request that the interruption cut, or did not let begin. */
const isCut = (error: unknown): boolean => error instanceof ApiError && error.failure.fault === 'interrupted';

const failuresIn = (results: ReadonlyMap<ScopeWork, ScopeResult>): number =>
  [...results.values()].filter(({ outcome }) => outcome === 'failed').length;

function messageOf(error: unknown): string {
  if (error instanceof InputError) return error.faults.map(({ message }) => message).join('; ');
  return error instanceof Error ? error.message : String(error);
}
