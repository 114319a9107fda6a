import { describe, expect } from 'vitest';
import { journey } from '../support/journey.ts';

const ACCOUNT = '4d5e6f708192a3b4c5d6e7f8091a2b3c';
const account = (access: object, policy?: object) => ({
  accounts: { [ACCOUNT]: { access, ...(policy ? { policy } : {}) } },
});
const methods = (writes: readonly string[]) => writes.map((it) => it.split(' ')[0]);
const staff = (certificate: string, ...associated_hostnames: string[]) => ({ certificate, associated_hostnames });

describe('Access mTLS', () => {
  journey('rotation of an Access CA with hostnames', [
    {
      name: 'old',
      want: account({ certificates: { Staff: staff('ca-old', 'admin.example.com', 'wiki.example.com') } }),
    },
    {
      name: 'the CA under one key in one step: refused',
      want: account({ certificates: { Staff: staff('ca-new', 'admin.example.com', 'wiki.example.com') } }),
      exits: 1,
    },
    {
      name: 'both, side by side',
      want: account({
        certificates: {
          Staff: staff('ca-old', 'admin.example.com', 'wiki.example.com'),
          'Staff 2027': staff('ca-new', 'admin.example.com', 'wiki.example.com'),
        },
      }),
      writes: (writes) => expect(methods(writes)).toEqual(['POST', 'PUT']),
    },
    {
      name: 'the old one goes: cleared, then deleted',
      want: account({ certificates: { 'Staff 2027': staff('ca-new', 'admin.example.com', 'wiki.example.com') } }),
      writes: (writes) => expect(methods(writes)).toEqual(['PUT', 'DELETE']),
    },
    {
      name: 'another name is an update',
      want: account({ certificates: { Staff: staff('ca-new', 'admin.example.com', 'wiki.example.com') } }),
      writes: (writes) => expect(methods(writes)).toEqual(['PUT']),
    },
    {
      name: 'one hostname comes and one goes',
      want: account({ certificates: { Staff: staff('ca-new', 'admin.example.com', 'git.example.com') } }),
      options: ['--allow', 'access-hostname-uncovered'],
      writes: (writes) => expect(methods(writes)).toEqual(['PUT', 'PUT']),
    },
    {
      name: 'all of them: said outright',
      want: account({ certificates: {} }),
      options: ['--allow', 'mass-deletion', '--allow', 'access-hostname-uncovered'],
    },
  ]);

  journey('hostnames move from one Access CA to another in one step', [
    {
      name: 'old',
      want: account({ certificates: { Old: staff('ca-old', 'admin.example.com'), New: staff('ca-new') } }),
    },
    {
      name: 'moved: gained first, released after',
      want: account({ certificates: { Old: staff('ca-old'), New: staff('ca-new', 'admin.example.com') } }),
      writes: (writes) => expect(methods(writes)).toEqual(['PUT', 'PUT']),
    },
  ]);

  journey('Access hostname settings', [
    {
      name: 'two rows, one PUT',
      want: account({
        hostname_settings: {
          'admin.example.com': { client_certificate_forwarding: true },
          'cn.example.com': { china_network: true, client_certificate_forwarding: true },
        },
      }),
      writes: (writes) => expect(methods(writes)).toEqual(['PUT']),
    },
    {
      name: 'a flag that is left out stays',
      want: account({
        hostname_settings: {
          'admin.example.com': { client_certificate_forwarding: true },
          'cn.example.com': { china_network: false },
        },
      }),
    },
    {
      name: 'both flags off are the same as no row',
      want: account({
        hostname_settings: {
          'admin.example.com': { china_network: false, client_certificate_forwarding: false },
          'cn.example.com': { client_certificate_forwarding: true },
        },
      }),
    },
    { name: 'none at all', want: account({ hostname_settings: {} }) },
  ]);

  journey(
    'Access hostname settings where a PUT replaces the list',
    [
      {
        name: 'one',
        want: account({ hostname_settings: { 'a.example.com': { client_certificate_forwarding: true } } }),
      },
      {
        name: 'another, without pruning',
        want: account(
          { hostname_settings: { 'b.example.com': { client_certificate_forwarding: true } } },
          { prune: false },
        ),
      },
      {
        name: 'both are there',
        want: account({
          hostname_settings: {
            'a.example.com': { client_certificate_forwarding: true },
            'b.example.com': { client_certificate_forwarding: true },
          },
        }),
        writes: (it) => expect(it).toEqual([]),
      },
    ],
    { features: { settingsMode: 'replace' } },
  );

  journey('an account and a zone scope for Access', [
    {
      name: 'both',
      want: {
        ...account({
          certificates: { Staff: staff('ca-old', 'admin.example.net') },
          hostname_settings: { 'admin.example.net': { client_certificate_forwarding: true } },
        }),
        zones: {
          'example.com': {
            access: {
              certificates: { Zone: staff('ca-zone', 'admin.example.com') },
              hostname_settings: { 'admin.example.com': { client_certificate_forwarding: true } },
            },
          },
        },
      },
    },
    {
      name: 'the zone lets go',
      want: {
        ...account({
          certificates: { Staff: staff('ca-old', 'admin.example.net') },
          hostname_settings: { 'admin.example.net': { client_certificate_forwarding: true } },
        }),
        zones: {
          'example.com': {
            access: { certificates: {}, hostname_settings: {} },
            policy: { allow: ['mass-deletion', 'access-hostname-uncovered'] },
          },
        },
      },
    },
  ]);
});
