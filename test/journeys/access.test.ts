import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { journey } from '../support/journey.ts';
import { openWorld } from '../support/world.ts';

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

  it('says why something goes: named outright, or left out', async () => {
    const world = await openWorld();
    const on = { client_certificate_forwarding: true };
    const hostname_settings = { 'a.example.com': on, 'b.example.com': on, 'c.example.com': on, 'd.example.com': on };
    const certificates = { Old: staff('ca-old'), New: staff('ca-new'), Keep: staff('ca-keep') };
    try {
      await world.want(account({ certificates, hostname_settings }));
      await world.run('apply', '--auto-approve');
      const { 'd.example.com': d } = hostname_settings;
      const off = { 'a.example.com': 'none', 'b.example.com': { client_certificate_forwarding: false } };
      await world.want(
        account({
          certificates: { New: 'none', Keep: staff('ca-keep') },
          hostname_settings: { ...off, 'd.example.com': d },
        }),
      );
      const { changes } = JSON.parse((await world.run('plan', '--format', 'json')).stdout) as Plan;
      const reasons = changes.map(({ address, reasons }) => [address.split('/').slice(1).join(' '), reasons]);
      expect(Object.fromEntries(reasons.map(([address, its]) => [world.masked(`${address}`), its]))).toEqual({
        'access_certificate <ca-old>': ['not in the file'],
        'access_certificate <ca-new>': ['the file says none'],
        'access_hostname_setting a.example.com': ['the file says none'],
        'access_hostname_setting b.example.com': ['the file turns it off'],
        'access_hostname_setting c.example.com': ['not in the file'],
      });
    } finally {
      await world.close();
    }
  });
});
