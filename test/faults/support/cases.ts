import type { DesiredState } from '../../support/world.ts';

/** A journey to break: the states that lead to where it begins, and the one that is applied under faults. */
export interface Case {
  readonly name: string;
  readonly begin: readonly DesiredState[];
  readonly want: DesiredState;
}

export const ACCOUNT = '4d5e6f708192a3b4c5d6e7f8091a2b3c';

export const firstSetUp: Case = {
  name: 'first set-up',
  begin: [
    {
      zones: { 'example.com': { authenticated_origin_pulls: { hostnames: {} } } },
      accounts: { [ACCOUNT]: { access: { certificates: {} } } },
    },
  ],
  want: {
    zones: {
      'example.com': {
        tls_client_auth: 'on',
        authenticated_origin_pulls: {
          enabled: true,
          certificate: 'edge-2026',
          hostnames: {
            'app.example.com': { certificate: 'app-2026', enabled: true },
            'old.example.com': { certificate: 'app-2026', enabled: false },
          },
        },
      },
    },
    accounts: {
      [ACCOUNT]: {
        access: {
          certificates: { Staff: { certificate: 'ca-staff', associated_hostnames: ['admin.example.com'] } },
          hostname_settings: { 'admin.example.com': { china_network: false, client_certificate_forwarding: true } },
        },
      },
    },
  },
};

export const hostnameRotation: Case = {
  name: 'hostname rotation',
  begin: [linked('app-2026')],
  want: linked('app-2027'),
};

export const zoneRotation: Case = {
  name: 'zone rotation',
  begin: [zone({ enabled: true, certificate: 'edge-2025' }, { tls_client_auth: 'off' })],
  want: zone({ enabled: true, certificate: 'edge-2026' }, { tls_client_auth: 'off' }),
};

export const accessRotation: Case = {
  name: 'Access rotation',
  begin: [access({ Staff: 'ca-old' })],
  want: access({ 'Staff 2027': 'ca-new' }),
};

export const everythingOff: Case = {
  name: 'everything off',
  begin: [firstSetUp.want],
  want: {
    zones: {
      'example.com': {
        tls_client_auth: 'off',
        authenticated_origin_pulls: { enabled: false, certificate: 'none', hostnames: {} },
      },
    },
    accounts: { [ACCOUNT]: { access: { certificates: {}, hostname_settings: {} } } },
  },
};

/** Nine of ten places are taken, and two certificates in use are replaced: one at a time. */
export const waves: Case = {
  name: 'waves',
  begin: [twoOfNine('old')],
  want: twoOfNine('new'),
};

/** Rotations of the same things to others, by somebody who wants something else. */
export const OTHERS: ReadonlyMap<Case, DesiredState> = new Map([
  [hostnameRotation, linked('app-2028')],
  [zoneRotation, zone({ enabled: true, certificate: 'edge-2027' }, { tls_client_auth: 'off' })],
  [accessRotation, access({ 'Staff 2028': 'ca-newer' })],
]);

function zone(authenticated_origin_pulls: object, more: object = {}): DesiredState {
  return { zones: { 'example.com': { authenticated_origin_pulls, ...more } } };
}

function linked(certificate: string): DesiredState {
  return zone({ hostnames: { 'app.example.com': { certificate }, 'www.example.com': { certificate } } });
}

function access(labels: Record<string, string>): DesiredState {
  const certificates = Object.entries(labels).map(([name, certificate]) => [
    name,
    { certificate, associated_hostnames: ['admin.example.com', 'wiki.example.com'] },
  ]);
  return {
    accounts: { [ACCOUNT]: { access: { certificates: Object.fromEntries(certificates), hostname_settings: {} } } },
  };
}

function twoOfNine(prefix: string): DesiredState {
  return zone({
    hostnames: {
      'h1.example.com': { certificate: `${prefix}-1` },
      'h2.example.com': { certificate: `${prefix}-2` },
    },
    hostname_certificates: Array.from({ length: 7 }, (_, place) => `staged-${place + 1}`),
  });
}
