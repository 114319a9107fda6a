import type { ScopeWant } from '../model/document.ts';
import type { Scope } from '../model/live.ts';

/** A file that says nothing of a scope: with it the kinds show what is live by its fingerprints. */
export function nothingWanted({ kind, name, id, accountId }: Scope): ScopeWant {
  return {
    kind,
    name,
    id,
    ...(accountId === undefined ? {} : { accountId }),
    at: { file: '', line: 1, col: 1 },
    originPulls: {},
    access: {},
    prune: true,
    allow: [],
  };
}
