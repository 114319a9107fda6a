import type { Scope } from '../model/live.ts';

/** What import takes over of one zone or account. What is undefined can't be said in a file and is left out of it. */
export interface Found {
  readonly scope: Scope;
  readonly tlsClientAuth?: 'on' | 'off';
  readonly enabled?: boolean;
  /** The newest zone certificate, which is the one that is presented, unless the API gave up on it. */
  readonly certificate?: Use | 'none';
  /** Older zone certificates, which newer ones shadow. */
  readonly keep: readonly Use[];
  readonly hostnames?: readonly Link[];
  /** Hostname certificates that no hostname uses. */
  readonly staged: readonly Use[];
  readonly accessCertificates?: readonly AccessEntry[];
  readonly accessSettings?: readonly AccessSetting[];
  /** Whether a hostname stands here that is not in the zone; the file must then allow it. */
  readonly outside: boolean;
  /** What a reader of the file must know, by the key at which it stands. */
  readonly remarks: Remarks;
  readonly certificates: readonly FoundCertificate[];
}

/** One mention of a certificate. */
export interface Use {
  readonly fingerprint: string;
  /** Where it needs a word: `deployment_timed_out` … */
  readonly status?: string;
}
export interface Link extends Use {
  readonly hostname: string;
  readonly enabled: boolean;
}
export interface AccessEntry extends Use {
  readonly name: string;
  /** Sorted; undefined where they can't be written down. */
  readonly hostnames?: readonly string[];
}
export interface AccessSetting {
  readonly hostname: string;
  readonly china_network: boolean;
  readonly client_certificate_forwarding: boolean;
}

/** A live certificate for which the files need a label. */
export interface FoundCertificate {
  /** `sha256:` and 64 digits, or `md5:` and 32 for Access, whose API gives no certificate back. */
  readonly fingerprint: string;
  /** What the label begins with: the common name, or the name in Access. */
  readonly name: string;
  /** Facts for the comment above the label. */
  readonly facts: string;
  /** Undefined where the files can only name the fingerprint. */
  readonly pem?: string;
}

export type Remarks = Partial<
  Record<
    | 'certificate'
    | 'keep'
    | 'hostnames'
    | 'hostname_certificates'
    | 'tls_client_auth'
    | 'certificates'
    | 'hostname_settings',
    string
  >
>;
