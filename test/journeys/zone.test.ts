import { describe, expect } from 'vitest';
import { journey } from '../support/journey.ts';

const zone = (authenticated_origin_pulls: object, more: object = {}) => ({
  zones: { 'example.com': { authenticated_origin_pulls, ...more } },
});
const app = (certificate: string, enabled = true) => ({ 'app.example.com': { certificate, enabled } });

describe('zone-level origin pulls', () => {
  journey('first set-up of everything', [
    {
      name: 'everything at once',
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
                'gone.example.com': 'none',
              },
              hostname_certificates: ['app-2027'],
            },
          },
        },
        accounts: {
          '4d5e6f708192a3b4c5d6e7f8091a2b3c': {
            access: {
              certificates: {
                'Staff devices': { certificate: 'ca-staff', associated_hostnames: ['admin.example.com'] },
              },
              hostname_settings: { 'admin.example.com': { china_network: false, client_certificate_forwarding: true } },
            },
          },
        },
      },
    },
  ]);

  journey('rotation of a zone certificate', [
    { name: 'with the old one', want: zone({ enabled: true, certificate: 'edge-2025' }) },
    {
      name: 'with the new one',
      want: zone({ enabled: true, certificate: 'edge-2026' }),
      writes: (writes) => expect(writes.map((it) => it.split(' ')[0])).toEqual(['POST', 'DELETE']),
    },
  ]);

  journey('rollback to an older zone certificate that was kept', [
    { name: 'old', want: zone({ enabled: true, certificate: 'edge-2025' }) },
    {
      name: 'new, the old one kept',
      want: zone({ enabled: true, certificate: 'edge-2026', keep: ['edge-2025'] }),
      writes: (writes) => expect(writes).toHaveLength(1),
    },
    {
      name: 'back to the old one: nothing is uploaded',
      want: zone({ enabled: true, certificate: 'edge-2025' }),
      writes: (writes) => expect(writes.map((it) => it.split(' ')[0])).toEqual(['DELETE']),
    },
  ]);

  journey('rollback while a hostname falls back to the zone', [
    { name: 'old', want: zone({ enabled: true, certificate: 'edge-2025', hostnames: app('app-2026') }) },
    {
      name: 'new, the old one kept',
      want: zone({ enabled: true, certificate: 'edge-2026', keep: ['edge-2025'], hostnames: app('app-2026') }),
    },
    {
      name: 'back, and the hostname too',
      want: zone({ enabled: true, certificate: 'edge-2025', hostnames: { 'app.example.com': 'none' } }),
      options: ['--allow', 'mass-deletion'],
    },
  ]);

  journey('rotation while a hostname gets a link of its own', [
    { name: 'zone only', want: zone({ enabled: true, certificate: 'edge-2025', hostnames: {} }) },
    { name: 'both', want: zone({ enabled: true, certificate: 'edge-2026', hostnames: app('app-2026') }) },
  ]);

  journey('turning everything off', [
    {
      name: 'on',
      want: zone({ enabled: true, certificate: 'edge-2026', hostnames: app('app-2026') }, { tls_client_auth: 'on' }),
    },
    {
      name: 'off without a word of permission',
      want: zone({ enabled: false, certificate: 'none', hostnames: {} }, { tls_client_auth: 'off' }),
      exits: 1,
    },
    {
      name: 'off',
      want: zone(
        { enabled: false, certificate: 'none', hostnames: {} },
        { tls_client_auth: 'off', policy: { allow: ['mass-deletion', 'protection-removed'] } },
      ),
    },
  ]);

  journey('prune off and on', [
    {
      name: 'two hostnames',
      want: zone({
        certificate: 'edge-2025',
        hostnames: { ...app('app-2026'), 'www.example.com': { certificate: 'www-2026' } },
      }),
    },
    {
      name: 'prune off: what is left out stays',
      want: zone({ certificate: 'edge-2026', hostnames: app('app-2026') }, { policy: { prune: false } }),
      writes: (writes) => expect(writes).toHaveLength(1),
    },
    {
      name: 'prune on: it goes',
      want: zone(
        { certificate: 'edge-2026', hostnames: app('app-2026') },
        { policy: { allow: ['protection-removed'] } },
      ),
    },
  ]);

  journey('two zones sharing one label', [
    {
      name: 'both',
      want: {
        zones: {
          'example.com': { authenticated_origin_pulls: { enabled: true, certificate: 'edge-2026' } },
          'example.net': { authenticated_origin_pulls: { enabled: true, certificate: 'edge-2026' } },
        },
      },
    },
  ]);

  journey('adoption of what is already live', [
    {
      name: 'made',
      want: zone({ enabled: true, certificate: 'edge-2026', hostnames: app('app-2026') }, { tls_client_auth: 'off' }),
    },
    {
      name: 'the same under other labels',
      want: {
        ...zone({ enabled: true, certificate: 'edge', hostnames: app('application') }, { tls_client_auth: 'off' }),
        certificates: {
          edge: { certificate: { file: 'certs/edge-2026.pem' } },
          application: { certificate: { file: 'certs/app-2026.pem' } },
        },
      },
      writes: (writes) => expect(writes).toEqual([]),
    },
  ]);
});
