import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { liveState, type ZoneGiven } from '../support/live-state.ts';
import { openWorld } from '../support/world.ts';

const ZONES = 200;
const HOSTNAMES = 50;

/** A team's estate, clicked together over years: its own certificate in each zone, and a few for hostnames. */
const zone = (_: unknown, at: number): ZoneGiven => {
  const name = `zone-${at}.example`;
  const labels = [`app-${at % 40}`, `api-${at % 40}`];
  return {
    name,
    enabled: true,
    tlsClientAuth: 'on',
    zoneCertificates: [{ label: `edge-${at % 60}` }],
    hostnameCertificates: labels.map((label) => ({ label })),
    links: Array.from({ length: HOSTNAMES }, (_link, host) => ({
      hostname: `host-${host}.${name}`,
      label: labels[host % 2] ?? '',
      enabled: host % 7 !== 0,
    })),
  };
};

it('imports 200 zones of 50 hostnames with five requests each, in bounded memory and time', {
  timeout: 120_000,
}, async () => {
  const world = await openWorld({
    state: await liveState(Array.from({ length: ZONES }, zone)),
    limits: { requests: 0 },
  });
  try {
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);
    const began = performance.now();
    const ran = await world.run('import', '--zone', '*.example', '--out', 'adopted');
    const took = performance.now() - began;
    clearInterval(watch);
    expect(ran.code, ran.stderr).toBe(0);
    // Four pages of fifty zones find them all.
    expect(ran.stdout).toContain(`Read ${ZONES} zones and 0 accounts with ${ZONES * 5 + 4} requests.`);
    expect(ran.stderr).toContain(`Read 50 of ${ZONES} zones and accounts`);
    expect(readdirSync(join(world.folder, 'adopted')).filter((name) => name.endsWith('.yaml'))).toHaveLength(ZONES + 1);
    // What came on top of the simulator and the test runner, which are in the same process.
    expect((most - before) / 1024 / 1024).toBeLessThan(400);
    expect(took).toBeLessThan(60_000);
    const plan = await world.run('plan', '-f', 'adopted', '--detailed-exitcode');
    expect(plan.code, plan.stdout).toBe(0);
  } finally {
    await world.close();
  }
});
