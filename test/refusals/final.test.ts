import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REFUSALS } from '../../src/model/names.ts';
import { testCertificate } from '../support/certificates.ts';
import { expectGolden } from '../support/golden.ts';
import { type DesiredState, openWorld, type World, type WorldOptions } from '../support/world.ts';
import { A, errorsIn, ONE } from './support.ts';

const ALLOW_ALL = REFUSALS.flatMap((name) => ['--allow', name]);
const zone = (authenticated_origin_pulls: object, more: object = {}): DesiredState => ({
  zones: { [ONE]: { authenticated_origin_pulls, ...more } },
});
const many = (count: number, prefix: string) => Array.from({ length: count }, (_, place) => `${prefix}${place + 1}`);
const linked = (labels: readonly string[]) =>
  Object.fromEntries(labels.map((certificate, place) => [`h${place + 1}.${ONE}`, { certificate }]));
/** Applies states one after the other, before the test looks. */
const after =
  (...states: readonly DesiredState[]) =>
  async (world: World): Promise<void> => {
    for (const state of states) {
      await world.want(state);
      expect((await world.run('apply', '--auto-approve')).code).toBe(0);
    }
  };
const EDGE_2026 = (await testCertificate('edge-2026', { ca: false })).sha256;
const crowd = (prefix: string, count: number, certificate: string) =>
  Object.fromEntries(many(count, prefix).map((name) => [`${name}.${ONE}`, { certificate }]));

interface Dead {
  readonly name: string;
  readonly had?: DesiredState;
  readonly want: DesiredState;
  readonly before?: (world: World) => Promise<void>;
  readonly world?: WorldOptions;
  /** What plan can't see, because it reads no key. */
  readonly onlyApply?: true;
}

const DEAD_ENDS: readonly Dead[] = [
  {
    name: 'no room for ten others',
    had: zone({ hostnames: linked(many(10, 'old-')) }),
    want: zone({ hostnames: linked(many(10, 'new-')) }),
  },
  {
    name: 'no room on two full certificates that swap a hostname',
    had: zone({ hostnames: { ...crowd('a', 100, 'one'), ...crowd('b', 100, 'two') } }),
    want: zone({
      hostnames: {
        ...crowd('a', 100, 'one'),
        ...crowd('b', 100, 'two'),
        [`a1.${ONE}`]: { certificate: 'two' },
        [`b1.${ONE}`]: { certificate: 'one' },
      },
    }),
  },
  {
    name: 'upload without a key',
    want: {
      ...zone({ enabled: true, certificate: 'edge' }),
      certificates: { edge: { certificate: { file: 'certs/edge.pem' } } },
    },
    before: (world) => world.certify('edge'),
  },
  {
    name: 'fingerprint that is not live',
    want: {
      ...zone({ enabled: true, certificate: 'legacy' }),
      certificates: { legacy: { fingerprint: `SHA256:${'0f'.repeat(32)}` } },
    },
  },
  {
    name: 'kept fingerprint that is not live',
    before: after(zone({ enabled: true, certificate: 'edge-2025' })),
    had: zone({ enabled: true, certificate: 'edge-2026', keep: ['edge-2025'] }),
    want: {
      ...zone({ enabled: true, certificate: 'edge-2026', keep: ['old'] }),
      certificates: { old: { fingerprint: `SHA256:${'0f'.repeat(32)}` } },
    },
  },
  {
    // It would be deleted, as newer ones are, and then the file would ask for what is gone and can't come back.
    name: 'kept fingerprint in front of the wanted one',
    before: after(zone({ enabled: true, certificate: 'edge-2025' })),
    had: zone({ enabled: true, certificate: 'edge-2026', keep: ['edge-2025'] }),
    want: {
      ...zone({ enabled: true, certificate: 'edge-2025', keep: ['new'] }),
      certificates: { new: { fingerprint: EDGE_2026 } },
    },
  },
  {
    name: 'MD5 that is not live',
    want: {
      accounts: { [A]: { access: { certificates: { Staff: { certificate: 'legacy', associated_hostnames: [] } } } } },
      certificates: { legacy: { fingerprint: `MD5:${'0f'.repeat(16)}` } },
    },
  },
  {
    name: 'SHA256 label for Access',
    want: {
      accounts: { [A]: { access: { certificates: { Staff: { certificate: 'legacy', associated_hostnames: [] } } } } },
      certificates: { legacy: { fingerprint: `SHA256:${'0f'.repeat(32)}` } },
    },
  },
  {
    name: 'leaf for Access',
    want: {
      accounts: { [A]: { access: { certificates: { Staff: { certificate: 'leaf', associated_hostnames: [] } } } } },
    },
  },
  { name: 'CA for origin pulls', want: zone({ enabled: true, certificate: 'ca-edge' }) },
  { name: 'eleven hostname certificates', want: zone({ hostname_certificates: many(11, 'app-') }) },
  {
    name: 'one CA under two names',
    want: {
      accounts: {
        [A]: {
          access: {
            certificates: {
              Staff: { certificate: 'ca-staff', associated_hostnames: ['a.example.com'] },
              Devices: { certificate: 'ca-staff', associated_hostnames: ['b.example.com'] },
            },
          },
        },
      },
    },
  },
  {
    name: 'switch that can not be changed',
    want: { zones: { [ONE]: { tls_client_auth: 'on' } } },
    world: { features: { tlsClientAuthEditable: false } },
  },
  {
    name: 'settings managed in an account and in its zone',
    had: { accounts: { [A]: { access: { hostname_settings: {} } } } },
    want: {
      zones: { [ONE]: { access: { hostname_settings: { 'a.example.com': { china_network: true } } } } },
      accounts: { [A]: { access: { hostname_settings: { 'a.example.com': { china_network: false } } } } },
    },
  },
  {
    name: 'settings of a zone that its account would prune',
    had: { accounts: { [A]: { access: { hostname_settings: {} } } } },
    want: {
      zones: { [ONE]: { access: { hostname_settings: { 'a.example.com': { china_network: true } } } } },
      accounts: { [A]: { access: { hostname_settings: { 'b.example.com': { china_network: true } } } } },
    },
  },
  {
    name: 'key that does not fit',
    want: zone({ enabled: true, certificate: 'edge' }),
    before: async (world) => {
      await world.certify('edge');
      writeFileSync(join(world.folder, 'certs', 'edge.key'), (await testCertificate('another')).privateKey);
    },
    onlyApply: true,
  },
];

describe('refusals that nothing lifts', () => {
  for (const { name, had, want, before, world: options, onlyApply } of DEAD_ENDS)
    it(name, async () => {
      const world = await openWorld(options);
      try {
        await before?.(world);
        if (had !== undefined) {
          await world.want(had);
          const first = await world.run('apply', '--auto-approve');
          expect(first.code, first.stdout + first.stderr).toBe(0);
        }
        const done = world.simulator.writes.length;
        await world.want(want);
        const planned = await world.run('plan', ...ALLOW_ALL);
        expect(planned.code, planned.stdout).toBe(onlyApply ? 0 : 1);
        const ran = await world.run('apply', '--auto-approve', ...ALLOW_ALL);
        expect(ran.code).toBe(1);
        expect(world.simulator.writes.length, 'a refused plan writes nothing').toBe(done);
        const text = errorsIn(onlyApply ? ran : planned);
        expect(text).not.toContain('To allow it all the same');
        expectGolden(`refusals/not-liftable/${name.replaceAll(' ', '-')}.txt`, world.masked(text));
      } finally {
        await world.close();
      }
    });

  it('takes a kept fingerprint that is live, and a kept certificate that is not: what is only kept is never uploaded', async () => {
    const world = await openWorld();
    await after(zone({ enabled: true, certificate: 'edge-2026' }))(world);
    await world.want({
      ...zone({ enabled: true, certificate: 'edge-2027', keep: ['live', 'edge-2025'] }),
      certificates: { live: { fingerprint: EDGE_2026 } },
    });
    const { code, stdout } = await world.run('plan');
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('Plan: 1 to add, 0 to change, 0 to destroy.');
    await world.close();
  });

  it('knows settings that are managed twice whichever of the two is chosen', async () => {
    const world = await openWorld();
    await world.want({ accounts: { [A]: { access: { hostname_settings: {} } } } });
    await world.run('plan');
    const row = { hostname_settings: { 'a.example.com': { china_network: true } } };
    await world.want({ zones: { [ONE]: { access: row } }, accounts: { [A]: { access: row } } });
    expect((await world.run('plan', '--zone', ONE)).code).toBe(1);
    await world.close();
  });
});
