import type { Registry } from './auth.ts';
import type { Rules } from './rules.ts';

/** Everything that the simulated API knows, and the tools that its rooms share. */
export interface World {
  readonly rules: Rules;
  readonly registry: Registry;
  readonly accounts: Map<string, Account>;
  readonly zones: Map<string, Zone>;
  readonly agenda: Agenda;
  readonly watch: Watch;
  /** Zones and Access stores that changed since the last look of the watch. */
  readonly dirty: { readonly zones: Set<Zone>; readonly stores: Map<AccessStore, string> };
  /** The time of the request, or of the transition, that is being carried out. */
  now: number;
  uuid(): string;
}

/** What will happen by itself, in the order of time. */
export interface Agenda {
  add(at: number, apply: () => void): void;
  /** Takes the next thing that is due. */
  take(now: number): { readonly at: number; readonly apply: () => void } | undefined;
  nextAt(): number | undefined;
}

/** Looks on after every write and every transition, and judges a window when it is over. */
export interface Watch {
  /** Starts a window with what is presented now. */
  mark(): void;
  zoneChanged(zone: Zone, time: number): void;
  accessChanged(store: AccessStore, scope: string, time: number): void;
  uploaded(into: Store, scope: string, sha256: string, isThere: boolean, time: number): void;
  removed(from: Store, sha256: string): void;
  /** A breach that needs no judgement. */
  tell(scope: string, subject: string, message: string, time: number): void;
  breaches(): readonly Breach[];
}
export type Store = CertificateStore | AccessStore;

/** An invariant that did not hold at some moment since the last mark. */
export interface Breach {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The zone's name or the account's id. */
  readonly scope: string;
  /** The hostname, the fingerprint, or `zone default`. */
  readonly subject: string;
  readonly message: string;
}

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly access: AccessStore;
  readonly settings: Map<string, AccessSetting>;
  pendingSettings: { readonly at: number; readonly rows: readonly AccessSetting[] } | null;
  /** Until then changed hostnames or settings of this account or of its zones are still being taken over. */
  settlingUntil: number;
}

export interface Zone {
  readonly id: string;
  readonly name: string;
  /** False where only its id is known, because a path named it before anyone looked up its name. */
  readonly named: boolean;
  readonly accountId: string;
  readonly status: ZoneStatus;
  readonly createdAt: number;
  enabled: boolean;
  tlsClientAuth: { readonly value: 'on' | 'off'; readonly modifiedAt: number | null };
  readonly zoneCertificates: CertificateStore;
  readonly hostnameCertificates: CertificateStore;
  readonly associations: Map<string, Association>;
  readonly access: AccessStore;
  readonly records: DnsRecord[];
  busyUntil: number;
  /** Uploads of a zone never share a millisecond, so that the newest one is always known. */
  lastUpload: number;
}
export type ZoneStatus = 'initializing' | 'pending' | 'active' | 'moved';
export type CertificateStore = Map<string, Certificate>;
export type AccessStore = Map<string, AccessCertificate>;

export type Status =
  | 'initializing'
  | 'pending_deployment'
  | 'active'
  | 'pending_deletion'
  | 'deleted'
  | 'deployment_timed_out'
  | 'deletion_timed_out';

/** Something with a life cycle: its status now, and the ones that come by themselves. */
export interface Living {
  status: Status;
  updatedAt: number;
  phases: readonly Phase[];
}
export interface Phase {
  readonly at: number;
  readonly status: Status;
}

export interface Certificate extends Living {
  readonly id: string;
  readonly pem: string;
  /** Of the leaf: `sha256:` and 64 digits. */
  readonly sha256: string;
  /** Of the whole bundle: what `already exists` is judged by. */
  readonly chain: string;
  uploadedAt: number;
  listedAt: number;
}

export interface Association extends Living {
  readonly hostname: string;
  certId: string;
  enabled: boolean | null;
  createdAt: number;
  /** What parts of the edge may still present until the newest link is deployed; null is no link. */
  earlier: readonly Link[];
}
export type Link = { readonly certId: string; readonly enabled: boolean } | null;

export interface AccessCertificate {
  readonly id: string;
  name: string;
  hostnames: readonly string[];
  pending: { readonly at: number; readonly hostnames: readonly string[] } | null;
  readonly sha256: string;
  readonly chain: string;
  /** As the API writes it: `MD5 Fingerprint=1E:80:…`. */
  readonly fingerprint: string;
  readonly expiresAt: number;
  readonly createdAt: number;
  updatedAt: number;
}

export interface AccessSetting {
  readonly hostname: string;
  readonly china_network: boolean;
  readonly client_certificate_forwarding: boolean;
}

export interface DnsRecord {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly content: string;
  readonly proxied: boolean;
  readonly ttl: number;
}

/** RFC 3339 in UTC as the API writes times, with a fraction only where there is one: not to be compared as text. */
export const timeText = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');
