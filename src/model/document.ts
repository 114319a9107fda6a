import type { Fault, Position } from './fault.ts';
import type { KindName, RefusalName } from './names.ts';

/** The desired state as meant: every label resolved to material, every default filled in. Holds no key. */
export interface Desired {
  /** The files that were read, as paths relative to the working directory, sorted. */
  readonly files: readonly string[];
  /** Every label of every file, used or not. */
  readonly certificates: ReadonlyMap<string, Material>;
  /** Zones and accounts, in the order of the files. */
  readonly scopes: readonly ScopeWant[];
  readonly policy: Policy;
  /** Warnings, and errors that `--allow` could lift (`hostname-outside-zone`, `empty-document`): the plan judges those. */
  readonly remarks: readonly Fault[];
}

/** What the file says of one zone or account. A field that is undefined is not managed. */
export interface ScopeWant {
  readonly kind: ScopeKind;
  /** The zone's name (lower case, A-label), or the account's id. */
  readonly name: string;
  /** 32 hexadecimal digits; for an account the same as its name. */
  readonly id?: string;
  readonly accountId?: string;
  readonly at: Position;
  readonly tlsClientAuth?: boolean;
  readonly originPulls: OriginPullsWant;
  readonly access: AccessWant;
  /** The scope's own `prune` where it has one, else the one at the top. */
  readonly prune: Prune;
  /** Refusals that the policy of this scope lifts. */
  readonly allow: readonly RefusalName[];
}
export type ScopeKind = 'zone' | 'account';

/** `authenticated_origin_pulls` of a zone. */
export interface OriginPullsWant {
  readonly enabled?: boolean;
  readonly certificate?: Material | 'none';
  readonly keep?: readonly Material[];
  readonly hostnames?: ReadonlyMap<string, HostnameWant | 'none'>;
  readonly hostnameCertificates?: readonly Material[];
}
export interface HostnameWant {
  readonly certificate: Material;
  readonly enabled: boolean;
}

/** `access` of an account or zone. */
export interface AccessWant {
  readonly certificates?: readonly AccessCertificateWant[];
  readonly hostnameSettings?: ReadonlyMap<string, AccessSettingWant | 'none'>;
}
export interface AccessCertificateWant {
  /** The key in the file; the address is made of it. */
  readonly key: string;
  /** The name in the API: `name:`, else the key in the file. */
  readonly name: string;
  /** 'none': no certificate of this name, said outright. */
  readonly certificate: Material | 'none';
  /** Sorted. Undefined: left as it is. */
  readonly associatedHostnames?: readonly string[];
}
export interface AccessSettingWant {
  readonly chinaNetwork?: boolean;
  readonly clientCertificateForwarding?: boolean;
}

/** The public facts behind a label. */
export interface Material {
  readonly label: string;
  readonly at: Position;
  /** Identity: `sha256:` and 64 digits of the first certificate's DER; `md5:` and 32 for a label that names only an MD5. */
  readonly fingerprint: string;
  /** `md5:` and 32 digits, of every certificate in the bundle, the first one first. Empty for a `fingerprint: SHA256…` label. */
  readonly md5s: readonly string[];
  /** SHA-256 of every certificate in the bundle, in order. */
  readonly chain: readonly string[];
  /** Undefined where only a fingerprint is given: it must be live already. */
  readonly certificate?: CertificateFacts;
  /** Where the private key can be had. Only `apply` and `--check-keys` follow it. */
  readonly privateKey?: KeyReference;
}
export interface CertificateFacts {
  /** Normalised PEM of the whole bundle, each block ending in a newline. */
  readonly pem: string;
  /** Subject of the first certificate on one line, `CN=edge, O=Example`. */
  readonly subject: string;
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isCa: boolean;
  /** `RSA 2048`, `EC prime256v1`, `ED25519` … */
  readonly keyType: string;
}
export type KeyReference = (
  | { readonly from: 'file'; readonly file: string }
  | { readonly from: 'env'; readonly env: string }
  | { readonly from: 'exec'; readonly exec: readonly string[] }
) & { readonly at: Position };

export type Prune = boolean | readonly KindName[];

/** `policy` at the top of the file with defaults filled in; durations are milliseconds. */
export interface Policy {
  readonly maxDeletePercent: number;
  readonly maxDeleteTotal: number;
  readonly maxFailures: number;
  readonly expiryWarningDays: number;
  readonly wait: {
    readonly poll: number;
    readonly deploy: number;
    readonly delete: number;
    readonly rateLimit: number;
    readonly settle: number;
  };
  readonly retry: { readonly attempts: number; readonly base: number; readonly max: number };
}
