import { byAge } from '../model/by-age.ts';
import { md5OfAccess, parseCertificate } from '../model/certificate.ts';
import type { AccessCertificateRow, CertificateRow, ScopeLive } from '../model/live.ts';
import type { CertificateOverview, ScopeOverview, Sight, Use } from '../model/overview.ts';
import { statusFacts } from '../model/status.ts';
import type { Thing } from '../model/thing.ts';
import { limitsOf, type Room } from './limits.ts';

/** What is known of one scope when its status is asked for. */
export interface ScopeInput {
  readonly live: ScopeLive;
  /** What is live, as the kinds show it: oldest first. */
  readonly things: readonly Thing[];
  /** Who presents what; `plan/presented.ts` knows the order of precedence. */
  readonly presented: { readonly zone: string; readonly own: ReadonlyMap<string, string> };
  /** Hostnames that the files name here. */
  readonly named: readonly string[];
  /** Labels of the files by every fingerprint that they stand for. */
  readonly labels: ReadonlyMap<string, string>;
  readonly room: Room;
}

/** One zone or account: what its origins see, and each of its certificates. What stands elsewhere is filled in later. */
export function overviewOfScope(input: ScopeInput): ScopeOverview {
  const { scope } = input.live;
  const certificates =
    scope.kind === 'account'
      ? authorities(input)
      : [...zoneCertificates(input), ...hostnameCertificates(input), ...authorities(input)];
  return {
    kind: scope.kind,
    name: scope.name,
    id: scope.id,
    presented: scope.kind === 'account' ? [] : sights(input),
    certificates,
    limits: limitsOf(input.live, certificates, input.room),
  };
}

function sights({ presented: { zone, own }, named, things }: ScopeInput): readonly Sight[] {
  const links = new Map(things.filter(({ kind }) => kind === 'hostname_association').map((it) => [it.id, it]));
  const hostnames = [...new Set([...own.keys(), ...named])].sort();
  return [null, ...hostnames].map((hostname): Sight => {
    const link = links.get(hostname ?? '');
    const linked = own.get(hostname ?? '');
    if (linked === undefined) return { hostname, presents: zone, why: whyOfZone(zone), link_status: null };
    const isOn = link?.attributes.enabled === true;
    return {
      hostname,
      presents: linked,
      why: isOn ? 'hostname' : 'hostname_off',
      link_status: link?.status ?? 'active',
    };
  });
}

function whyOfZone(presents: string): Sight['why'] {
  if (presents === 'shared') return 'cloudflare';
  if (presents === 'none') return 'nothing';
  return presents === 'unknown' ? 'unknown' : 'zone';
}

function zoneCertificates(input: ScopeInput): readonly CertificateOverview[] {
  const { lists } = input.live;
  const own = input.things.filter(({ kind }) => kind === 'zone_certificate');
  const front = own.findLast(({ status }) => !statusFacts(status).stuck);
  const enabled = lists.zone_enablement?.[0]?.enabled === true;
  const use = (row: CertificateRow): Use => {
    if (!statusFacts(row.status).live) return 'leaving';
    if (statusFacts(row.status).stuck) return 'stuck';
    if (row.id !== front?.row) return 'shadowed';
    return enabled ? 'presented' : 'switched_off';
  };
  return rowsOf(lists.zone_certificates).map((row) => certificate(row, 'zone', use(row), [], input));
}

function hostnameCertificates(input: ScopeInput): readonly CertificateOverview[] {
  const { lists, asked } = input.live;
  const links = input.things.filter(({ kind }) => kind === 'hostname_association');
  return rowsOf(lists.hostname_certificates).map((row) => {
    const hostnames = links.filter((link) => link.row === row.id).map(({ id }) => id);
    const { live, stuck } = statusFacts(row.status);
    const unlinked = asked === undefined ? 'unused' : 'unknown';
    const use = !live ? 'leaving' : stuck ? 'stuck' : hostnames.length > 0 ? 'linked' : unlinked;
    return certificate(row, 'hostname', use, hostnames.sort(), input);
  });
}

/** Newest first. A deleted certificate is history; one that is still leaving takes a place. */
const rowsOf = (rows: readonly CertificateRow[] | undefined): readonly CertificateRow[] =>
  [...(rows ?? [])]
    .filter(({ status }) => statusFacts(status).occupies)
    .sort(byAge)
    .reverse();

function certificate(
  row: CertificateRow,
  store: 'zone' | 'hostname',
  use: Use,
  hostnames: readonly string[],
  { labels }: ScopeInput,
): CertificateOverview {
  const parsed = parseCertificate(row.certificate);
  const fingerprint = parsed?.fingerprint ?? `unreadable:${row.id}`;
  return {
    store,
    fingerprint,
    label: labels.get(fingerprint) ?? null,
    subject: parsed?.subject ?? '',
    issuer: parsed?.issuer ?? row.issuer ?? null,
    not_before: parsed ? timeOf(parsed.notBefore) : null,
    not_after: parsed ? timeOf(parsed.notAfter) : timeOf(Date.parse(row.expires_on ?? '')),
    status: row.status ?? 'active',
    use,
    hostnames,
    elsewhere: [],
  };
}

function authorities({ live, labels }: ScopeInput): readonly CertificateOverview[] {
  const rows = [...(live.lists.access_certificates ?? [])];
  return rows.sort(byName).map((row): CertificateOverview => {
    const fingerprint = md5OfAccess(row.fingerprint);
    const hostnames = [...(row.associated_hostnames ?? [])].sort();
    return {
      store: 'access',
      fingerprint,
      label: labels.get(fingerprint) ?? null,
      subject: row.name,
      issuer: null,
      not_before: null,
      not_after: timeOf(Date.parse(row.expires_on ?? '')),
      status: 'active',
      use: hostnames.length > 0 ? 'linked' : 'unused',
      hostnames,
      elsewhere: [],
    };
  });
}

const byName = (one: AccessCertificateRow, other: AccessCertificateRow): number =>
  one.name < other.name ? -1 : Number(one.name > other.name);

const timeOf = (time: number): string | null => (Number.isNaN(time) ? null : new Date(time).toISOString());
