import { beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../../src/kinds/index.ts';
import type { HostnameWant, Material } from '../../src/model/document.ts';
import type { CertificateRow } from '../../src/model/live.ts';
import { makePlan } from '../../src/plan/make.ts';
import { planScope, type ScopeInput, type ScopePlan } from '../../src/plan/scope.ts';
import { type TestCertificate, testCertificate } from '../support/certificates.ts';
import { at, POLICY, wantOf } from './toy.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
let made: readonly TestCertificate[];
let materials: readonly Material[];

beforeAll(async () => {
  made = await Promise.all(Array.from({ length: 10 }, (_, place) => testCertificate(`cost-${place}`)));
  materials = made.map(({ certificate, sha256, md5 }, place) => ({
    label: `cost-${place}`,
    at,
    fingerprint: sha256,
    md5s: [md5],
    chain: [sha256],
    certificate: {
      pem: certificate,
      subject: '',
      issuer: '',
      notBefore: 0,
      notAfter: NOW * 2,
      isCa: false,
      keyType: 'EC',
    },
  }));
});

/** What becomes of every association of a zone. */
const ENDS: Readonly<Record<string, (place: number) => HostnameWant | 'none'>> = {
  unchanged: (place) => linkTo(place),
  'switched off': (place) => ({ ...linkTo(place), enabled: false }),
  moved: (place) => linkTo(place + 1),
  voided: () => 'none',
};

describe('planning costs the same for each association, however many there are', () => {
  for (const [name, end] of Object.entries(ENDS))
    it(name, () => {
      spent(1000, end);
      const few = Math.min(...Array.from({ length: 5 }, () => spent(1000, end) / 1000));
      const many = Math.min(...Array.from({ length: 2 }, () => spent(20_000, end) / 20_000));
      // What is quadratic costs twenty times as much here; a busy machine, a few times.
      expect(many / few).toBeLessThan(3);
    });

  it('a hundred zones of a thousand associations in about a second', () => {
    const zones = Array.from({ length: 100 }, (_, place) => inputOf(1000, linkTo, `z${place}.example`));
    const start = process.cpuUsage();
    const plan = documentOf(zones.map(planned));
    const { user } = process.cpuUsage(start);
    expect(plan.changes).toEqual([]);
    expect(user / 1e6, 'seconds of CPU; 0.5 on a quiet machine').toBeLessThan(4);
  });
});

/** Microseconds of CPU for planning one zone with so many associations. */
function spent(count: number, end: (place: number) => HostnameWant | 'none'): number {
  const input = inputOf(count, end, 'example.com');
  const start = process.cpuUsage();
  documentOf([planned(input)]);
  // Of a short time the kernel only guesses how much was the user's.
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

function linkTo(place: number): HostnameWant {
  const certificate = materials[place % materials.length];
  if (certificate === undefined) throw new Error('no certificate');
  return { certificate, enabled: true };
}

function inputOf(count: number, end: (place: number) => HostnameWant | 'none', name: string): ScopeInput {
  const places = Array.from({ length: count }, (_, place) => place);
  const rows: readonly CertificateRow[] = made.map(({ certificate }, place) => ({
    id: `id-${place}`,
    certificate,
    status: 'active',
  }));
  return {
    want: wantOf({
      name,
      originPulls: { hostnames: new Map(places.map((place) => [`h${place}.${name}`, end(place)])) },
    }),
    live: {
      scope: { kind: 'zone', name, id: 'f'.repeat(32) },
      lists: {
        zone_certificates: [],
        zone_enablement: [{ enabled: false }],
        tls_client_auth: [{ value: 'off' }],
        hostname_certificates: rows,
        hostname_associations: places.map((place) => ({
          hostname: `h${place}.${name}`,
          cert_id: `id-${place % rows.length}`,
          enabled: true,
          status: 'active',
        })),
      },
    },
    kinds: registry.kinds,
    policy: POLICY,
    materials: new Map(materials.map((material) => [material.fingerprint, material])),
    targets: [],
    now: NOW,
  };
}

function planned(input: ScopeInput): ScopePlan {
  const plan = planScope(input);
  if ('read' in plan) throw new Error(`asks for ${plan.read.join()}`);
  return plan;
}

function documentOf(scopes: readonly ScopePlan[]) {
  return makePlan({
    desired: {
      files: [],
      certificates: new Map(),
      scopes: scopes.map(({ want }) => want),
      policy: POLICY,
      remarks: [],
    },
    scopes,
    failures: [],
    inputs: { files: [], api: 'test', zones: [], accounts: [], targets: [], allow: [], discover: null, previous: null },
    toolVersion: '0.0.0-test',
    now: NOW,
    requests: 0,
  });
}
