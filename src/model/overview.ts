import type { ScopeKind } from './document.ts';
import type { Coverage } from './plan.ts';

/** What `status` shows and `--format json` prints: what origins see, certificate by certificate and limit by limit. */
export interface Overview {
  readonly format_version: '1.0';
  readonly tool_version: string;
  /** RFC 3339, UTC. */
  readonly generated_at: string;
  /** A certificate is due so many days before it expires. */
  readonly due_days: number;
  readonly scopes: readonly ScopeOverview[];
  readonly findings: readonly Finding[];
  /** What could not be seen. */
  readonly coverage: readonly Coverage[];
  readonly failures: readonly { readonly scope: string; readonly error: string }[];
  /** Requests that reading took. */
  readonly requests: number;
}

export interface ScopeOverview {
  readonly kind: ScopeKind;
  readonly name: string;
  readonly id: string;
  /** Of a zone: every hostname without a link of its own first, then each one that has one or is named in the files. */
  readonly presented: readonly Sight[];
  readonly certificates: readonly CertificateOverview[];
  readonly limits: readonly Limit[];
}

/** What the origin of a hostname sees; hostname null is every hostname without a link of its own. */
export interface Sight {
  readonly hostname: string | null;
  /** A fingerprint, `shared` (Cloudflare's own certificate), `none`, or `unknown`. */
  readonly presents: string;
  readonly why: Why;
  /** Of its own link; null where it has none. */
  readonly link_status: string | null;
}
/** Who decides, highest first: the hostname's link, the zone's certificate, Cloudflare's own, nobody. */
export type Why = 'hostname' | 'hostname_off' | 'zone' | 'cloudflare' | 'nothing' | 'unknown';

export interface CertificateOverview {
  readonly store: Store;
  readonly fingerprint: string;
  /** In the files; null where they have none for it. */
  readonly label: string | null;
  /** Subject, or the name in Access. */
  readonly subject: string;
  /** Null where the API does not tell (Access). */
  readonly issuer: string | null;
  /** RFC 3339; null where it is not known. */
  readonly not_before: string | null;
  readonly not_after: string | null;
  readonly status: string;
  readonly use: Use;
  /** The hostnames that are linked to it. */
  readonly hostnames: readonly string[];
  /** Other zones and accounts, or other stores of this one, that hold it too. */
  readonly elsewhere: readonly string[];
}
export type Store = 'zone' | 'hostname' | 'access';
/**
 * `switched_off`: it would be presented if the switch of the zone were on. `shadowed`: a newer one is in front. `unknown`:
 * links can't be listed there, and none of the hostnames that were asked is linked to it.
 */
export type Use = 'presented' | 'switched_off' | 'shadowed' | 'linked' | 'unused' | 'unknown' | 'stuck' | 'leaving';

export interface Limit {
  readonly what: 'hostname_certificates' | 'hostnames' | 'access_certificates';
  /** Of `hostnames`: the certificate that holds them. */
  readonly fingerprint: string | null;
  readonly used: number;
  readonly limit: number;
}

/** Something that a person should act on. All but `full` make `status` exit with 2. */
export interface Finding {
  readonly kind: 'expired' | 'not_yet_valid' | 'due' | 'stuck' | 'full';
  readonly scope: string;
  readonly fingerprint: string | null;
  readonly message: string;
}
