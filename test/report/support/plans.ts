import { createHash } from 'node:crypto';
import { addressOf } from '../../../src/model/address.ts';
import type { KindName, Stage } from '../../../src/model/names.ts';
import type { Plan, PlanCertificate, PlanChange, PlanStep, Presented } from '../../../src/model/plan.ts';
import { type Attributes, actionOf } from '../../../src/model/thing.ts';

export const NOW = '2026-11-21T09:30:00Z';

/** The fingerprint of a certificate that needs no bytes. */
export const print = (label: string): string => `sha256:${createHash('sha256').update(label).digest('hex')}`;
export const print5 = (label: string): string => `md5:${createHash('md5').update(label).digest('hex')}`;

/** A plan with nothing in it, and what is given. The summary is counted from the changes. */
export function planOf(given: Partial<Plan> = {}): Plan {
  const changes = given.changes ?? [];
  const of = (action: PlanChange['action']): number => changes.filter((change) => change.action === action).length;
  return {
    format_version: '1.0',
    tool_version: '0.1.0',
    generated_at: NOW,
    digest: `sha256:${'0'.repeat(64)}`,
    inputs: {
      files: ['cf-mtls.yaml'],
      api: 'https://api.cloudflare.com/client/v4',
      zones: [],
      accounts: [],
      targets: [],
      allow: [],
      discover: null,
      previous: null,
    },
    scopes: [{ kind: 'zone', name: 'example.com', id: '023e105f4ecef8ad9ca31a8372d0c353' }],
    summary: { add: of('create'), change: of('update'), destroy: of('delete') },
    changes,
    steps: [],
    presented: [],
    unmanaged: [],
    warnings: [],
    refusals: [],
    coverage: [],
    requests: { read: 5, apply: 0 },
    certificates: {},
    failures: [],
    ...given,
  };
}

export function change(
  address: string,
  before: Attributes | null,
  after: Attributes | null,
  ...reasons: readonly string[]
): PlanChange {
  const [scope = '', kind] = address.split('/');
  const action = actionOf({ before: before as never, after: after as never });
  return { address, kind: kind as KindName, scope, action, before, after, reasons };
}

/** Steps of one scope, numbered: `[stage, address without scope, summary, wave]`. */
export function steps(scope: string, ...list: readonly [Stage, string, string, number?][]): PlanStep[] {
  return list.map(([stage, address, summary, wave = 1], at) => ({
    order: at + 1,
    scope,
    wave,
    stage,
    address: `${scope}/${address}`,
    summary,
  }));
}

export const presented = (
  scope: string,
  hostname: string | null,
  before: string,
  after: string,
  weakens = false,
): Presented => ({ scope, hostname, before, after, weakens });

/** Certificates by label, with the day on which each ends; a label in brackets has no key, a leading `-` no label. */
export function certificates(ends: Readonly<Record<string, string>>): Record<string, PlanCertificate> {
  return Object.fromEntries(
    Object.entries(ends).map(([name, day]) => {
      const label = name.replace(/[-()]/g, (sign, at) => (sign === '-' && at > 0 ? sign : ''));
      return [
        print(label),
        {
          label: name.startsWith('-') ? null : label,
          subject: `CN=${label}, O=Example`,
          not_after: `${day}T00:00:00Z`,
          key: !name.startsWith('(') && !name.startsWith('-'),
        },
      ];
    }),
  );
}

const link = (certificate: string, enabled = true): Attributes => ({ certificate: print(certificate), enabled });

/** `app-2025` gives way to `app-2026` for three hostnames, of which one was disabled. */
export function rotation(): Plan {
  const hosts = ['api.example.com', 'app.example.com', 'www.example.com'];
  return planOf({
    changes: [
      change('example.com/hostname_certificate/app-2026', null, { fingerprint: print('app-2026') }),
      ...hosts.map((host) => change(`example.com/hostname_association/${host}`, link('app-2025'), link('app-2026'))),
      change('example.com/hostname_association/old.example.com', link('app-2025', false), link('app-2026')),
      change(
        `example.com/hostname_certificate/${print('app-2025').slice(0, 19)}`,
        { fingerprint: print('app-2025') },
        null,
        'nothing in the files wants it any more',
      ),
    ],
    steps: steps(
      'example.com',
      ['upload', 'hostname_certificate/app-2026', 'upload app-2026'],
      ['await', 'hostname_certificate/app-2026', 'wait until example.com/hostname_certificate/app-2026 is active'],
      ...[...hosts, 'old.example.com'].map(
        (host) => ['associate', `hostname_association/${host}`, `link ${host} to app-2026`] as [Stage, string, string],
      ),
      ['delete', `hostname_certificate/${print('app-2025').slice(0, 19)}`, 'delete CN=app-2025, O=Example'],
    ),
    presented: [
      ...hosts.map((host) => presented('example.com', host, print('app-2025'), print('app-2026'))),
      presented('example.com', 'old.example.com', print('edge-2026'), print('app-2026')),
      presented('example.com', null, print('edge-2026'), print('edge-2026')),
    ],
    requests: { read: 5, apply: 5 },
    certificates: certificates({ 'app-2026': '2027-11-21', '-app-2025': '2026-12-01', 'edge-2026': '2027-01-31' }),
  });
}

/** So many hostnames of one zone move to a new certificate. */
export function manyHostnames(number: number): Plan {
  const hosts = Array.from({ length: number }, (_, at) => `host-${String(at).padStart(4, '0')}.example.com`);
  return planOf({
    changes: hosts.map((host) =>
      change(addressOf('example.com', 'hostname_association', host), link('app-2025'), link('app-2026')),
    ),
    steps: steps(
      'example.com',
      ...hosts.map(
        (host) => ['associate', `hostname_association/${host}`, `link ${host} to app-2026`] as [Stage, string, string],
      ),
    ),
    presented: hosts.map((host) => presented('example.com', host, print('app-2025'), print('app-2026'))),
    requests: { read: 5, apply: Math.ceil(number / 100) },
    certificates: certificates({ 'app-2026': '2027-11-21', 'app-2025': '2026-12-01' }),
  });
}

/** Everything at once: two zones and an account, waves, refusals, warnings, what was not seen, what was left out. */
export function everything(): Plan {
  const account = '4d5ec1a1b2c3d4e5f60718293a4b5c6d';
  const staff = print5('staff-ca');
  return planOf({
    scopes: [
      { kind: 'zone', name: 'example.com', id: '023e105f4ecef8ad9ca31a8372d0c353' },
      { kind: 'zone', name: 'example.net', id: '123e105f4ecef8ad9ca31a8372d0c353' },
      { kind: 'account', name: account, id: account },
    ],
    inputs: {
      ...planOf().inputs,
      targets: ['example.com/**', `${account}/**`],
      allow: ['protection-removed=example.com'],
    },
    changes: [
      change('example.com/zone_certificate/edge-2026', null, { fingerprint: print('edge-2026'), presented: true }),
      change(
        `example.com/zone_certificate/${print('edge-2025').slice(0, 19)}`,
        { fingerprint: print('edge-2025'), presented: true },
        null,
      ),
      change('example.com/zone_enablement', { enabled: true }, { enabled: false }),
      change('example.com/hostname_association/gone.example.com', link('app-2025'), null, 'the file says none'),
      change(
        `${account}/access_certificate/Staff devices`,
        {
          fingerprint: staff,
          name: 'Staff devices',
          associated_hostnames: ['admin.example.com', 'old.example.com', 'wiki.example.com'],
        },
        {
          fingerprint: staff,
          name: 'Staff devices',
          associated_hostnames: ['admin.example.com', 'git.example.com', 'wiki.example.com'],
        },
      ),
      change(`${account}/access_hostname_setting/admin.example.com`, null, {
        china_network: false,
        client_certificate_forwarding: true,
      }),
    ],
    steps: [
      ...steps(
        'example.com',
        ['dissociate', 'hostname_association/gone.example.com', 'void the association of gone.example.com'],
        ['upload', 'zone_certificate/edge-2026', 'upload edge-2026', 2],
        ['await', 'zone_certificate/edge-2026', 'wait until edge-2026 is active', 2],
        ['enable', 'zone_enablement', 'turn authenticated origin pulls off', 2],
        [
          'delete',
          `zone_certificate/${print('edge-2025').slice(0, 19)}`,
          'delete edge-2025, then edge-2026 is presented',
          2,
        ],
      ),
      ...steps(
        account,
        ['associate', 'access_certificate/Staff devices', 'add git.example.com to Staff devices'],
        ['enable', 'access_hostname_setting/admin.example.com', 'set admin.example.com'],
        ['dissociate', 'access_certificate/Staff devices', 'take old.example.com from Staff devices'],
      ),
    ],
    presented: [
      presented('example.com', null, print('edge-2025'), 'shared', true),
      presented('example.com', 'gone.example.com', print('app-2025'), 'none', true),
      presented('example.com', 'kept.example.com', print('app-2025'), print('app-2025')),
      presented('example.com', 'new.example.com', 'unknown', print('edge-2026')),
    ],
    unmanaged: [
      {
        address: `example.com/hostname_certificate/${print('x').slice(0, 19)}`,
        scope: 'example.com',
        kind: 'hostname_certificate',
      },
    ],
    warnings: [
      {
        scope: 'example.com',
        address: 'example.com/zone_certificate/edge-2026',
        message: 'expires in 30 days, on 2026-12-21',
      },
      { scope: null, address: null, message: 'The label spare is not used' },
    ],
    refusals: [
      {
        name: 'shared-certificate-fallback',
        scope: 'example.com',
        message:
          "the zone would go from edge-2025 to Cloudflare's shared certificate. Name a certificate, or switch authenticated origin pulls off",
        allowed: false,
      },
      {
        name: 'protection-removed',
        scope: 'example.com',
        message: 'gone.example.com would go from app-2025 to none',
        allowed: true,
      },
      {
        name: 'impossible',
        scope: account,
        message: '101 hostnames on Staff devices, but 100 fit. Split them over two certificates',
        allowed: false,
      },
    ],
    coverage: [
      {
        scope: 'example.com',
        asked: ['gone.example.com', 'kept.example.com'],
        message: 'associations cannot be listed; only hostnames that the files name were asked',
      },
    ],
    targeting: {
      added: ['example.com/zone_certificate/edge-2026'],
      left_out: [{ address: 'example.com/hostname_certificate/app-2025', reason: 'kept.example.com still uses it' }],
    },
    failures: [
      {
        scope: 'example.net',
        error:
          'GET /zones/123e/origin_tls_client_auth: HTTP 403, 10000 Authentication error, cf-ray 8f. The token needs SSL and Certificates Read',
      },
    ],
    requests: { read: 12, apply: 8 },
    certificates: {
      ...certificates({ 'edge-2026': '2026-12-21', 'edge-2025': '2026-11-01', 'app-2025': '2026-11-21' }),
      [staff]: { label: 'staff-ca', subject: 'CN=Staff CA', not_after: null, key: false },
    },
  });
}

/** Names that would do harm if they were printed as they are. */
export function hostile(): Plan {
  const name =
    '\u001b[2J\u001b[31mEvil\r\nPlan: 9 to add, 9 to change, 9 to destroy.\n\u202etxt.exe | `x` <img src=x> ``` </details> \u009b';
  return planOf({
    changes: [
      change(`example.com/access_certificate/\u202e|\`x\`<b>`, null, {
        name,
        fingerprint: print5('evil'),
        associated_hostnames: [name, 'a.example.com'],
      }),
    ],
    steps: steps('example.com', ['upload', 'access_certificate/x', `upload ${name}`]),
    presented: [presented('example.com', name, 'none', print('evil'))],
    warnings: [{ scope: 'example.com', address: null, message: `${name}\nError: not ours` }],
    refusals: [{ name: 'mass-deletion', scope: 'example.com', message: name, allowed: false }],
    coverage: [{ scope: 'example.com', asked: [name], message: name }],
    failures: [
      { scope: 'example.com', error: `\nNo changes. Your infrastructure matches the configuration.\n${name}` },
    ],
    unmanaged: [
      { address: `example.com/access_certificate/${name}`, scope: 'example.com', kind: 'access_certificate' },
    ],
    certificates: {
      [print5('evil')]: { label: null, subject: `CN=${name}`, not_after: '2027-01-01T00:00:00Z', key: false },
      [print('evil')]: { label: null, subject: `CN=${name}`, not_after: null, key: false },
    },
  });
}
