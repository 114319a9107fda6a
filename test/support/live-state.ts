import { readBundle } from '../../src/simulator/pem.ts';
import type { SimulatorState } from '../../src/simulator/state.ts';
import { type TestCertificate, testCertificate } from './certificates.ts';

type ZoneState = SimulatorState['zones'][number];
type AccountState = SimulatorState['accounts'][number];
type CertificateState = ZoneState['zoneCertificates'][number];
export type Status = CertificateState['status'];

/** What was clicked together in a zone, by labels of certificates; `at` is the age order of uploads. */
export interface ZoneGiven {
  readonly name: string;
  readonly accountId?: string;
  readonly enabled?: boolean;
  readonly tlsClientAuth?: 'on' | 'off';
  /** Oldest first. */
  readonly zoneCertificates?: readonly Held[];
  readonly hostnameCertificates?: readonly Held[];
  readonly links?: readonly LinkGiven[];
  readonly records?: readonly string[];
}
export interface Held {
  readonly label: string;
  /** Expires on this day. */
  readonly until?: string;
  readonly status?: Status;
}
export interface LinkGiven {
  readonly hostname: string;
  readonly label: string;
  readonly enabled: boolean | null;
  readonly status?: Status;
}
export interface AccountGiven {
  readonly id: string;
  readonly access?: readonly { readonly label: string; readonly name: string; readonly hostnames: readonly string[] }[];
  readonly settings?: AccountState['settings'];
}

/** A state for the simulator, as if it had always been so: nothing is on its way. */
export async function liveState(
  zones: readonly ZoneGiven[],
  accounts: readonly AccountGiven[] = [],
): Promise<SimulatorState> {
  const ids = new Set([ACCOUNT, ...zones.map(({ accountId }) => accountId ?? ACCOUNT)]);
  const known = new Set(accounts.map(({ id }) => id));
  const all = [...accounts, ...[...ids].filter((id) => !known.has(id)).map((id) => ({ id }))];
  return {
    version: 1,
    tokens: [],
    keys: [],
    accounts: await Promise.all(all.map(accountState)),
    zones: await Promise.all(zones.map(zoneState)),
  };
}

export const ACCOUNT = 'a'.repeat(32);
const LONG_AGO = Date.parse('2026-02-01T00:00:00Z');

async function zoneState(given: ZoneGiven, index: number): Promise<ZoneState> {
  const { name, zoneCertificates = [], hostnameCertificates = [], links = [], records = [] } = given;
  const place = (label: string) => hostnameCertificates.findIndex((held) => held.label === label);
  return {
    id: String(index + 1).padStart(32, '0'),
    name,
    named: true,
    accountId: given.accountId ?? ACCOUNT,
    status: 'active',
    createdAt: LONG_AGO,
    enabled: given.enabled ?? false,
    tlsClientAuth: { value: given.tlsClientAuth ?? 'off', modifiedAt: null },
    zoneCertificates: await Promise.all(
      zoneCertificates.map((held, at) => certificateState(held, `zone-${index}-${at}`, at)),
    ),
    hostnameCertificates: await Promise.all(
      hostnameCertificates.map((held, at) => certificateState(held, `host-${index}-${at}`, at)),
    ),
    associations: links.map(({ hostname, label, enabled, status = 'active' }) => ({
      hostname,
      certId: `host-${index}-${place(label)}`,
      enabled,
      status,
      createdAt: LONG_AGO,
      updatedAt: LONG_AGO,
      phases: [],
      earlier: [],
    })),
    access: [],
    records: records.map((record, at) => ({
      id: `record-${at}`,
      type: 'A',
      name: record,
      content: '192.0.2.1',
      proxied: true,
      ttl: 1,
    })),
    busyUntil: 0,
    lastUpload: LONG_AGO + 1000,
  };
}

async function certificateState(
  { label, status = 'active', until }: Held,
  id: string,
  at: number,
): Promise<CertificateState> {
  const { certificate } = await leaf(label, until);
  const bundle = bundleOf(certificate);
  const uploadedAt = LONG_AGO + at;
  return {
    id,
    pem: bundle.pem,
    sha256: bundle.sha256,
    chain: bundle.chain,
    status,
    updatedAt: uploadedAt,
    phases: [],
    uploadedAt,
    listedAt: uploadedAt,
  };
}

/** The certificate behind a label, the same one in a whole test file. */
export function leaf(label: string, until?: string): Promise<TestCertificate> {
  return testCertificate(label, { ca: false, ...(until === undefined ? {} : { notAfter: new Date(until) }) });
}

async function accountState({ id, access = [], settings = [] }: AccountGiven): Promise<AccountState> {
  return {
    id,
    name: `Account ${id.slice(0, 4)}`,
    createdAt: LONG_AGO,
    access: await Promise.all(
      access.map(async ({ label, name, hostnames }, at) => {
        const { certificate } = await testCertificate(label, { ca: true });
        const bundle = bundleOf(certificate);
        return {
          id: `access-${id.slice(0, 4)}-${at}`,
          name,
          hostnames,
          pending: null,
          sha256: bundle.sha256,
          chain: bundle.chain,
          fingerprint: bundle.fingerprint,
          expiresAt: bundle.expiresAt,
          createdAt: LONG_AGO + at,
          updatedAt: LONG_AGO + at,
        };
      }),
    ),
    settings,
    pendingSettings: null,
    settlingUntil: 0,
  };
}

function bundleOf(pem: string) {
  const bundle = readBundle(pem);
  if (bundle === null) throw new Error('the test made no certificate');
  return bundle;
}
