import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { digestOf } from '../../src/plan/digest.ts';
import { testCertificate } from '../support/certificates.ts';
import { openWorld, type Ran, type World } from '../support/world.ts';
import { byHand, turn, zoneId } from './support/hands.ts';

const zone = (authenticated_origin_pulls: object, more: object = {}) => ({
  zones: { 'example.com': { authenticated_origin_pulls, ...more } },
});
const EDGE = zone({ enabled: true, certificate: 'edge-2026', hostnames: {} });

let world: World;
afterEach(() => world.close());

const fileOf = (name: string): string => readFileSync(join(world.folder, name), 'utf8');
const saved = (): Plan => JSON.parse(fileOf('plan.json')) as Plan;
const edit = (change: (plan: Plan) => unknown): void =>
  writeFileSync(join(world.folder, 'plan.json'), JSON.stringify(change(saved())));

/** A world whose plan stands in plan.json. */
async function planned(state: object, ...options: string[]): Promise<Ran> {
  world = await openWorld();
  await world.want(state);
  return world.run('plan', '--out', 'plan.json', ...options);
}

/** Applies plan.json, which must be refused before anything is written. */
async function refused(...options: string[]): Promise<string> {
  const writes = world.simulator.writes.length;
  const { code, stdout, stderr } = await world.run('apply', 'plan.json', ...options);
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' });
  expect(world.simulator.writes).toHaveLength(writes);
  return stderr;
}

describe('a saved plan', () => {
  it('is what plan --format json prints, to the byte, and says how to apply it', async () => {
    const { code, stdout, stderr } = await planned(EDGE, '--format', 'json');
    expect(code).toBe(0);
    expect(fileOf('plan.json')).toBe(stdout);
    expect(stderr).toBe('Saved to plan.json; apply it with: cf-mtls apply plan.json\n');
  });

  it('is applied without a question, and once', async () => {
    await planned(EDGE);
    const { code, stdout } = await world.run('apply', 'plan.json');
    expect([code, stdout]).toEqual([0, expect.stringContaining('Apply complete! Resources: 1 added, 1 changed')]);
    expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0);
    expect(await refused()).toMatch(/^Error: Saved plan is stale$/m);
  });

  it('of nothing is applied to nothing', async () => {
    await planned(EDGE);
    await world.run('apply', 'plan.json');
    await world.run('plan', '--out', 'plan.json');
    const writes = world.simulator.writes.length;
    const { code, stdout } = await world.run('apply', 'plan.json');
    expect(code).toBe(0);
    expect(stdout).toContain('No changes. Your infrastructure matches the configuration.');
    expect(stdout).toContain('Apply complete! Resources: 0 added, 0 changed, 0 destroyed.');
    expect(world.simulator.writes).toHaveLength(writes);
  });

  it('holds its choice of scopes and targets, and applies no more than that', async () => {
    const both = { 'example.com': { tls_client_auth: 'on' }, 'example.net': { tls_client_auth: 'on' } };
    await planned({ zones: both }, '--zone', 'example.net', '--target', '*/tls_client_auth');
    expect(saved().inputs).toMatchObject({ zones: ['example.net'], targets: ['*/tls_client_auth'] });
    expect((await world.run('apply', 'plan.json')).code).toBe(0);
    expect(world.simulator.writes.map(({ path }) => path)).toEqual([
      `/zones/${zoneId(world, 'example.net')}/settings/tls_client_auth`,
    ]);
  });

  it.each([
    ['--zone', 'example.com'],
    ['--account', '4d5e6f708192a3b4c5d6e7f8091a2b3c'],
    ['--target', '**'],
    ['--allow', 'mass-deletion'],
  ])('takes no %s beside it', async (...option) => {
    await planned(EDGE);
    expect(await refused(...option)).toContain(`${option[0]} stands in the saved plan already`);
  });

  it('names its files as seen from here, and takes other ones with -f', async () => {
    world = await openWorld();
    await world.want(EDGE);
    await world.run('plan', '--out', 'plan.json', '-f', join(world.folder, 'cf-mtls.yaml'));
    expect(saved().inputs.files).toEqual(['cf-mtls.yaml']);
    expect(fileOf('plan.json')).not.toContain(world.folder);
    renameSync(join(world.folder, 'cf-mtls.yaml'), join(world.folder, 'moved.yaml'));
    expect(await refused()).toContain('cf-mtls.yaml');
    expect((await world.run('apply', '-f', 'moved.yaml', 'plan.json')).code).toBe(0);
  });
});

describe('a saved plan stays true', () => {
  it('while deployments finish and days go by', async () => {
    world = await openWorld({ delays: { deploy: 600_000 } });
    await world.want(EDGE);
    await world.run('plan');
    await byHand(world, 'POST', `/zones/${zoneId(world)}/origin_tls_client_auth`, {
      certificate: fileOf('certs/edge-2026.pem'),
      private_key: fileOf('certs/edge-2026.key'),
    });
    await world.run('plan', '--out', 'plan.json');
    expect(saved().steps.map(({ stage }) => stage)).toEqual(['await', 'enable']);
    world.clock.advance(3 * 86_400_000);
    const { code, stdout } = await world.run('apply', 'plan.json');
    expect([code, stdout]).toEqual([0, expect.stringContaining('Apply complete!')]);
  });

  it('where its keys and lists stand in another order', async () => {
    await planned(EDGE);
    edit((plan) => reordered({ ...plan, changes: [...plan.changes].reverse() }));
    expect((await world.run('apply', 'plan.json')).code).toBe(0);
  });

  it('where a label was renamed and means the same', async () => {
    world = await openWorld();
    const hostnames = (certificate: string) => ({ 'app.example.com': { certificate } });
    await world.want(zone({ certificate: 'edge-2026', hostnames: hostnames('app-2026') }));
    await world.run('apply', '--auto-approve');
    await world.want(
      zone({
        certificate: 'edge-2026',
        hostnames: { ...hostnames('app-2026'), 'b.example.com': { certificate: 'app-2026' } },
      }),
    );
    await world.run('plan', '--out', 'plan.json');
    await world.want({
      ...zone({
        certificate: 'edge-2026',
        hostnames: { ...hostnames('app'), 'b.example.com': { certificate: 'app' } },
      }),
      certificates: { app: { certificate: { file: 'certs/app-2026.pem' } } },
    });
    expect((await world.run('apply', 'plan.json')).code).toBe(0);
  });
});

describe('a saved plan is stale', () => {
  it('once somebody turned a switch', async () => {
    await planned(EDGE);
    await turn(world, 'example.com', true);
    const told = await refused();
    expect(told).toMatch(/^Error: Saved plan is stale$/m);
    expect(told).toContain('  example.com/zone_enablement: was update → is unchanged\n');
    expect(told).toContain('Nothing was written; reading took 5 requests.');
  });

  it('once a hostname was linked', async () => {
    await planned(EDGE);
    const { certificate, privateKey } = await testCertificate('app-2026');
    const path = `/zones/${zoneId(world)}/origin_tls_client_auth/hostnames`;
    const { id } = (await byHand(world, 'POST', `${path}/certificates`, {
      certificate,
      private_key: privateKey,
    })) as { id: string };
    await byHand(world, 'PUT', path, { config: [{ hostname: 'app.example.com', cert_id: id, enabled: true }] });
    expect(await refused()).toContain(
      '  example.com/hostname_association/app.example.com: was unchanged → is delete\n',
    );
  });

  it('once a label means another certificate', async () => {
    await planned(EDGE);
    const was = saved().changes[0]?.after?.fingerprint;
    const { certificate, privateKey, sha256 } = await testCertificate('another');
    writeFileSync(join(world.folder, 'certs/edge-2026.pem'), certificate);
    writeFileSync(join(world.folder, 'certs/edge-2026.key'), privateKey);
    expect(await refused()).toContain(
      `  example.com/zone_certificate/edge-2026: fingerprint after was "${was}" → is "${sha256}"\n`,
    );
  });

  it('once the zone is another one', async () => {
    await planned(zone({ enabled: true }));
    const was = saved().scopes[0]?.id;
    const id = '023e105f4ecef8ad9ca31a8372d0c353';
    await world.want(zone({ enabled: true }, { id }));
    expect(await refused()).toContain(`  example.com: was ${was} → is ${id}\n`);
  });

  it('once the file wants something else', async () => {
    await planned(zone({ enabled: true }));
    await world.want(zone({ enabled: true }, { tls_client_auth: 'on' }));
    expect(await refused()).toContain('  example.com/tls_client_auth: was unchanged → is update\n');
  });

  it('once what the policy allowed is no longer allowed', async () => {
    const policy = { policy: { allow: ['hostname-outside-zone'] } };
    const hostnames = { 'app.example.org': { certificate: 'app-2026' } };
    await planned(zone({ hostnames }, policy));
    expect(saved().refusals).toMatchObject([{ name: 'hostname-outside-zone', allowed: true }]);
    await world.want(zone({ hostnames }));
    expect(await refused()).toContain('  hostname-outside-zone in example.com: was allowed → is no longer so');
  });

  it('once a scope came or went', async () => {
    await planned({ zones: { 'example.com': { tls_client_auth: 'on' } } });
    const on = { tls_client_auth: 'on' };
    await world.want({ zones: { 'example.com': on, 'example.net': on } });
    expect(await refused()).toMatch(/^ {2}example\.net: was not in the plan → is [0-9a-f]{32}$/m);
  });

  it('and many differences are counted, not poured out', async () => {
    await planned({ zones: { 'example.com': { tls_client_auth: 'on' } } });
    const names = Array.from({ length: 40 }, (_, at) => `h${at}.example.com`);
    await world.want(zone({ hostnames: Object.fromEntries(names.map((it) => [it, { certificate: 'app-2026' }])) }));
    const told = await refused();
    expect(told.match(/was unchanged → is create/g)?.length).toBeLessThan(21);
    expect(told).toMatch(/^ {2}and \d\d more$/m);
  });
});

describe('a plan file is refused', () => {
  it.each<[string, (plan: Plan) => unknown, string]>([
    [
      'for another address of the API',
      (plan) => sealed({ ...plan, inputs: { ...plan.inputs, api: 'https://x' } }),
      'The plan was made against https://x, and this run speaks to test',
    ],
    [
      'of another major version',
      (plan) => ({ ...plan, tool_version: '9.1.0' }),
      'plan.json was made by cf-mtls 9.1.0, and this is 0.0.0-test',
    ],
    [
      'of another format',
      (plan) => ({ ...plan, format_version: '2.0' }),
      'plan.json has the plan format 2.0, and this cf-mtls reads 1.x',
    ],
    [
      'with an edited address',
      (plan) => ({ ...plan, changes: plan.changes.map((it) => ({ ...it, address: 'example.com/tls_client_auth' })) }),
      'plan.json was edited',
    ],
    [
      'with an edited allowance',
      (plan) => ({ ...plan, refusals: [{ name: 'mass-deletion', scope: 'example.com', message: '', allowed: true }] }),
      'plan.json was edited',
    ],
    [
      'with an edited choice',
      (plan) => ({ ...plan, inputs: { ...plan.inputs, targets: ['**'] } }),
      'plan.json was edited',
    ],
    ['with a change taken out', (plan) => ({ ...plan, changes: plan.changes.slice(1) }), 'plan.json was edited'],
    ['with something added', (plan) => ({ ...plan, extra: 1 }), 'plan.json is no plan, or a damaged one'],
    ['that is a list', () => [], 'plan.json is no plan, or a damaged one'],
    ['that is null', () => null, 'plan.json is no plan, or a damaged one'],
    ['that is a word', () => 'plan', 'plan.json is no plan, or a damaged one'],
    ['without a digest', ({ digest: _, ...plan }) => plan, 'plan.json is no plan, or a damaged one'],
  ])('%s', async (_, change, told) => {
    await planned(EDGE);
    edit(change);
    const [apply, show] = [await refused(), await world.run('show', 'plan.json')];
    expect(apply).toContain(`Error: ${told}`);
    if (!told.startsWith('The plan was made against')) expect(show).toMatchObject({ code: 1, stderr: apply });
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, -20)],
    ['empty', () => ''],
    ['no JSON', () => 'version: 1\n'],
  ])('that is %s', async (_, change) => {
    await planned(EDGE);
    writeFileSync(join(world.folder, 'plan.json'), change(fileOf('plan.json')));
    expect(await refused()).toMatch(/^Error: plan\.json is damaged: it is not JSON, or it was cut off$/m);
  });

  it('that is not there, or is a folder', async () => {
    world = await openWorld();
    for (const name of ['nothing.json', 'certs']) {
      const { code, stderr } = await world.run('apply', name);
      expect([code, stderr]).toEqual([1, expect.stringMatching(new RegExp(`^Error: ${name} can't be read: `))]);
    }
  });
});

describe('a refused plan', () => {
  it('is saved to be looked at, and never applied', async () => {
    world = await openWorld();
    await world.want({ zones: {} });
    const { code, stderr } = await world.run('plan', '--out', 'plan.json');
    expect([code, stderr]).toEqual([1, "Saved to plan.json, to be looked at; it can't be applied as it is.\n"]);
    expect(saved().refusals).toMatchObject([{ name: 'empty-document', allowed: false }]);
    const shown = await world.run('show', 'plan.json');
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringMatching(/^Error: /m)]);
    const applied = await world.run('apply', 'plan.json');
    expect([applied.code, applied.stdout]).toEqual([1, expect.stringMatching(/^Error: .*empty-document/m)]);
    expect(world.simulator.writes).toEqual([]);
  });
});

describe('a plan that could not be made', () => {
  it('is not saved', async () => {
    world = await openWorld();
    writeFileSync(join(world.folder, 'cf-mtls.yaml'), 'version: 2\n');
    expect((await world.run('plan', '--out', 'plan.json')).code).toBe(1);
    expect(existsSync(join(world.folder, 'plan.json'))).toBe(false);
  });
});

/** With a digest that fits. */
const sealed = (plan: Plan): Plan => ({ ...plan, digest: digestOf(plan) });

/** Every mapping with its keys the other way round. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reordered(item)]));
}
