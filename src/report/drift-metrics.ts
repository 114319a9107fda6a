import type { KindName } from '../model/names.ts';
import type { Plan } from '../model/plan.ts';
import { type Metric, readMetric, renderMetrics, type Sample } from './metrics.ts';

/** What `drift --metrics` tells. */
export interface DriftFacts {
  readonly plan: Plan;
  /** What each scope that was read manages: where nothing differs, its series say 0. */
  readonly managed: readonly { readonly scope: string; readonly kinds: readonly KindName[] }[];
  /** Every certificate that is live where we look. */
  readonly certificates: readonly LiveCertificate[];
  /** Requests of the whole run. */
  readonly requests: number;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly ended: number;
}
export interface LiveCertificate {
  readonly address: string;
  readonly scope: string;
  readonly kind: KindName;
  readonly fingerprint: string;
  readonly subject: string;
  /** RFC 3339. */
  readonly notAfter: string;
}

/** The text file of `drift --metrics`; `earlier` is what stood there before, whose time of success a failed run keeps. */
export function renderDriftMetrics(facts: DriftFacts, earlier = ''): string {
  const { plan, requests, started, ended } = facts;
  const success = plan.failures.length === 0 ? ended / 1000 : readMetric(earlier, SUCCESS);
  return renderMetrics([
    metric('drift_changes', 'Things that differ between the files and what is live.', changeSamples(facts)),
    metric('drift_refusals', 'Reasons for which an apply would be refused; `*` is the whole run.', refusals(plan)),
    metric('drift_scope_read', 'Whether a zone or account could be read: 1 or 0.', scopesRead(plan)),
    metric('drift_certificate_expiry_timestamp_seconds', 'When a live certificate expires, in seconds since 1970.', [
      ...facts.certificates.map(expirySample),
    ]),
    metric('drift_requests', 'Requests that the last run sent.', [{ value: requests }]),
    metric('drift_duration_seconds', 'How long the last run took.', [{ value: (ended - started) / 1000 }]),
    metric('drift_last_run_timestamp_seconds', 'When the last run ended.', [{ value: ended / 1000 }]),
    metric(SUCCESS, 'When a run last read everything.', success === undefined ? [] : [{ value: success }]),
  ]);
}

const SUCCESS = 'drift_last_success_timestamp_seconds';

const metric = (name: string, help: string, samples: readonly Sample[]): Metric => ({ name, help, samples });

function changeSamples({ plan, managed }: DriftFacts): Sample[] {
  return managed.flatMap(({ scope, kinds }) => {
    const own = plan.changes.filter((change) => change.scope === scope);
    return [...new Set([...kinds, ...own.map(({ kind }) => kind)])].map((kind) => ({
      labels: { scope, kind },
      value: own.filter((change) => change.kind === kind).length,
    }));
  });
}

function refusals({ scopes, refusals }: Plan): Sample[] {
  const open = refusals.filter(({ allowed }) => !allowed);
  return [...new Set(['*', ...scopes.map(({ name }) => name)])].map((scope) => ({
    labels: { scope },
    value: open.filter((refusal) => refusal.scope === scope).length,
  }));
}

function scopesRead({ scopes, failures }: Plan): Sample[] {
  return [
    ...scopes.map(({ name }) => ({ labels: { scope: name }, value: 1 })),
    ...failures.map(({ scope }) => ({ labels: { scope }, value: 0 })),
  ];
}

function expirySample({ address, scope, kind, fingerprint, subject, notAfter }: LiveCertificate): Sample {
  return { labels: { scope, kind, address, subject, fingerprint }, value: Date.parse(notAfter) / 1000 };
}
