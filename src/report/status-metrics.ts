import type { CertificateOverview, Finding, Overview, ScopeOverview } from '../model/overview.ts';
import { renderMetrics, type Sample } from './metrics.ts';

/** The text file of `status --metrics`. */
export function renderStatusMetrics(overview: Overview): string {
  const { scopes, failures, findings, requests, generated_at } = overview;
  return renderMetrics([
    {
      name: 'status_certificate_expiry_timestamp_seconds',
      help: 'When a live certificate expires, in seconds since 1970.',
      samples: scopes.flatMap((scope) => scope.certificates.flatMap((it) => expiryOf(scope, it))),
    },
    {
      name: 'status_certificate_in_use',
      help: 'Whether a live certificate is presented or linked: 1 or 0.',
      samples: scopes.flatMap((scope) =>
        scope.certificates
          .filter(({ use }) => use !== 'unknown')
          .map((it) => ({
            labels: labelsOf(scope, it),
            value: it.use === 'presented' || it.use === 'linked' ? 1 : 0,
          })),
      ),
    },
    {
      name: 'status_findings',
      help: 'What a person should act on, by kind.',
      samples: scopes.flatMap(({ name }) =>
        KINDS.map((kind) => ({
          labels: { scope: name, kind },
          value: findings.filter((it) => it.scope === name && it.kind === kind).length,
        })),
      ),
    },
    { name: 'status_limit_used', help: 'How much of a limit is used.', samples: limits(scopes, ({ used }) => used) },
    { name: 'status_limit', help: 'How much fits.', samples: limits(scopes, ({ limit }) => limit) },
    {
      name: 'status_scope_read',
      help: 'Whether a zone or account could be read: 1 or 0.',
      samples: [
        ...scopes.map(({ name }) => ({ labels: { scope: name }, value: 1 })),
        ...failures.map(({ scope }) => ({ labels: { scope }, value: 0 })),
      ],
    },
    { name: 'status_requests', help: 'Requests that the last run sent.', samples: [{ value: requests }] },
    {
      name: 'status_last_run_timestamp_seconds',
      help: 'When the last run ended.',
      samples: [{ value: Date.parse(generated_at) / 1000 }],
    },
  ]);
}

const KINDS: readonly Finding['kind'][] = ['expired', 'not_yet_valid', 'stuck', 'due', 'full'];

function expiryOf(scope: ScopeOverview, certificate: CertificateOverview): readonly Sample[] {
  if (certificate.not_after === null) return [];
  return [{ labels: labelsOf(scope, certificate), value: Date.parse(certificate.not_after) / 1000 }];
}

const labelsOf = ({ name }: ScopeOverview, { store, fingerprint, label, subject }: CertificateOverview) => ({
  scope: name,
  store,
  label: label ?? '',
  subject,
  fingerprint,
});

const limits = (
  scopes: readonly ScopeOverview[],
  value: (limit: ScopeOverview['limits'][number]) => number,
): Sample[] =>
  scopes.flatMap(({ name, limits: own }) =>
    own.map((limit) => ({
      labels: { scope: name, what: limit.what, fingerprint: limit.fingerprint ?? '' },
      value: value(limit),
    })),
  );
