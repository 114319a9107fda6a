import type { CertificateOverview, Finding, ScopeOverview } from '../model/overview.ts';
import { statusFacts } from '../model/status.ts';

/** What a person should act on in one scope, the worst first. */
export function findingsIn(
  scope: ScopeOverview,
  stuckLinks: readonly { readonly hostname: string; readonly status: string }[],
  dueDays: number,
  now: number,
): readonly Finding[] {
  const found = [
    ...scope.certificates.flatMap((certificate) => [
      ...datesOf(certificate, dueDays, now),
      ...(statusFacts(certificate.status).stuck ? [stuck(certificate)] : []),
    ]),
    ...stuckLinks.map(({ hostname, status }) => ({
      kind: 'stuck' as const,
      fingerprint: null,
      message: `the link of ${hostname} reads ${status}: ${STUCK}`,
    })),
    ...full(scope),
  ];
  return found
    .map((finding) => ({ ...finding, scope: scope.name }))
    .sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
}

type Found = Omit<Finding, 'scope'>;
const ORDER: readonly Finding['kind'][] = ['expired', 'not_yet_valid', 'stuck', 'due', 'full'];
const STUCK =
  "the API gave up on it, and it may be in use all the same. Look at it in the dashboard, or ask Cloudflare's support";

function datesOf(certificate: CertificateOverview, dueDays: number, now: number): readonly Found[] {
  const { fingerprint, not_after, not_before, use } = certificate;
  if (use === 'leaving') return [];
  const name = nameOf(certificate);
  const until = Date.parse(not_after ?? '');
  const since = Date.parse(not_before ?? '');
  if (until <= now) return [{ kind: 'expired', fingerprint, message: `${name} expired on ${day(until)}` }];
  if (since > now && (use === 'presented' || use === 'linked'))
    return [{ kind: 'not_yet_valid', fingerprint, message: `${name} is not valid before ${day(since)}` }];
  if (until - now > dueDays * DAY) return [];
  const days = Math.floor((until - now) / DAY);
  return Number.isNaN(until)
    ? []
    : [
        {
          kind: 'due',
          fingerprint,
          message: `${name} expires in ${days} day${days === 1 ? '' : 's'}, on ${day(until)}`,
        },
      ];
}

const stuck = (certificate: CertificateOverview): Found => ({
  kind: 'stuck',
  fingerprint: certificate.fingerprint,
  message: `${nameOf(certificate)} reads ${certificate.status}: ${STUCK}`,
});

/** A full store can't be rotated without danger, since the new certificate needs a place before the old one goes. */
function full({ limits, certificates }: ScopeOverview): readonly Found[] {
  return limits
    .filter(({ used, limit }) => used >= limit)
    .map(({ what, fingerprint, used, limit }) => {
      const holder = certificates.find((it) => it.fingerprint === fingerprint);
      const message = {
        hostname_certificates: `${used} of ${limit} hostname certificates are there: none can be rotated before one goes`,
        hostnames: `${holder ? nameOf(holder) : 'a certificate'} holds ${used} of ${limit} hostnames: the next one needs another certificate`,
        access_certificates: `${used} of ${limit} Access certificates are there: a CA can be rotated only after one goes`,
      }[what];
      return { kind: 'full' as const, fingerprint, message };
    });
}

const nameOf = ({ label, subject, fingerprint, store }: CertificateOverview): string =>
  `${store === 'access' ? 'the Access CA ' : ''}${label ?? (subject || fingerprint.slice(0, 19))}`;

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
const DAY = 86_400_000;
