import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { KIND_NAMES } from '../../src/model/names.ts';
import { openWorld, type World, type WorldOptions } from '../support/world.ts';
import { samplesOf } from './support/exposition.ts';
import { turn } from './support/hands.ts';

const ACCOUNT = '4d5e6f708192a3b4c5d6e7f8091a2b3c';
const STATE = {
  zones: {
    'example.com': {
      tls_client_auth: 'on',
      authenticated_origin_pulls: {
        enabled: true,
        certificate: 'edge-2026',
        hostnames: { 'app.example.com': { certificate: 'app-2026', enabled: true } },
      },
    },
    'example.net': { authenticated_origin_pulls: { enabled: false } },
  },
  accounts: { [ACCOUNT]: { access: { certificates: { 'Staff "devices"': { certificate: 'ca-staff' } } } } },
};

let world: World;
afterEach(() => world.close());

/** A world in which the files are applied. */
async function settled(options: WorldOptions = {}): Promise<World> {
  world = await openWorld(options);
  await world.want(STATE);
  expect((await world.run('apply', '--auto-approve')).code).toBe(0);
  return world;
}

const metricsIn = (file = 'cf-mtls.prom') => samplesOf(readFileSync(join(world.folder, file), 'utf8'));
const sample = (name: string, labels: Record<string, string> = {}): number | undefined =>
  metricsIn().find(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )?.value;

describe('drift', () => {
  it('exits 0 where nothing differs, and says so', async () => {
    await settled();
    const { code, stdout, stderr } = await world.run('drift');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^No changes\. Your infrastructure matches the configuration\.$/m);
  });

  it('exits 2 where somebody turned a switch, and writes nothing', async () => {
    await settled();
    await turn(world, 'example.com', false);
    const before = world.simulator.writes.length;
    const { code, stdout } = await world.run('drift');
    expect(code).toBe(2);
    expect(stdout).toMatch(/^ {2}# example\.com\/zone_enablement will be updated in-place$/m);
    expect(world.simulator.writes).toHaveLength(before);
  });

  it('tells in JSON and Markdown what plan tells', async () => {
    await settled();
    await turn(world, 'example.com', false);
    for (const format of ['json', 'markdown']) {
      const drift = await world.run('drift', '--format', format);
      expect(drift.code).toBe(2);
      expect(drift.stdout).toBe((await world.run('plan', '--format', format)).stdout);
    }
  });

  it('exits 2 for what an apply would refuse, even where that is all', async () => {
    world = await openWorld();
    await world.want({ zones: {} });
    const { code, stdout } = await world.run('drift');
    expect(stdout).toContain('empty-document');
    expect(code).toBe(2);
  });

  it('exits 1 where a scope could not be read, and still tells of the others', async () => {
    let down = false;
    await settled({ handle: brokenFor('example.net', () => down) });
    await turn(world, 'example.com', false);
    down = true;
    const { code, stdout } = await world.run('drift');
    expect(code).toBe(1);
    expect(stdout).toContain('# example.com/zone_enablement will be updated in-place');
    expect(stdout).toMatch(/^Error: example\.net could not be read/m);
  });

  it('takes no option that writes', async () => {
    world = await openWorld();
    for (const option of ['--auto-approve', '--out=x', '--events=x'])
      expect((await world.run('drift', option)).code).toBe(1);
  });
});

describe('the metrics of drift', () => {
  it('say 0 for every kind that is managed, in every scope, where nothing differs', async () => {
    await settled();
    expect((await world.run('drift', '--metrics', 'cf-mtls.prom')).code).toBe(0);
    const changes = metricsIn().filter(({ name }) => name === 'cf_mtls_drift_changes');
    expect(changes.every(({ value }) => value === 0)).toBe(true);
    expect(changes.map(({ labels }) => `${labels.scope} ${labels.kind}`)).toEqual([
      ...KIND_NAMES.slice(0, 5).map((kind) => `example.com ${kind}`),
      'example.net zone_enablement',
      `${ACCOUNT} access_certificate`,
    ]);
  });

  it('count what differs, by scope and kind', async () => {
    await settled();
    await turn(world, 'example.com', false);
    await world.run('drift', '--metrics', 'cf-mtls.prom');
    expect(sample('cf_mtls_drift_changes', { scope: 'example.com', kind: 'zone_enablement' })).toBe(1);
    expect(sample('cf_mtls_drift_changes', { scope: 'example.net', kind: 'zone_enablement' })).toBe(0);
  });

  it('hold when each certificate expires, what the run cost and when it succeeded', async () => {
    await settled();
    await world.run('drift', '--metrics', 'cf-mtls.prom');
    const expiry = metricsIn().filter(({ name }) => name === 'cf_mtls_drift_certificate_expiry_timestamp_seconds');
    expect(expiry.map(({ labels, value }) => [labels.address, value])).toEqual([
      ['example.com/zone_certificate/edge-2026', Date.parse('2036-01-01') / 1000],
      ['example.com/hostname_certificate/app-2026', Date.parse('2036-01-01') / 1000],
      [`${ACCOUNT}/access_certificate/Staff "devices"`, Date.parse('2036-01-01') / 1000],
    ]);
    expect(sample('cf_mtls_drift_requests')).toBeGreaterThan(5);
    expect(sample('cf_mtls_drift_duration_seconds')).toBeGreaterThanOrEqual(0);
    expect(sample('cf_mtls_drift_last_success_timestamp_seconds')).toBe(world.clock.now() / 1000);
  });

  it('keep the time of the last success where a scope could not be read', async () => {
    let down = false;
    await settled({ handle: brokenFor('example.net', () => down) });
    await world.run('drift', '--metrics', 'cf-mtls.prom');
    const success = sample('cf_mtls_drift_last_success_timestamp_seconds');
    world.clock.advance(3_600_000);
    down = true;
    expect((await world.run('drift', '--metrics', 'cf-mtls.prom')).code).toBe(1);
    expect(sample('cf_mtls_drift_last_success_timestamp_seconds')).toBe(success);
    expect(sample('cf_mtls_drift_last_run_timestamp_seconds')).toBeGreaterThanOrEqual((success ?? 0) + 3600);
    expect(sample('cf_mtls_drift_scope_read', { scope: 'example.net' })).toBe(0);
    expect(sample('cf_mtls_drift_scope_read', { scope: 'example.com' })).toBe(1);
    expect(sample('cf_mtls_drift_changes', { scope: 'example.net' })).toBeUndefined();
  });

  it('count refusals', async () => {
    world = await openWorld();
    await world.want({ zones: {} });
    await world.run('drift', '--metrics', 'cf-mtls.prom');
    expect(sample('cf_mtls_drift_refusals', { scope: '*' })).toBe(1);
  });

  it('stay as they were where the files are wrong', async () => {
    await settled();
    await world.run('drift', '--metrics', 'cf-mtls.prom');
    const before = readFileSync(join(world.folder, 'cf-mtls.prom'), 'utf8');
    writeFileSync(join(world.folder, 'cf-mtls.yaml'), 'version: 2\n');
    expect((await world.run('drift', '--metrics', 'cf-mtls.prom')).code).toBe(1);
    expect(readFileSync(join(world.folder, 'cf-mtls.prom'), 'utf8')).toBe(before);
  });

  it('are written nowhere unless asked for', async () => {
    await settled();
    await world.run('drift');
    expect(existsSync(join(world.folder, 'cf-mtls.prom'))).toBe(false);
  });
});

/** Everything about one zone fails while `isDown`. */
const brokenFor =
  (zone: string, isDown: () => boolean): NonNullable<WorldOptions['handle']> =>
  (simulator) =>
  (request) => {
    const { id } = simulator.state.zones.find(({ name }) => name === zone) ?? { id: '-' };
    if (!isDown() || !request.url.includes(`/zones/${id}/`)) return simulator.handle(request);
    const errors = [{ code: 10000, message: 'Authentication error' }];
    return {
      status: 403,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ success: false, errors, messages: [], result: null }),
    };
  };
