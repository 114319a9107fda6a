import { shortFingerprint } from '../model/address.ts';
import type { CertificateOverview, Finding, Overview, ScopeOverview, Sight } from '../model/overview.ts';
import { daysBetween } from './describe.ts';
import { count, few } from './width.ts';

/** What every format shows of one scope: a heading, and the tables below it. */
export interface StatusTable {
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What is said below it, as sentences. */
  readonly notes: readonly string[];
}

export function tablesOf(overview: Overview, scope: ScopeOverview): readonly StatusTable[] {
  return [
    ...(scope.kind === 'zone' ? [sightTable(overview, scope)] : []),
    ...(scope.certificates.length > 0 || scope.kind === 'account' ? [certificateTable(overview, scope)] : []),
  ];
}

/** What a person should act on, as `example.com: edge expired on 2026-01-01`. */
export const findingText = ({ scope, message }: Finding): string => `${scope}: ${message}`;

export const FINDING_WORDS: Readonly<Record<Finding['kind'], string>> = {
  expired: 'Expired',
  not_yet_valid: 'Not yet valid',
  stuck: 'Stuck',
  due: 'Due',
  full: 'Warning',
};

/** `3 certificates in 2 zones and 1 account: 1 expired, 2 due in 30 days.` */
export function statusSummary({ scopes, findings, due_days }: Overview): string {
  const zones = scopes.filter(({ kind }) => kind === 'zone').length;
  const accounts = scopes.length - zones;
  const certificates = new Set(scopes.flatMap((scope) => scope.certificates.map(({ fingerprint }) => fingerprint)))
    .size;
  const number = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length;
  const words = [
    [number('expired'), 'expired'],
    [number('not_yet_valid'), 'in use and not yet valid'],
    [number('stuck'), 'stuck'],
    [number('due'), `due within ${count(due_days, 'day')}`],
  ] as const;
  const told = words.flatMap(([many, word]) => (many === 0 ? [] : [`${many} ${word}`]));
  const places = [zones > 0 ? count(zones, 'zone') : '', accounts > 0 ? count(accounts, 'account') : ''].filter(
    Boolean,
  );
  return `${count(certificates, 'certificate')} in ${places.join(' and ') || 'no zone'}: ${told.join(', ') || `nothing is due within ${count(due_days, 'day')}`}.`;
}

function sightTable(overview: Overview, scope: ScopeOverview): StatusTable {
  const byFingerprint = new Map(scope.certificates.map((it) => [`${it.store === 'zone'} ${it.fingerprint}`, it]));
  const zoneLevel = scope.certificates.filter(({ store }) => store === 'zone');
  // Newest first: it may be presented though the API gave up on it.
  const isSure = zoneLevel.find(({ use }) => use === 'stuck' || use === 'presented')?.use !== 'stuck';
  const rows = scope.presented.map((sight) => {
    const holder = byFingerprint.get(`${sight.why === 'zone'} ${sight.presents}`);
    return [
      sight.hostname ?? '(every other hostname)',
      presentsText(sight, holder),
      `${WHY[sight.why]}${isSure || !ZONE_LEVEL.includes(sight.why) ? '' : ', as far as is known'}`,
      holder ? expiryText(holder, overview.generated_at) : '',
      statusOfSight(sight, holder),
    ];
  });
  return {
    heading: `${scope.name}: what origins see`,
    columns: ['HOSTNAME', 'PRESENTS', 'WHY', 'EXPIRES', 'STATUS'],
    rows,
    notes: [],
  };
}

const WHY: Readonly<Record<Sight['why'], string>> = {
  hostname: 'hostname: its own link',
  hostname_off: 'hostname: its own link, switched off',
  zone: "zone: the zone's newest certificate",
  cloudflare: "Cloudflare's own: none of the zone is in use",
  nothing: 'nothing is switched on',
  unknown: 'not read',
};

const ZONE_LEVEL: readonly Sight['why'][] = ['zone', 'cloudflare'];

function presentsText({ presents }: Sight, holder: CertificateOverview | undefined): string {
  if (presents === 'shared') return "Cloudflare's shared certificate";
  if (presents === 'none') return 'no certificate';
  return holder === undefined ? shortFingerprint(presents) : nameText(holder);
}

/** Of the link and of the certificate, the one that is not as it should be. */
function statusOfSight({ link_status }: Sight, holder: CertificateOverview | undefined): string {
  const own = holder?.status ?? '';
  if (link_status === null || link_status === 'active') return own === '' && link_status ? link_status : own;
  return own === '' || own === 'active' ? `link ${link_status}` : `link ${link_status}, certificate ${own}`;
}

function certificateTable(overview: Overview, scope: ScopeOverview): StatusTable {
  const isAccount = scope.kind === 'account';
  const rows = scope.certificates.map((it) => [
    it.label === null ? shortFingerprint(it.fingerprint) : nameText(it),
    ...(isAccount ? [] : [it.store]),
    it.subject,
    ...(isAccount ? [] : [it.issuer === it.subject ? 'itself' : (it.issuer ?? '')]),
    expiryText(it, overview.generated_at),
    ...(isAccount ? [] : [it.status]),
    useText(scope, it),
    few(it.elsewhere, 4),
  ]);
  return {
    heading: isAccount ? `${scope.name}: Access CAs` : `${scope.name}: certificates`,
    columns: isAccount
      ? ['CERTIFICATE', 'NAME', 'EXPIRES', 'USE', 'ALSO IN']
      : ['CERTIFICATE', 'STORE', 'SUBJECT', 'ISSUER', 'EXPIRES', 'STATUS', 'USE', 'ALSO IN'],
    rows,
    notes: scope.limits
      .filter(({ what }) => what !== 'hostnames')
      .map(
        ({ what, used, limit }) =>
          `${used} of ${limit} ${what === 'access_certificates' ? 'Access CAs (Enterprise)' : 'hostname certificates'}`,
      ),
  };
}

function useText(scope: ScopeOverview, { use, store, fingerprint, hostnames }: CertificateOverview): string {
  switch (use) {
    case 'presented':
      return 'presented';
    case 'switched_off':
      return 'not presented: zone-level pulls are off';
    case 'shadowed':
      return 'shadowed by a newer one';
    case 'unused':
      return 'unused';
    case 'unknown':
      return 'unknown: links cannot be listed';
    case 'stuck':
      return `perhaps not deployed${hostnames.length > 0 ? `: ${count(hostnames.length, 'hostname')}` : ''}`;
    case 'leaving':
      return 'being deleted';
    case 'linked': {
      const limit = scope.limits.find((it) => it.what === 'hostnames' && it.fingerprint === fingerprint);
      if (store === 'access' || limit === undefined) return count(hostnames.length, 'hostname');
      return `${limit.used} of ${limit.limit} hostnames`;
    }
    default:
      return use satisfies never;
  }
}

/** `edge-2026 (sha256:3f1b82c4d0aa)`: the label, else the subject. */
const nameText = ({ label, subject, fingerprint }: CertificateOverview): string =>
  `${label ?? (subject || 'unreadable')} (${shortFingerprint(fingerprint)})`;

function expiryText({ not_after }: CertificateOverview, now: string): string {
  if (not_after === null) return 'unknown';
  const days = daysBetween(now, not_after);
  const date = not_after.slice(0, 10);
  if (Date.parse(not_after) <= Date.parse(now)) return `${date} (expired)`;
  return `${date} (${days === 0 ? 'today' : count(days, 'day')})`;
}
