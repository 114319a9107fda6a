import type { Kind } from '../model/kind.ts';
import type { Scope } from '../model/live.ts';

/** Lets writes of kinds that share a lock go one at a time. */
export type Locks = <T>(kind: Kind, scope: Scope, work: () => Promise<T>) => Promise<T>;

/** One queue per lock; where the account of any scope is not known, one queue for all, which is slower and right. */
export function createLocks(scopes: readonly Scope[], kinds: readonly Kind[]): Locks {
  const unknown = kinds.some((kind) => kind.lock && scopes.some((scope) => kind.lock?.(scope) === undefined));
  const queues = new Map<string, Promise<unknown>>();
  return (kind, scope, work) => {
    if (kind.lock === undefined) return work();
    const key = unknown ? 'all' : (kind.lock(scope) ?? 'all');
    const turn = (queues.get(key) ?? Promise.resolve()).then(work, work);
    queues.set(
      key,
      turn.catch(() => undefined),
    );
    return turn;
  };
}
