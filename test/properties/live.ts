import type { SimulatorState } from '../../src/simulator/index.ts';
import type { Pool } from './pool.ts';

/** What is live when a random case begins, in few words; labels stand for certificates. */
export interface LiveSpec {
  readonly zones: readonly ZoneSpec[];
  readonly accounts: readonly AccountSpec[];
}
export interface ZoneSpec {
  readonly enabled: boolean;
  readonly tlsClientAuth: boolean;
  /** Oldest first. */
  readonly zoneCertificates: readonly Stored[];
  readonly hostnameCertificates: readonly Stored[];
  readonly links: readonly LinkSpec[];
  readonly access: readonly CaSpec[];
}
export interface AccountSpec {
  readonly access: readonly CaSpec[];
  readonly settings: readonly { readonly hostname: string; readonly china: boolean; readonly forward: boolean }[];
}
export interface Stored {
  readonly label: string;
  readonly status: Status;
}
export interface LinkSpec {
  readonly hostname: string;
  /** Which of the hostname certificates, counted around. */
  readonly on: number;
  readonly enabled: boolean | null;
  readonly status: Status;
}
export interface CaSpec {
  readonly label: string;
  readonly name: string;
  readonly hostnames: readonly string[];
}
export type Status =
  | 'active'
  | 'pending_deployment'
  | 'deployment_timed_out'
  | 'pending_deletion'
  | 'deletion_timed_out'
  | 'deleted';

export const ZONES = ['example.com', 'example.net'] as const;
export const ACCOUNTS = ['a'.repeat(32), 'b'.repeat(32)] as const;
export const zoneId = (place: number): string => `${place}`.repeat(32);

/** The state file that a simulator begins with. What is on its way gets there after a second. */
export function stateOf(live: LiveSpec, pool: Pool, now: number): SimulatorState {
  let count = 0;
  const id = () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`;
  return {
    version: 1,
    tokens: [],
    keys: [],
    accounts: live.accounts.map(({ access, settings }, place) => ({
      id: ACCOUNTS[place] ?? '',
      name: `Account ${place}`,
      createdAt: now,
      access: access.map(caOf),
      settings: settings.map(({ hostname, china, forward }) => ({
        hostname,
        china_network: china,
        client_certificate_forwarding: forward,
      })),
      pendingSettings: null,
      settlingUntil: 0,
    })),
    zones: live.zones.map((zone, place) => {
      const hostnameCertificates = zone.hostnameCertificates.map(storedOf);
      return {
        id: zoneId(place),
        name: ZONES[place] ?? '',
        named: true,
        accountId: ACCOUNTS[0],
        status: 'active' as const,
        createdAt: now,
        enabled: zone.enabled,
        tlsClientAuth: { value: zone.tlsClientAuth ? ('on' as const) : ('off' as const), modifiedAt: null },
        zoneCertificates: zone.zoneCertificates.map(storedOf),
        hostnameCertificates,
        associations: linksOf(zone.links, hostnameCertificates),
        access: zone.access.map(caOf),
        records: [],
        busyUntil: 0,
        lastUpload: 0,
      };
    }),
  };

  function storedOf({ label, status }: Stored, place: number) {
    const { certificate, sha256 } = known(label);
    const uploadedAt = now - 1_000_000 + place * 1000;
    const living = { status, updatedAt: uploadedAt, phases: phasesOf(status) };
    return { id: id(), pem: certificate, sha256, chain: sha256, uploadedAt, listedAt: 0, ...living };
  }

  function linksOf(links: readonly LinkSpec[], certificates: readonly { id: string; status: Status }[]) {
    const usable = certificates.filter(({ status }) => !LEAVING.has(status));
    if (usable.length === 0) return [];
    return links.map(({ hostname, on, enabled, status }) => {
      const certId = usable[on % usable.length]?.id ?? '';
      const isLeaving = LEAVING.has(status);
      const link = { certId, enabled: enabled ?? true };
      return {
        hostname,
        certId,
        enabled: isLeaving ? null : (enabled ?? true),
        createdAt: now,
        earlier: isLeaving && status !== 'deleted' ? [link] : [],
        status,
        updatedAt: now,
        phases: phasesOf(status),
      };
    });
  }

  function caOf({ label, name, hostnames }: CaSpec, place: number) {
    const { sha256, md5 } = known(label);
    const hexes = (md5.slice(4).match(/../g) ?? []).join(':').toUpperCase();
    const times = { expiresAt: now + 1e10, createdAt: now - 1000 + place, updatedAt: now };
    return {
      id: id(),
      name,
      hostnames,
      pending: null,
      sha256,
      chain: sha256,
      fingerprint: `MD5 Fingerprint=${hexes}`,
      ...times,
    };
  }

  function known(label: string) {
    const certificate = pool.get(label);
    if (certificate === undefined) throw new Error(`no certificate ${label}`);
    return certificate;
  }

  function phasesOf(status: Status) {
    const next = NEXT[status];
    return next === undefined ? [] : [{ at: now + 1000, status: next }];
  }
}

const NEXT: Partial<Record<Status, 'active' | 'deleted'>> = {
  pending_deployment: 'active',
  pending_deletion: 'deleted',
};
const LEAVING: ReadonlySet<Status> = new Set(['pending_deletion', 'deletion_timed_out', 'deleted']);
