import { beforeAll, expect, it } from 'vitest';
import { REFUSALS } from '../../src/model/names.ts';
import type { Want } from './cases.ts';
import { ACCOUNTS, type AccountSpec, stateOf, type ZoneSpec } from './live.ts';
import { makePool, type Pool } from './pool.ts';
import { openSmallWorld, type SmallWorld } from './small-world.ts';

// What the random cases have found, each as small as it can be.

const ALLOW_ALL = REFUSALS.flatMap((name) => ['--allow', name]);
const ZONE: ZoneSpec = {
  enabled: false,
  tlsClientAuth: false,
  zoneCertificates: [],
  hostnameCertificates: [],
  links: [],
  access: [],
};
const active = (...labels: readonly string[]) => labels.map((label) => ({ label, status: 'active' as const }));
const zone = (want: object): Want => ({ zones: { 'example.com': want } });
const pulls = (authenticated_origin_pulls: object, more: object = {}): Want =>
  zone({ authenticated_origin_pulls, ...more });

let pool: Pool;
beforeAll(async () => {
  pool = await makePool();
});

it('never shows the shared certificate on the way from a switched-off link to none', async () => {
  const world = open({
    tlsClientAuth: true,
    hostnameCertificates: active('leaf-0'),
    links: [{ hostname: 'h0.example.com', on: 0, enabled: false, status: 'active' }],
  });
  await applies(world, pulls({ hostnames: {} }, { tls_client_auth: 'off' }));
});

it('nor where the links that replace it need room first', async () => {
  const world = open({
    tlsClientAuth: true,
    hostnameCertificates: active('leaf-0', 'leaf-1', 'leaf-2', 'leaf-3', 'leaf-4', 'leaf-5', 'leaf-6', 'leaf-7'),
    links: [{ hostname: 'h6.example.com', on: 0, enabled: false, status: 'active' }],
  });
  const hostnames = Object.fromEntries(
    [8, 9, 10].map((place) => [`h${place - 8}.example.com`, { certificate: `leaf-${place}` }]),
  );
  await applies(world, pulls({ hostnames }, { tls_client_auth: 'off' }));
});

it('nor where the certificate of the zone is there and switched off', async () => {
  const world = open({
    tlsClientAuth: true,
    hostnameCertificates: active('leaf-0', 'leaf-1', 'leaf-2', 'leaf-3', 'leaf-4', 'leaf-5'),
    links: [{ hostname: 'h6.example.com', on: 0, enabled: true, status: 'active' }],
  });
  const hostnames = Object.fromEntries(
    [6, 7, 9, 10, 11].map((place) => [`h${place - 6}.example.com`, { certificate: `leaf-${place}` }]),
  );
  await applies(world, pulls({ certificate: 'leaf-8', hostnames }, { tls_client_auth: 'off' }));
});

it('turns a zone on only after the links that are to stand before it, even where those need room first', async () => {
  const world = open({ hostnameCertificates: active(...[1, 2, 3, 4, 5, 6, 7].map((place) => `leaf-${place}`)) });
  await applies(
    world,
    pulls({
      enabled: true,
      hostname_certificates: ['leaf-8', 'leaf-9', 'leaf-0'],
      hostnames: { 'h0.example.com': { certificate: 'leaf-10' } },
    }),
  );
});

it('waits until a switched-off link has reached the edge before the zone is switched off', async () => {
  const world = open({ enabled: true, zoneCertificates: active('leaf-0') });
  const hostnames = { 'h0.example.com': { certificate: 'leaf-0', enabled: false } };
  await applies(world, pulls({ enabled: false, certificate: 'leaf-1', hostnames }, { tls_client_auth: 'on' }));
});

it('finds an order for two Access certificates that only lose hostnames', async () => {
  const hostnames = ['x.example.com'];
  const world = open({
    access: [
      { label: 'ca-2', name: 'Staff', hostnames },
      { label: 'ca-4', name: 'Staff', hostnames },
    ],
  });
  const certificates = {
    Staff: { certificate: 'ca-2', associated_hostnames: [] },
    Devices: { certificate: 'ca-4', associated_hostnames: [] },
  };
  await applies(world, zone({ access: { certificates } }));
});

it('takes a certificate back that was deleted a moment ago, and sees it live before it is done', async () => {
  const world = open({ hostnameCertificates: active('leaf-6') });
  await applies(world, pulls({ hostname_certificates: [] }));
  await applies(world, pulls({ hostname_certificates: ['leaf-6'] }));
});

it('is done only when the lists show what was uploaded', async () => {
  const world = open({}, 20_000);
  await applies(world, pulls({ hostnames: { 'h0.example.com': { certificate: 'leaf-0' } } }));
});

it('pairs entries that share a CA by key, whatever the order of the file', async () => {
  const live = [
    { label: 'ca-0', name: 'Staff', hostnames: [] },
    { label: 'ca-4', name: 'Partners', hostnames: [] },
  ];
  const entries: readonly (readonly [string, object])[] = [
    ['Staff', { certificate: 'ca-4' }],
    ['Devices', { certificate: 'ca-4' }],
  ];
  const digests = [];
  for (const order of [entries, [...entries].reverse()]) {
    const world = open({}, 0, { access: live, settings: [] });
    const accounts = { [ACCOUNTS[0]]: { access: { certificates: Object.fromEntries(order) } } };
    const { stdout } = await world.run({ accounts }, 'plan', '--format', 'json');
    digests.push((JSON.parse(stdout) as { digest: string }).digest);
  }
  expect(digests[0]).toBe(digests[1]);
});

it('does not send a row back to the account that the zone has just removed', async () => {
  const row = (hostname: string) => ({ hostname, china: false, forward: true });
  const world = open({}, 0, { access: [], settings: [row('y.example.net'), row('x.example.com')] });
  await applies(world, {
    zones: { 'example.com': { access: { hostname_settings: {} } } },
    accounts: {
      [ACCOUNTS[0]]: { access: { hostname_settings: { 'y.example.net': 'none' } }, policy: { prune: false } },
    },
  });
});

it('refuses hostname settings that a zone and its account would take from each other', async () => {
  const world = open({});
  const row = { 'x.example.com': { china_network: true } };
  const ran = await world.run(
    {
      zones: { 'example.com': { access: { hostname_settings: {} } } },
      accounts: { [ACCOUNTS[0]]: { access: { hostname_settings: row } } },
    },
    'apply',
    '--auto-approve',
    ...ALLOW_ALL,
  );
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain('the API has one list for both');
  expect(world.simulator.writes).toEqual([]);
});

function open(spec: Partial<ZoneSpec>, listLag = 0, account: AccountSpec = { access: [], settings: [] }): SmallWorld {
  const live = { zones: [{ ...ZONE, ...spec }], accounts: [account] };
  return openSmallWorld(pool, (now) => ({ state: stateOf(live, pool, now), delays: { listLag } }));
}

async function applies(world: SmallWorld, want: Want): Promise<void> {
  world.simulator.mark();
  const ran = await world.run(want, 'apply', '--auto-approve', ...ALLOW_ALL);
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  expect(world.simulator.breaches()).toEqual([]);
  const second = await world.run(want, 'plan');
  expect(second.stdout).toContain('No changes. Your infrastructure matches the configuration.');
}
