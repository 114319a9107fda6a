import type { Policy, Prune, ScopeWant } from '../../src/model/document.ts';
import type { Kind, PlanningState, StepDraft } from '../../src/model/kind.ts';
import type { ScopeLive } from '../../src/model/live.ts';
import type { KindName } from '../../src/model/names.ts';
import type { Attributes, Change, Ref, Thing } from '../../src/model/thing.ts';
import { diff } from '../../src/plan/diff.ts';

/** A thing in a few words: `link('app', { cert: 'a' })` refers to the certificate `a`. */
export function thing(kind: KindName, id: string, attributes: Attributes = {}, refs: readonly Ref[] = []): Thing {
  return { kind, id, address: `toy/${kind}/${id}`, refs, attributes };
}
export const cert = (id: string, more: Partial<Thing> = {}): Thing => ({
  ...thing('hostname_certificate', id, { fingerprint: id }),
  ...more,
});
export const link = (id: string, certificate: string, enabled = true): Thing =>
  thing('hostname_association', id, { certificate, enabled }, [{ kind: 'hostname_certificate', id: certificate }]);
/** The same, as it is live: with a row, and active unless said otherwise. */
export const live = (it: Thing, status = 'active'): Thing => ({ ...it, row: `row-${it.id}`, status });

/** Kinds of twenty lines: certificates that are uploaded and deleted, and links that refer to them. */
export function toys({ limit = 3, referenceLimit = 100 } = {}): readonly Kind[] {
  const certificates: Kind = {
    ...kindOf('hostname_certificate'),
    upload: 'certificate and key',
    referenceLimit,
    capacity: { limit, taken: (live) => (live.lists.hostname_certificates ?? []).length },
    steps: ({ before, after }) => [
      ...(before === null ? [draft('upload')] : []),
      ...(after === null ? [draft('delete')] : []),
    ],
  };
  const links: Kind = {
    ...kindOf('hostname_association'),
    steps: ({ after }) => [after === null ? draft('dissociate') : { ...draft('associate'), needs: after.refs }],
  };
  return [certificates, links];
}

export function kindOf(name: KindName): Kind {
  return {
    name,
    wanted: () => undefined,
    reads: () => [],
    shows: () => [],
    steps: () => [],
    loses: ({ after, address }) => (after === null ? [address] : []),
    writes: (steps) => steps.length,
    run: () => Promise.reject(new Error('a plan runs nothing')),
    until: () => 'done',
    watches: () => [],
  };
}

export const draft = (stage: StepDraft['stage'], more: Partial<StepDraft> = {}): StepDraft => ({
  stage,
  summary: stage,
  task: {},
  ...more,
});

export const at = { file: 'toy.yaml', line: 1, col: 1 };
export function wantOf(more: Partial<ScopeWant> = {}, prune: Prune = true): ScopeWant {
  return { kind: 'zone', name: 'toy', at, originPulls: {}, access: {}, prune, allow: [], ...more };
}
export const liveOf = (lists: ScopeLive['lists'] = {}): ScopeLive => ({
  scope: { kind: 'zone', name: 'toy', id: 'f'.repeat(32) },
  lists,
});

/** Both sides of the toy scope; the live certificates stand in its list, so that they count for the quota. */
export function stateOf(
  before: readonly Thing[],
  after: readonly Thing[],
  more: Partial<ScopeWant> = {},
): PlanningState {
  const rows = before.filter(({ kind }) => kind === 'hostname_certificate').map(({ id }) => ({ id, certificate: '' }));
  const changes: readonly Change[] = diff('toy', before, after);
  return { want: wantOf(more), live: liveOf({ hostname_certificates: rows }), before, after, changes };
}

export const POLICY: Policy = {
  maxDeletePercent: 30,
  maxDeleteTotal: 20,
  maxFailures: 3,
  expiryWarningDays: 30,
  wait: { poll: 1000, deploy: 120_000, delete: 300_000, rateLimit: 660_000, settle: 0 },
  retry: { attempts: 5, base: 500, max: 8000 },
};
