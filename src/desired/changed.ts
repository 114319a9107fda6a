import equal from 'fast-deep-equal';
import type { Desired, ScopeWant } from '../model/document.ts';
import { InputError, inputError } from '../model/fault.ts';
import type { DesiredDoor } from './door.ts';
import { commitId } from './git.ts';
import { gitTree } from './git-tree.ts';
import { loadDesired } from './load.ts';
import { quote } from './redact.ts';

/** What the files wanted at a commit. `faults` where they were not valid then. */
export async function desiredAt(
  ref: string,
  paths: readonly string[],
  door: DesiredDoor,
): Promise<Pick<Desired, 'scopes'> | Pick<InputError, 'faults'>> {
  const commit = await commitId(ref, door);
  if (commit === null) {
    const advice = 'Name a commit, branch or tag; a shallow clone may have to fetch it first';
    throw inputError(`--changed-since ${quote(ref)} is no commit that git knows here`, advice);
  }
  const tree = await gitTree(commit, door);
  for (;;) {
    let read: Pick<Desired, 'scopes'> | InputError;
    try {
      read = loadDesired(paths, tree.door);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      read = error;
    }
    if (!(await tree.fetchMissing())) return read;
  }
}

/** Whether two versions of the files mean something else for a zone or account. Labels, places and keys mean nothing live. */
export function differsInMeaning(want: ScopeWant, before: ScopeWant | undefined): boolean {
  return before === undefined || !equal(meaning(want), meaning(before));
}

/** Certificates as their fingerprints, and everything whose order says nothing in one order. */
function meaning(value: unknown): unknown {
  if (value instanceof Map) return meaning(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(meaning(item))).sort();
  if (typeof value !== 'object' || value === null) return value;
  if ('fingerprint' in value && 'chain' in value && 'md5s' in value)
    return [value.fingerprint, value.chain, value.md5s];
  const fields = Object.entries(value).filter(([name]) => name !== 'at');
  return Object.fromEntries(fields.sort().map(([name, item]) => [name, meaning(item)]));
}
