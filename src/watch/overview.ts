import type { CertificateOverview, Overview, ScopeOverview } from '../model/overview.ts';
import { findingsIn } from './findings.ts';

export interface OverviewInput extends Pick<Overview, 'coverage' | 'failures' | 'requests'> {
  readonly scopes: readonly ScopeOverview[];
  /** Associations that read `…_timed_out`, by scope. */
  readonly stuckLinks: ReadonlyMap<string, readonly { readonly hostname: string; readonly status: string }[]>;
  readonly toolVersion: string;
  readonly dueDays: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Puts all scopes together: where else each certificate is held, and what a person should act on. */
export function overview(input: OverviewInput): Overview {
  const { coverage, failures, requests, toolVersion, dueDays, now } = input;
  const holders = holdersOf(input.scopes);
  const scopes = input.scopes.map((scope) => ({
    ...scope,
    certificates: scope.certificates.map((certificate) => ({
      ...certificate,
      elsewhere: (holders.get(certificate.fingerprint) ?? []).filter((place) => place !== placeOf(scope, certificate)),
    })),
  }));
  return {
    format_version: '1.0',
    tool_version: toolVersion,
    generated_at: new Date(now).toISOString(),
    due_days: dueDays,
    scopes,
    findings: scopes.flatMap((scope) => findingsIn(scope, input.stuckLinks.get(scope.name) ?? [], dueDays, now)),
    coverage,
    failures,
    requests,
  };
}

/** The stores that hold each certificate, in words: `example.com (hostnames)`. */
function holdersOf(scopes: readonly ScopeOverview[]): ReadonlyMap<string, readonly string[]> {
  const holders = new Map<string, Set<string>>();
  for (const scope of scopes) {
    for (const certificate of scope.certificates) {
      const places = holders.get(certificate.fingerprint) ?? new Set();
      holders.set(certificate.fingerprint, places.add(placeOf(scope, certificate)));
    }
  }
  return new Map([...holders].map(([fingerprint, places]) => [fingerprint, [...places].sort()]));
}

const placeOf = ({ name }: ScopeOverview, { store }: CertificateOverview): string =>
  store === 'hostname' ? `${name} (hostnames)` : store === 'zone' ? `${name} (zone)` : name;
