import type { PlanningState } from '../model/kind.ts';
import type { ScopeLive } from '../model/live.ts';
import type { Presented } from '../model/plan.ts';
import { statusFacts } from '../model/status.ts';
import type { Thing } from '../model/thing.ts';

/** Where a plan changes what the origin of a hostname sees; hostname null is every hostname without a link of its own. */
export function presentedChanges({ live, before, after, changes }: PlanningState): readonly Presented[] {
  if (live.scope.kind === 'account' || changes.length === 0) return [];
  const [had, has] = [presentedBy(before, live), presentedBy(after, live)];
  const differs = (hostname: string | null): boolean => of(had, hostname) !== of(has, hostname);
  const hostnames = [...new Set([...had.own.keys(), ...has.own.keys()])].filter(differs).sort();
  return [...(differs(null) ? [null] : []), ...hostnames].map((hostname) => {
    const [one, other] = [of(had, hostname), of(has, hostname)];
    return { scope: live.scope.name, hostname, before: one, after: other, weakens: strength(other) < strength(one) };
  });
}

/** Who wins, highest first: the hostname's own link, the zone's certificate, Cloudflare's shared one, nothing. */
export function presentedBy(things: readonly Thing[], live: ScopeLive): PresentedState {
  const links = things.filter(({ kind }) => kind === 'hostname_association');
  return {
    zone: presentedByZone(things, live),
    own: new Map(
      links.map(({ id, attributes }) => [id, attributes.enabled === true ? String(attributes.certificate) : 'none']),
    ),
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

const of = ({ own, zone }: PresentedState, hostname: string | null): string => own.get(hostname ?? '') ?? zone;

export const isOwn = (presented: string): boolean => !['shared', 'none', 'unknown'].includes(presented);

/** What is not known neither weakens nor strengthens: the lists that a decision needs were read before. */
function strength(presented: string): number {
  return { none: 0, shared: 1, unknown: Number.NaN }[presented] ?? 2;
}
