import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Output } from '../../src/cli/door.ts';
import { testCertificate } from '../support/certificates.ts';
import { textsIn } from '../support/folder.ts';
import { expectGolden } from '../support/golden.ts';
import { ACCOUNT, type AccountGiven, leaf, liveState, type ZoneGiven } from '../support/live-state.ts';
import { openWorld, type World, type WorldOptions } from '../support/world.ts';

const NO_CHANGES = 'No changes. Your infrastructure matches the configuration.';

interface Given extends WorldOptions {
  readonly zones?: readonly ZoneGiven[];
  readonly accounts?: readonly AccountGiven[];
}

async function within({ zones = [], accounts = [], ...options }: Given, work: (world: World) => Promise<void>) {
  const world = await openWorld({ state: await liveState(zones, accounts), ...options });
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

async function imported(world: World, ...args: string[]): Promise<Record<string, string>> {
  const ran = await world.run('import', '--out', 'adopted', ...args);
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  return textsIn(join(world.folder, 'adopted'));
}

async function expectEmptyPlan(world: World): Promise<void> {
  const plan = await world.run('plan', '-f', 'adopted', '--detailed-exitcode');
  expect(plan.stdout + plan.stderr).toContain(NO_CHANGES);
  expect(plan.code).toBe(0);
}

const ZONE: ZoneGiven = {
  name: 'example.com',
  enabled: true,
  tlsClientAuth: 'on',
  zoneCertificates: [{ label: 'edge-2024' }, { label: 'edge-2025' }, { label: 'edge-2026' }],
  hostnameCertificates: [
    { label: 'app' },
    { label: 'spare' },
    { label: 'gone', status: 'deleted' },
    { label: 'leaving', status: 'pending_deletion' },
    { label: 'gave-up', status: 'deployment_timed_out' },
  ],
  links: [
    { hostname: 'app.example.com', label: 'app', enabled: true },
    { hostname: 'off.example.com', label: 'app', enabled: false },
    { hostname: 'slow.example.com', label: 'app', enabled: true, status: 'deployment_timed_out' },
    { hostname: 'void.example.com', label: 'app', enabled: null, status: 'deleted' },
  ],
};
const ACCESS: AccountGiven = {
  id: ACCOUNT,
  access: [
    { label: 'ca-one', name: 'Staff', hostnames: ['b.example.com', 'a.example.com'] },
    { label: 'ca-two', name: 'Staff', hostnames: [] },
    { label: 'ca-three', name: 'Guests', hostnames: ['c.example.com'] },
  ],
  settings: [{ hostname: 'a.example.com', china_network: false, client_certificate_forwarding: true }],
};

describe('import', () => {
  it('writes a file for each zone and account, the labels, and the certificates', () =>
    within(
      { zones: [ZONE, { name: 'bare.example' }], accounts: [{ ...ACCESS, access: ACCESS.access?.slice(1) ?? [] }] },
      async (world) => {
        const texts = await imported(world, '--all');
        const names = new Map<string, string>();
        for (const label of ['edge-2024', 'edge-2025', 'edge-2026', 'app', 'spare', 'gave-up'])
          names.set((await leaf(label)).sha256.slice(7, 15), `<${label}>`);
        const masked = (text: string) =>
          text
            .replace(/MD5:[0-9A-F:]{47}/g, 'MD5:<…>')
            .replace(/(Staff|Guests)-[0-9a-f]{8}/g, '$1-<md5>')
            .replace(/[0-9a-f]{8}/g, (it) => names.get(it) ?? it)
            .replace(/[0-9A-F]{8}(?=_KEY)/g, (it) => names.get(it.toLowerCase()) ?? it);
        const yaml = Object.entries(texts).filter(([name]) => name.endsWith('.yaml'));
        expect(Object.keys(texts).filter((name) => name.startsWith('certs/'))).toHaveLength(6);
        expectGolden('import.txt', yaml.map(([name, text]) => `=== ${name}\n${masked(text)}`).join('\n'));
        for (const text of Object.values(texts)) expect(text).not.toContain('PRIVATE KEY');
        await expectEmptyPlan(world);
      },
    ));

  it('takes at most five requests for a zone and two for an account', () =>
    within({ zones: [ZONE], accounts: [ACCESS] }, async (world) => {
      const { stdout } = await world.run('import', '--zone', 'example.com', '--account', ACCOUNT, '--out', 'adopted');
      // One more finds the zone by its name.
      expect(stdout).toContain('Read 1 zone and 1 account with 8 requests.');
    }));

  it('after one label is changed, the plan shows exactly that', () =>
    within({ zones: [ZONE] }, async (world) => {
      await imported(world, '--zone', 'example.com');
      const file = join(world.folder, 'adopted', 'example.com.yaml');
      const spare = `spare-${(await leaf('spare')).sha256.slice(7, 15)}`;
      const text = readFileSync(file, 'utf8').replace(/(app\.example\.com: \{ certificate: )[\w-]+/, `$1${spare}`);
      writeFileSync(file, text.replace(`        - ${spare}\n`, ''));
      const { stdout } = await world.run('plan', '-f', 'adopted');
      expect(stdout.match(/^ {2}# .* will be .*$/gm)).toEqual([
        '  # example.com/hostname_association/app.example.com will be updated in-place',
      ]);
      expect(stdout).toContain('Plan: 0 to add, 1 to change, 0 to destroy.');
    }));

  it('does not say which zone certificate is presented where the newest one timed out', () =>
    within(
      { zones: [{ ...ZONE, zoneCertificates: [{ label: 'edge' }, { label: 'new', status: 'deployment_timed_out' }] }] },
      async (world) => {
        const text = (await imported(world, '--zone', 'example.com'))['example.com.yaml'] ?? '';
        expect(text).toMatch(/gave up on deploying it; it may be presented all the same\.\n +certificate: new-/);
        expect(text).toContain('# Live, and older than the certificate above: which one is presented is not known.');
        expect(text).not.toContain('not presented');
        await expectEmptyPlan(world);
      },
    ));

  it('gives CAs of one name free keys, and their name beside them', () =>
    within({ accounts: [ACCESS] }, async (world) => {
      const texts = await imported(world, '--account', ACCOUNT);
      const text = texts[`account-${ACCOUNT}.yaml`] ?? '';
      expect(text.match(/^ {8}Staff \([0-9a-f]{8}\):\n {10}name: Staff$/gm)).toHaveLength(2);
      await expectEmptyPlan(world);
    }));

  it('gives a certificate that several zones hold one label', () =>
    within(
      {
        zones: ['a.example', 'b.example'].map((name) => ({
          name,
          zoneCertificates: [{ label: 'edge' }],
          hostnameCertificates: [{ label: 'edge' }],
        })),
      },
      async (world) => {
        const texts = await imported(world, '--zone', '*.example');
        expect(texts['certificates.yaml']?.match(/^ {2}edge-/gm)).toHaveLength(1);
        expect(Object.keys(texts).filter((name) => name.endsWith('.pem'))).toHaveLength(1);
        await expectEmptyPlan(world);
      },
    ));

  it('tells certificates of one subject apart, and keeps labels and file names fit for every system', () =>
    within(
      {
        zones: [
          {
            name: 'example.com',
            hostnameCertificates: [
              { label: 'same' },
              { label: 'same', until: '2035-01-01' },
              { label: '*.example.com' },
              { label: '../../etc/passwd' },
              { label: 'ключ' },
            ],
          },
        ],
      },
      async (world) => {
        const texts = await imported(world, '--zone', 'example.com');
        const pems = Object.keys(texts).filter((name) => name.endsWith('.pem'));
        const words = pems.map((name) => name.replace(/-[0-9a-f]{8}\.pem$/, ''));
        expect(words.sort()).toEqual([
          'certs/certificate',
          'certs/etc-passwd',
          'certs/same',
          'certs/same',
          'certs/wildcard.example.com',
        ]);
        await expectEmptyPlan(world);
      },
    ));

  it('overwrites nothing without --force, and writes nothing then', () =>
    within({ zones: [ZONE] }, async (world) => {
      const before = await imported(world, '--zone', 'example.com');
      const again = await world.run('import', '--zone', 'example.com', '--out', 'adopted');
      expect(again.stdout).toContain('Nothing to write');
      const file = join(world.folder, 'adopted', 'example.com.yaml');
      writeFileSync(file, 'version: 1\n# mine\n');
      const refused = await world.run('import', '--zone', 'example.com', '--out', 'adopted');
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('adopted/example.com.yaml is there already and would be overwritten');
      expect(readFileSync(file, 'utf8')).toBe('version: 1\n# mine\n');
      const forced = await world.run('import', '--zone', 'example.com', '--out', 'adopted', '--force');
      expect(forced.code).toBe(0);
      expect(textsIn(join(world.folder, 'adopted'))).toEqual(before);
    }));

  it('leaves hostnames out where associations are not listed, and takes those that were asked for', () =>
    within(
      { zones: [{ ...ZONE, records: ['app.example.com', 'off.example.com'] }], features: { associationList: '404' } },
      async (world) => {
        const texts = await imported(world, '--zone', 'example.com');
        expect(texts['example.com.yaml']).toContain('# `hostnames` is left out, so associations');
        expect(texts['example.com.yaml']).not.toContain('\n      hostnames:');
        await expectEmptyPlan(world);
        const found = await imported(world, '--zone', 'example.com', '--force', '--discover', 'dns');
        expect(found['example.com.yaml']).toContain('These are the links among the 2 hostnames that were asked for');
        expect(found['example.com.yaml']?.match(/\.example\.com: \{/g)).toHaveLength(2);
        const plan = await world.run('plan', '-f', 'adopted', '--discover', 'dns', '--detailed-exitcode');
        expect(plan.code, plan.stdout).toBe(0);
      },
    ));

  it('writes what can be read, names what cannot, and exits 3', () =>
    within(
      {
        zones: [ZONE, { name: 'example.net' }],
        handle: (simulator) => (request) =>
          request.url.includes(`/zones/${'2'.padStart(32, '0')}/settings`)
            ? {
                status: 403,
                headers: {},
                body: '{"success":false,"errors":[{"code":10000,"message":"no"}],"result":null}',
              }
            : simulator.handle(request),
      },
      async (world) => {
        const ran = await world.run('import', '--zone', 'example.*', '--zone', 'missing.invalid', '--out', 'adopted');
        expect(ran.code).toBe(3);
        expect(ran.stderr).toContain('Error: example.net could not be read: ');
        expect(ran.stderr).toContain('“Zone Settings Read”');
        expect(ran.stderr).toContain('Error: missing.invalid could not be read: ');
        await expectEmptyPlan(world);
      },
    ));

  it('says whether there was nothing to write, or nothing that could be read', async () => {
    const refused: WorldOptions['handle'] = (simulator) => (request) =>
      request.url.includes(`/zones/${'2'.padStart(32, '0')}/settings`)
        ? { status: 404, headers: {}, body: '{"success":false,"errors":[{"code":7000,"message":"no"}],"result":null}' }
        : simulator.handle(request);
    const says = async (world: World, ...args: string[]) => {
      const { code, stdout } = await world.run('import', '--out', 'adopted', ...args);
      return [code, stdout.split('\n').at(-2)];
    };
    await within({ zones: [ZONE, { name: 'example.net' }], handle: refused }, async (world) => {
      const nothing = [1, 'Nothing was written: nothing could be read.'];
      expect(await says(world, '--zone', 'missing.invalid')).toEqual(nothing);
      expect(await says(world, '--zone', 'example.net')).toEqual(nothing);
      await imported(world, '--zone', 'example.com');
      expect(await says(world, '--zone', 'example.*', '--merge')).toEqual([
        1,
        'Nothing to write: the files hold all that could be read.',
      ]);
      expect(await says(world, '--zone', 'example.com', '--merge')).toEqual([
        0,
        'Nothing to write: the files hold it all.',
      ]);
    });
    await within({ features: { accessEnabled: false } }, async (world) => {
      expect(await says(world, '--all')).toEqual([0, 'Nothing to write: there is nothing to import.']);
    });
  });

  it('exits 3 where its files are written and its words are not', () => {
    const stdout: Output = {
      write: () => {},
      fault: () => 'ENOSPC: no space left on device, write',
      isTerminal: false,
      width: () => 80,
      height: () => 24,
      color: false,
    };
    return within({ zones: [ZONE], door: { stdout } }, async (world) => {
      const ran = await world.run('import', '--zone', 'example.com', '--out', 'adopted');
      expect([ran.code, ran.stderr]).toEqual([
        3,
        expect.stringContaining("Error: stdout can't be written: ENOSPC: no"),
      ]);
      expect(existsSync(join(world.folder, 'adopted/example.com.yaml'))).toBe(true);
    });
  });

  it('passes over Access where it is not enabled, when everything is asked for', () =>
    within({ zones: [ZONE], features: { accessEnabled: false } }, async (world) => {
      const ran = await world.run('import', '--all', '--out', 'adopted');
      expect(ran.code).toBe(0);
      expect(ran.stderr).toContain('Access is not enabled');
      const alone = await world.run('import', '--account', ACCOUNT, '--out', 'other');
      expect(alone.code).toBe(1);
      expect(alone.stderr).toContain('Turn on Access');
    }));

  it('writes nothing where it was interrupted', async () => {
    const stop = new AbortController();
    const interrupt: WorldOptions['handle'] = (simulator) => (request) => {
      if (request.url.includes('/hostnames')) stop.abort();
      return simulator.handle(request);
    };
    const zones = [ZONE, { name: 'example.net' }, { name: 'example.org' }];
    await within(
      { zones, handle: interrupt, client: { stop: stop.signal }, door: { stop: stop.signal } },
      async (world) => {
        const ran = await world.run('import', '--zone', 'example.*', '--parallelism', '1', '--out', 'adopted');
        expect(ran.code).toBe(130);
        expect(ran.stderr).toContain('nothing was written');
        expect(existsSync(join(world.folder, 'adopted'))).toBe(false);
      },
    );
  });

  it('says that a name in two accounts cannot stand in one set of files', () =>
    within(
      { zones: [{ name: 'twice.example' }, { name: 'twice.example', accountId: 'b'.repeat(32) }] },
      async (world) => {
        const ran = await world.run('import', '--all', '--out', 'adopted');
        expect(ran.code).toBe(3);
        expect(ran.stderr).toContain('twice.example could not be read: stands in several accounts');
      },
    ));

  it.each(['twice.example', '*.example'])('lets --account choose between zones of one name: --zone %s', (zone) =>
    within(
      {
        zones: [
          { name: 'twice.example', tlsClientAuth: 'on' },
          { name: 'twice.example', accountId: 'b'.repeat(32) },
          { name: 'once.example' },
        ],
      },
      async (world) => {
        const ran = await world.run('import', '--zone', zone, '--zone', 'once.example', '--out', 'adopted');
        expect(ran.code).toBe(3);
        expect(ran.stderr).toContain('twice.example could not be read: stands in several accounts');
        expect(ran.stderr).toContain('choose with --zone twice.example --account ID');
        const both = ['--account', 'b'.repeat(32), '--account', ACCOUNT];
        const torn = await world.run('import', '--zone', zone, ...both, '--out', 'torn');
        expect([torn.code, torn.stderr]).toEqual([3, expect.stringContaining('stands in several accounts')]);
        const chosen = ['--zone', zone, '--zone', 'once.example', '--account', 'b'.repeat(32)];
        const texts = await imported(world, ...chosen, '--force');
        expect(texts['twice.example.yaml']).toContain(`account_id: ${'b'.repeat(32)}`);
        expect(texts['twice.example.yaml']).toContain('tls_client_auth: off');
        expect(texts['once.example.yaml']).toContain(`account_id: ${ACCOUNT}`);
        expect(texts[`account-${'b'.repeat(32)}.yaml`]).toBeDefined();
        await expectEmptyPlan(world);
      },
    ));

  for (const [args, error] of [
    [['--out', 'x'], 'import needs to know what to read'],
    [['--all'], 'import needs a folder to write to'],
    [['--all', '--zone', 'a.example', '--out', 'x'], '--all stands beside --zone'],
    [['--all', '--merge', '--force', '--out', 'x'], '--merge stands beside --force'],
    [['--zone', '*.nowhere', '--out', 'x'], '--zone *.nowhere matches no zone that the token can see'],
    [['--account', 'abc', '--out', 'x'], '--account abc is not the id of an account'],
  ] as const)
    it(`says what is wrong with: ${args.join(' ')}`, () =>
      within({}, async (world) => {
        const ran = await world.run('import', ...args);
        expect(ran.code).toBe(1);
        expect(ran.stderr).toContain(error);
      }));
});

describe('import --merge', () => {
  const write = (world: World, name: string, text: string) => {
    mkdirSync(join(world.folder, 'adopted', 'pem'), { recursive: true });
    writeFileSync(join(world.folder, 'adopted', name), text);
  };

  it('adds what is missing, and keeps comments, order and labels', () =>
    within({ zones: [ZONE, { name: 'example.net', zoneCertificates: [{ label: 'app' }] }] }, async (world) => {
      write(world, 'pem/mine.pem', (await leaf('app')).certificate);
      const mine = `# Ours since 2024
version: 1
certificates:
    # the app's own
    my-app: { certificate: { file: pem/mine.pem } } # known by its fingerprint
zones:
    Example.COM: # the shop
        authenticated_origin_pulls:
            hostnames:
                # stays first
                zzz.example.com: none
                APP.example.com: { certificate: my-app }
`;
      write(world, 'mine.yaml', mine);
      const texts = await imported(world, '--zone', 'example.*', '--merge');
      const merged = texts['mine.yaml'] ?? '';
      // The library may move a comment to a line of its own; its words and their order stay.
      expect(isSubsequence(words(mine), words(merged))).toBe(true);
      expect(merged).toContain('\n                off.example.com: { certificate: my-app, enabled: false }\n');
      expect(merged.indexOf('off.example.com')).toBeGreaterThan(merged.indexOf('APP.example.com'));
      expect(texts['example.net.yaml']).toContain('certificate: my-app');
      expect(texts['certificates.yaml']).not.toContain('app-');
      expect(texts['example.com.yaml']).toBeUndefined();
      await expectEmptyPlan(world);
      expect(await imported(world, '--zone', 'example.*', '--merge')).toEqual(texts);
    }));

  it('never gives a label another meaning: a name that is taken gets more digits', () =>
    within({ zones: [{ name: 'example.com', zoneCertificates: [{ label: 'edge' }] }] }, async (world) => {
      const digits = (await leaf('edge')).sha256.slice(7);
      write(world, 'pem/other.pem', (await leaf('other')).certificate);
      const other = `version: 1\ncertificates: { edge-${digits.slice(0, 8)}: { certificate: { file: pem/other.pem } } }\n`;
      write(world, 'other.yaml', other);
      const texts = await imported(world, '--zone', 'example.com', '--merge');
      expect(texts['other.yaml']).toBe(other);
      expect(texts['example.com.yaml']).toContain(`certificate: edge-${digits.slice(0, 12)}\n`);
      await expectEmptyPlan(world);
    }));

  it('leaves what the files want otherwise, and says so', () =>
    within({ zones: [ZONE] }, async (world) => {
      write(world, 'pem/mine.pem', (await leaf('mine')).certificate);
      write(
        world,
        'example.com.yaml',
        `version: 1
certificates: { mine: { certificate: { file: pem/mine.pem } } }
zones:
  example.com:
    tls_client_auth: off
    authenticated_origin_pulls: { certificate: mine, hostnames: { app.example.com: none } }
`,
      );
      const ran = await world.run('import', '--zone', 'example.com', '--out', 'adopted', '--merge');
      expect(ran.code, ran.stderr).toBe(0);
      expect(ran.stderr).toContain('the files want another zone certificate than the live one');
      expect(ran.stderr).toContain('the files want something else of app.example.com');
      const { stdout } = await world.run('plan', '-f', 'adopted', '--allow', 'mass-deletion');
      expect(stdout).toContain('tls_client_auth will be updated');
      expect(stdout).toContain('app.example.com will be destroyed');
      expect(stdout).not.toContain('off.example.com will be');
    }));

  it('adds nothing to what an anchor shares between zones', () =>
    within({ zones: [ZONE, { ...ZONE, name: 'example.net', links: [] }] }, async (world) => {
      const shared = `version: 1
zones:
  example.com: { authenticated_origin_pulls: &both { enabled: true } }
  example.net: { authenticated_origin_pulls: *both }
`;
      write(world, 'shared.yaml', shared);
      const ran = await world.run('import', '--zone', 'example.*', '--out', 'adopted', '--merge');
      expect(ran.code, ran.stderr).toBe(0);
      expect(ran.stderr).toContain('example.net › authenticated_origin_pulls › certificate could not be added');
      expect(textsIn(join(world.folder, 'adopted'))['shared.yaml']).toContain('*both');
      await expectEmptyPlan(world);
    }));

  it('adds no section in front of one that a merge key brings', () =>
    within({ zones: [ZONE] }, async (world) => {
      const merged = `version: 1
x-common: &common { authenticated_origin_pulls: { enabled: true } }
zones:
  example.com:
    <<: *common
`;
      write(world, 'merged.yaml', merged);
      const ran = await world.run('import', '--zone', 'example.com', '--out', 'adopted', '--merge');
      expect(ran.code, ran.stderr).toBe(0);
      expect(ran.stderr).toContain('example.com › authenticated_origin_pulls › certificate could not be added');
      expect(textsIn(join(world.folder, 'adopted'))['merged.yaml']).toBe(`${merged}    tls_client_auth: on\n`);
      await expectEmptyPlan(world);
    }));

  it('adds CAs and settings to an account, whatever its keys are', () =>
    within({ accounts: [ACCESS] }, async (world) => {
      const { md5 } = await testCertificate('ca-one', { ca: true });
      write(
        world,
        'access.yaml',
        `version: 1
certificates: { one: { fingerprint: "${md5}" } }
accounts:
  ${ACCOUNT}:
    access:
      certificates:
        Guests: { name: Staff, certificate: one } # a free key
`,
      );
      const texts = await imported(world, '--account', ACCOUNT, '--merge');
      expect(texts['access.yaml']).toContain('Guests: { name: Staff, certificate: one }');
      expect(texts['access.yaml']).toMatch(/\n {8}Staff \([0-9a-f]{8}\):\n {10}name: Staff\n/);
      expect(texts['access.yaml']).toMatch(/\n {8}Guests \([0-9a-f]{8}\):/);
      await expectEmptyPlan(world);
    }));

  it('says which file is not valid before it asks anything', () =>
    within({ zones: [ZONE] }, async (world) => {
      write(world, 'broken.yaml', 'version: 1\nzones: { example.com: { tls_client_aut: on } }\n');
      const ran = await world.run('import', '--zone', 'example.com', '--out', 'adopted', '--merge');
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain('tls_client_aut');
    }));

  it('adds to the cf-mtls.yaml of a folder what plain commands would else not find', () =>
    within({ zones: [ZONE, { name: 'example.net', zoneCertificates: [{ label: 'app' }] }] }, async (world) => {
      const file = join(world.folder, 'cf-mtls.yaml');
      writeFileSync(file, 'version: 1\nzones: { example.com: { tls_client_auth: on } } # ours\n');
      const ran = await world.run('import', '--zone', 'example.*', '--out', '.', '--merge');
      expect(ran.code, ran.stderr).toBe(0);
      expect(ran.stdout).not.toContain('Without -f');
      expect(existsSync(join(world.folder, 'certificates.yaml'))).toBe(false);
      expect(readFileSync(file, 'utf8')).toContain('# ours');
      for (const choice of [[], ['-f', '.']]) {
        const plan = await world.run('plan', '--detailed-exitcode', ...choice);
        expect([plan.code, plan.stdout + plan.stderr]).toEqual([0, expect.stringContaining(NO_CHANGES)]);
      }
    }));
});

describe('import beside what plain commands read', () => {
  const MINE = 'version: 1\nzones: { example.com: { tls_client_auth: on } }\n';

  it('says at its end that they do not read what it wrote', () =>
    within({ zones: [ZONE] }, async (world) => {
      const says = async (...args: string[]) =>
        (await world.run('import', '--zone', 'example.com', ...args)).stdout.split('\n').slice(-2)[0];
      const unread = (out: string) => `Without -f ${out}, commands read cf-mtls.yaml alone.`;
      writeFileSync(join(world.folder, 'cf-mtls.yaml'), MINE);
      expect(await says('--out', '.')).toBe(unread('.'));
      expect(await says('--out', 'other')).toBe(unread('other'));
      rmSync(join(world.folder, 'cf-mtls.yaml'));
      expect(await says('--out', 'another')).toMatch(/^Wrote 9 files to another\. See what they mean: /);
      expect(await says('--out', 'cf-mtls/zones')).toMatch(/^Wrote 9 files to cf-mtls\/zones\. See what they mean: /);
    }));

  it('makes no folder cf-mtls beside cf-mtls.yaml, which would stop them', () =>
    within({ zones: [ZONE] }, async (world) => {
      writeFileSync(join(world.folder, 'cf-mtls.yaml'), MINE);
      for (const out of ['cf-mtls', 'cf-mtls/zones']) {
        const ran = await world.run('import', '--zone', 'example.com', '--out', out);
        expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('would stop every command without -f')]);
        expect(existsSync(join(world.folder, 'cf-mtls'))).toBe(false);
      }
      mkdirSync(join(world.folder, 'cf-mtls'));
      renameSync(join(world.folder, 'cf-mtls.yaml'), join(world.folder, 'cf-mtls/cf-mtls.yaml'));
      const ran = await world.run('import', '--zone', 'example.com', '--out', 'cf-mtls', '--merge');
      expect(ran.code, ran.stderr).toBe(0);
      expect((await world.run('plan')).stdout).toContain(NO_CHANGES);
    }));

  it('does not let what they read rely on files that they do not read', () =>
    within({ zones: [ZONE] }, async (world) => {
      mkdirSync(join(world.folder, 'cf-mtls'));
      const file = join(world.folder, 'cf-mtls/mine.yaml');
      writeFileSync(file, MINE);
      const ran = await world.run('import', '--zone', 'example.com', '--out', '.', '--merge');
      expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('read cf-mtls alone, which would rely on')]);
      expect(readFileSync(file, 'utf8')).toBe(MINE);
      expect(existsSync(join(world.folder, 'certificates.yaml'))).toBe(false);
    }));

  it('hinders nobody whose cf-mtls.yaml manages nothing without the files beside it', () =>
    within({ zones: [ZONE] }, async (world) => {
      writeFileSync(join(world.folder, 'cf-mtls.yaml'), 'version: 1\npolicy: { max_delete_percent: 10 }\n');
      writeFileSync(join(world.folder, 'certificates.yaml'), 'version: 1\ncertificates: {}\n');
      writeFileSync(
        join(world.folder, 'other.yaml'),
        'version: 1\nzones: { other.example: { tls_client_auth: on } }\n',
      );
      const ran = await world.run('import', '--zone', 'example.com', '--out', '.', '--merge');
      expect(ran.code, ran.stderr).toBe(0);
      expect((await world.run('plan', '-f', '.', '--zone', 'example.com')).stdout).toContain(NO_CHANGES);
    }));
});

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

function isSubsequence(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const word of all) if (word === some[at]) at += 1;
  return at === some.length;
}
