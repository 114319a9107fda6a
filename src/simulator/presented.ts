import type { AccessStore, Association, Link, Zone } from './world.ts';

/** What an origin may see: the fingerprint of an own certificate, Cloudflare's `shared` one, or `none`. */
export interface Sight {
  readonly what: string;
  /** False for an own certificate that is not `active`. */
  readonly active: boolean;
}

/** While a change is under way the edge may show either side, so that each list can hold several. */
export interface Picture {
  readonly zone: readonly Sight[];
  /** Hostnames with an association; all others follow the zone. */
  readonly hostnames: ReadonlyMap<string, readonly Sight[]>;
}

/** What the hostnames of a zone present at this moment: hostname before zone before Cloudflare's own. */
export function presentedBy(zone: Zone): Picture {
  const byZone = [sightOfZone(zone)];
  const hostnames = new Map<string, readonly Sight[]>();
  for (const association of zone.associations.values()) {
    if (association.status === 'deleted') continue;
    const links = [...association.earlier, linkOf(association)];
    hostnames.set(
      association.hostname,
      links.flatMap((link) => (link === null ? byZone : [sightOfLink(zone, link)])),
    );
  }
  return { zone: byZone, hostnames };
}

/** The hostnames that some CA of this store covers, whatever of a change under way has reached the edge. */
export function coveredBy(store: AccessStore): ReadonlySet<string> {
  const covered = new Set<string>();
  for (const { hostnames, pending } of store.values()) {
    for (const hostname of hostnames) {
      if (pending === null || pending.hostnames.includes(hostname)) covered.add(hostname);
    }
  }
  return covered;
}

/** What an association makes of its hostname: a link, or none where it was voided. */
export function linkOf({ certId, enabled, status }: Association): Link {
  return enabled === null || status === 'deleted' ? null : { certId, enabled };
}

const NONE: Sight = { what: 'none', active: true };
const SHARED: Sight = { what: 'shared', active: true };

function sightOfZone(zone: Zone): Sight {
  if (zone.enabled) {
    const active = [...zone.zoneCertificates.values()].filter(({ status }) => status === 'active');
    const newest = active.sort((one, other) => other.uploadedAt - one.uploadedAt)[0];
    return newest === undefined ? SHARED : { what: newest.sha256, active: true };
  }
  return zone.tlsClientAuth.value === 'on' ? SHARED : NONE;
}

function sightOfLink(zone: Zone, link: NonNullable<Link>): Sight {
  if (!link.enabled) return NONE;
  const certificate = zone.hostnameCertificates.get(link.certId);
  if (certificate === undefined) return NONE;
  return { what: certificate.sha256, active: certificate.status === 'active' };
}
