import { gather } from '../model/gather.ts';
import type { PlanningState } from '../model/kind.ts';
import type { ScopeLive } from '../model/live.ts';
import { onceFor } from '../model/once.ts';
import type { Presented } from '../model/plan.ts';
import { statusFacts } from '../model/status.ts';
import type { Ref, Thing } from '../model/thing.ts';

/** Where a plan changes what the origin of a hostname sees; hostname null is every hostname without a link of its own. */
export const presentedChanges = onceFor(({ live, before, after, changes }: PlanningState): readonly Presented[] => {
  if (live.scope.kind === 'account' || changes.length === 0) return [];
  const [had, has] = [presentedByZone(before, live), presentedByZone(after, live)];
  const links = new Map(changes.filter(isLink).map((change) => [change.id, change]));
  return gather([null, ...[...links.keys()].sort()], (hostname) => {
    const change = links.get(hostname ?? '');
    const one = change?.before ? presentedByLink(change.before) : had;
    const other = change?.after ? presentedByLink(change.after) : has;
    const weakens = strength(other) < strength(one);
    return one === other ? [] : [{ scope: live.scope.name, hostname, before: one, after: other, weakens }];
  });
});

/** What some hostname presents before and after. */
export function presentedThroughout({ live, before, after, changes }: PlanningState): ReadonlySet<string> {
  const [had, has] = [presentedByZone(before, live), presentedByZone(after, live)];
  const changed = new Set(changes.filter(isLink).map(({ id }) => id));
  const links = after.filter((thing) => isLink(thing) && !changed.has(thing.id));
  return new Set([...(had === has ? [has] : []), ...links.map(presentedByLink)]);
}

/** Who wins, highest first: the hostname's own link, the zone's certificate, Cloudflare's shared one, nothing. */
export function presentedBy(things: readonly Thing[], live: ScopeLive): PresentedState {
  return {
    zone: presentedByZone(things, live),
    own: new Map(things.filter(isLink).map((link) => [link.id, presentedByLink(link)])),
  };
}
export interface PresentedState {
  /** What a hostname without a link presents. */
  readonly zone: string;
  /** By hostname, where there is a link: a fingerprint, or `none` where it is switched off. */
  readonly own: ReadonlyMap<string, string>;
}

function presentedByZone(things: readonly Thing[], { lists }: ScopeLive): string {
  const enablement = things.find(({ kind }) => kind === 'zone_enablement');
  if (enablement === undefined) return 'unknown';
  if (enablement.attributes.enabled === true) {
    if (lists.zone_certificates === undefined) return 'unknown';
    const own = things.findLast(({ kind, status }) => kind === 'zone_certificate' && !statusFacts(status).stuck);
    return own?.id ?? 'shared';
  }
  const global = things.find(({ kind }) => kind === 'tls_client_auth');
  if (global === undefined) return 'unknown';
  return global.attributes.value === 'on' ? 'shared' : 'none';
}

const isLink = ({ kind }: Ref): boolean => kind === 'hostname_association';

const presentedByLink = ({ attributes }: Thing): string =>
  attributes.enabled === true ? String(attributes.certificate) : 'none';

export const isOwn = (presented: string): boolean => !STRENGTHS.has(presented);

/** What is not known neither weakens nor strengthens: the lists that a decision needs were read before. */
const strength = (presented: string): number => STRENGTHS.get(presented) ?? 2;
const STRENGTHS: ReadonlyMap<string, number> = new Map([
  ['none', 0],
  ['shared', 1],
  ['unknown', Number.NaN],
]);
