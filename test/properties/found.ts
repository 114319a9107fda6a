import type { Case } from './cases.ts';

const zoneLive = {
  enabled: false,
  tlsClientAuth: false,
  zoneCertificates: [],
  hostnameCertificates: [],
  links: [],
  access: [],
};

/** Cases that the search found once, made as small as it could make them. */
export const FOUND: readonly (readonly [what: string, Case])[] = [
  [
    'a link that goes while the zone’s own certificate is switched off, and no room before the links that come',
    {
      live: {
        zones: [{ ...zoneLive, hostnameCertificates: [{ label: 'leaf-7', status: 'active' }] }, zoneLive],
        accounts: [{ access: [], settings: [] }],
      },
      wants: [
        {
          zones: {
            'example.com': {
              tls_client_auth: 'on',
              authenticated_origin_pulls: {
                hostname_certificates: ['leaf-3', 'leaf-8', 'leaf-10'],
                hostnames: { 'h0.example.com': { certificate: 'leaf-0' }, 'h4.example.com': { certificate: 'leaf-4' } },
              },
              policy: { prune: false },
            },
          },
          accounts: {},
        },
        {
          zones: {
            'example.com': {
              tls_client_auth: 'off',
              authenticated_origin_pulls: {
                certificate: 'leaf-8',
                hostname_certificates: ['leaf-6'],
                hostnames: {
                  'h0.example.com': { certificate: 'leaf-11' },
                  'h3.example.com': { certificate: 'leaf-12' },
                  'h2.example.com': { certificate: 'leaf-1' },
                  'h1.example.com': { certificate: 'leaf-2' },
                },
              },
            },
          },
          accounts: {},
        },
      ],
      world: { settingsMode: 'merge', associationList: 'on', voidedReads: 'missing', listLag: 5000, busy: 0 },
    },
  ],
];
