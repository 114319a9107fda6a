import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Overview } from '../../src/model/overview.ts';
import { expectGolden } from '../support/golden.ts';
import { ACCOUNT, type LinkGiven, leaf, liveState, type ZoneGiven } from '../support/live-state.ts';
import { openWorld, type World, type WorldOptions } from '../support/world.ts';

const LINKS = (zone: string): LinkGiven[] => [
  { hostname: `on.${zone}`, label: 'app', enabled: true },
  { hostname: `off.${zone}`, label: 'app', enabled: false },
  { hostname: `void.${zone}`, label: 'app', enabled: null, status: 'deleted' },
  { hostname: `leaving.${zone}`, label: 'app', enabled: true, status: 'pending_deletion' },
  { hostname: `new.${zone}`, label: 'app', enabled: true, status: 'pending_deployment' },
];
const zone = (name: string, more: Partial<ZoneGiven>): ZoneGiven => ({
  name,
  hostnameCertificates: [{ label: 'app' }],
  links: LINKS(name),
  ...more,
});

/** Every case of the rules of precedence; what must come out of each stands in the golden file, checked by hand. */
const ZONES: readonly ZoneGiven[] = [
  zone('all-off.example', {}),
  zone('global.example', { tlsClientAuth: 'on' }),
  zone('zone.example', { enabled: true, zoneCertificates: [{ label: 'edge' }] }),
  zone('zone-before-global.example', { enabled: true, tlsClientAuth: 'on', zoneCertificates: [{ label: 'edge' }] }),
  zone('zone-switched-off.example', { tlsClientAuth: 'on', zoneCertificates: [{ label: 'edge' }] }),
  zone('zone-without-certificate.example', { enabled: true }),
  zone('newest-wins.example', {
    enabled: true,
    zoneCertificates: [{ label: 'edge-2024' }, { label: 'edge-2025' }, { label: 'edge' }],
  }),
  zone('newest-never-deployed.example', {
    enabled: true,
    zoneCertificates: [{ label: 'edge-2025' }, { label: 'edge', status: 'deployment_timed_out' }],
  }),
  zone('newest-on-its-way-out.example', {
    enabled: true,
    zoneCertificates: [{ label: 'edge-2025' }, { label: 'edge', status: 'pending_deletion' }],
  }),
];

async function within(
  options: WorldOptions,
  labels: readonly string[],
  work: (world: World, mask: Mask) => Promise<void>,
) {
  const world = await openWorld(options);
  const names = new Map<string, string>();
  for (const label of labels) {
    const { sha256, md5 } = await leaf(label);
    names.set(sha256.slice(0, 19), label).set(md5.slice(0, 16), label);
  }
  const mask: Mask = (text) =>
    // As wide as it was, so that tables stay tables.
    text.replace(/(?:sha256|md5):[0-9a-f]{12,64}/g, (it) =>
      (names.has(it.slice(0, 19)) ? `<${names.get(it.slice(0, 19))}>` : world.masked(it)).padEnd(
        Math.min(it.length, 19),
      ),
    );
  try {
    await work(world, mask);
  } finally {
    await world.close();
  }
}
type Mask = (text: string) => string;

it('what an origin sees follows hostname before zone before global, and the newest zone certificate', async () => {
  const state = await liveState(ZONES);
  await within({ state }, ['app', 'edge', 'edge-2024', 'edge-2025'], async (world, mask) => {
    const ran = await world.run('status', '--zone', '*.example');
    expectGolden('status/precedence.txt', mask(ran.stdout));
    expect(ran.code).toBe(2);
    const { stdout } = await world.run('status', '--zone', '*.example', '--format', 'json');
    const seen = (JSON.parse(stdout) as Overview).scopes.map(({ name, presented }) => [
      name,
      ...presented.map(({ hostname, presents, why }) => `${hostname?.split('.')[0] ?? '*'} ${presents} ${why}`),
    ]);
    const hosts = ['new <app> hostname', 'off none hostname_off', 'on <app> hostname'];
    expect(
      JSON.parse(
        mask(JSON.stringify(seen))
          .replaceAll(/(<[\w-]+>) */g, '$1 ')
          .replaceAll(/ +/g, ' '),
      ),
    ).toEqual([
      ['all-off.example', '* none nothing', ...hosts],
      ['global.example', '* shared cloudflare', ...hosts],
      ['newest-never-deployed.example', '* <edge-2025> zone', ...hosts],
      ['newest-on-its-way-out.example', '* <edge-2025> zone', ...hosts],
      ['newest-wins.example', '* <edge> zone', ...hosts],
      ['zone-before-global.example', '* <edge> zone', ...hosts],
      ['zone-switched-off.example', '* shared cloudflare', ...hosts],
      ['zone-without-certificate.example', '* shared cloudflare', ...hosts],
      ['zone.example', '* <edge> zone', ...hosts],
    ]);
  });
});

const BUSY: readonly ZoneGiven[] = [
  {
    name: 'example.com',
    enabled: true,
    zoneCertificates: [{ label: 'edge' }],
    hostnameCertificates: [
      { label: 'app' },
      { label: 'soon', until: '2026-06-20' },
      { label: 'over', until: '2026-05-20' },
      { label: 'spare' },
      { label: 'gave-up', status: 'deployment_timed_out' },
      { label: 'leaving', status: 'pending_deletion' },
      { label: 'gone', status: 'deleted' },
    ],
    links: [
      ...Array.from({ length: 93 }, (_, at) => ({ hostname: `h${at}.example.com`, label: 'app', enabled: true })),
      { hostname: 'soon.example.com', label: 'soon', enabled: true },
      { hostname: 'stuck.example.com', label: 'over', enabled: true, status: 'deployment_timed_out' },
    ],
  },
  {
    name: 'example.net',
    enabled: true,
    zoneCertificates: [{ label: 'edge' }],
    hostnameCertificates: Array.from({ length: 10 }, (_, at) => ({ label: `n${at}` })),
  },
];
const ACCESS = [
  {
    id: ACCOUNT,
    access: [
      { label: 'ca-staff', name: 'Staff \u001b[31mdevices', hostnames: ['admin.example.com', 'b.example.com'] },
      { label: 'ca-old', name: 'Old', hostnames: [] },
    ],
  },
];
const BUSY_LABELS = [
  'app',
  'edge',
  'spare',
  'gave-up',
  'leaving',
  'gone',
  ...Array.from({ length: 10 }, (_, at) => `n${at}`),
];
const NUMBERED = /^ {2}h[1-9]\d*\.example\.com .*\n/gm;

it('shows expiry, use, what is held elsewhere and limits, and says what is due, expired and stuck', async () => {
  const state = await liveState(BUSY, ACCESS);
  await within({ state }, BUSY_LABELS, async (world, mask) => {
    await world.certify('soon', { ca: false, notAfter: new Date('2026-06-20') });
    await world.certify('over', { ca: false, notAfter: new Date('2026-05-20') });
    for (const label of ['ca-staff', 'ca-old']) await world.certify(label, { ca: true });
    const text = await world.run('status', '--all');
    expect(text.code).toBe(2);
    expect(text.stdout).not.toContain('\u001b');
    expectGolden('status/busy.txt', mask(text.stdout.replaceAll(NUMBERED, '')));
    const markdown = await world.run('status', '--all', '--format', 'markdown');
    expectGolden('status/busy.md', mask(markdown.stdout.replaceAll(/^\| h[1-9]\d*\.example\.com .*\n/gm, '')));
    expect((await world.run('status', '--all', '--due', '10')).stdout).not.toContain('Due: ');
    const metrics = await world.run('status', '--all', '--metrics', 'status.prom');
    expect(metrics.code).toBe(2);
    expectGolden('status/busy.prom', mask(readFileSync(join(world.folder, 'status.prom'), 'utf8')));
  });
});

it('exits 0 where nothing is due, and 2 once it is', async () => {
  const state = await liveState([{ name: 'example.com', zoneCertificates: [{ label: 'soon', until: '2026-06-20' }] }]);
  await within({ state }, [], async (world) => {
    expect((await world.run('status', '--all', '--due', '18')).code).toBe(0);
    const due = await world.run('status', '--all', '--due', '19');
    expect(due.code).toBe(2);
    expect(due.stdout).toContain('Due: example.com: CN=soon, O=Example expires in 18 days, on 2026-06-20');
  });
});

it('with files it shows their scopes with their labels, their days and the hostnames that they name', async () => {
  const state = await liveState(BUSY);
  await within({ state }, BUSY_LABELS, async (world, mask) => {
    const edge = await leaf('edge');
    mkdirSync(join(world.folder, 'pem'));
    writeFileSync(join(world.folder, 'pem', 'edge.pem'), edge.certificate);
    const file = `version: 1
certificates: { the-edge: { certificate: { file: pem/edge.pem } } }
zones:
  example.net:
    authenticated_origin_pulls: { certificate: the-edge, hostnames: { www.example.net: none } }
policy: { expiry_warning_days: 9000 }
`;
    writeFileSync(join(world.folder, 'cf-mtls.yaml'), file);
    const { stdout, code } = await world.run('status');
    expectGolden('status/with-a-file.txt', mask(stdout));
    expect(code).toBe(2);
    expect((await world.run('status', '--zone', 'example.com')).stderr).toContain('matches no zone of the files');
    const all = await world.run('status', '--all');
    expect(all.stdout).toContain('the-edge');
    expect(all.stdout).toContain('example.com: what origins see');
  });
});

it('calls no certificate unused where links cannot be listed', async () => {
  const links = [{ hostname: 'app.example.com', label: 'app', enabled: true }];
  const hostnameCertificates = [{ label: 'app' }, { label: 'spare' }];
  const state = await liveState([{ name: 'example.com', hostnameCertificates, links }]);
  const { sha256 } = await leaf('app');
  const uses = ({ scopes }: Overview) => scopes[0]?.certificates.map(({ subject, use }) => [subject, use]);
  const CASES = [
    [{ 'z.example.com': 'none' }, 'unknown'],
    [{ 'app.example.com': 'none' }, 'linked'],
  ] as const;
  for (const [hostnames, use] of CASES)
    await within({ state, features: { associationList: '404' } }, ['app', 'spare'], async (world, mask) => {
      await world.want({ zones: { 'example.com': { authenticated_origin_pulls: { hostnames } } } });
      const text = await world.run('status', '--metrics', 'status.prom');
      const json = await world.run('status', '--format', 'json');
      const markdown = await world.run('status', '--format', 'markdown');
      expect(uses(JSON.parse(json.stdout))).toEqual([
        ['CN=spare, O=Example', 'unknown'],
        ['CN=app, O=Example', use],
      ]);
      expect(mask(text.stdout)).toMatch(/<spare> .* {2}unknown: links cannot be listed$/m);
      expect(mask(markdown.stdout)).toMatch(/\| *<spare> .*\| unknown: links cannot be listed \|/);
      for (const { stdout } of [text, markdown]) expect(stdout).not.toContain('unused');
      const inUse = readFileSync(join(world.folder, 'status.prom'), 'utf8').match(
        /^cf_mtls_status_certificate_in_use.*/gm,
      );
      expect(inUse).toEqual(use === 'linked' ? [expect.stringMatching(`fingerprint="${sha256}"} 1$`)] : null);
    });
});

it('says which scope could not be read, shows the others, and exits 1', async () => {
  const state = await liveState(BUSY);
  const options: WorldOptions = {
    state,
    handle: (simulator) => (request) =>
      request.url.includes(`/${'1'.padStart(32, '0')}/origin_tls_client_auth/settings`)
        ? {
            status: 403,
            headers: {},
            body: '{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"result":null}',
          }
        : simulator.handle(request),
  };
  await within(options, [], async (world) => {
    const { stdout, code } = await world.run('status', '--zone', '*');
    expect(code).toBe(1);
    expect(stdout).toContain('Error: example.com could not be read: ');
    expect(stdout).toContain('“SSL and Certificates Read”');
    expect(stdout).toContain('example.net: what origins see');
  });
});

it('without files and without a choice it says what is missing', async () => {
  await within({}, [], async (world) => {
    expect((await world.run('status')).stderr).toContain('Neither `cf-mtls.yaml` nor a folder `cf-mtls` is here.');
    expect((await world.run('status', '--all', '--zone', 'a.example')).stderr).toContain('--all stands beside');
  });
});
