import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSimulator } from '../../src/simulator/index.ts';
import { testCertificate } from '../support/certificates.ts';
import { DELAYS, link, pairOf, START } from './support.ts';

it('rotates 200 zones of 50 hostnames in a few seconds, watching every step', async () => {
  let now = START;
  const simulator = createSimulator({ clock: { now: () => now }, delays: DELAYS, limits: { requests: 0 } });
  const ask = (method: string, url: string, body?: unknown): { readonly id?: string } => {
    const headers = { authorization: 'Bearer any', 'content-type': 'application/json' };
    const answer = simulator.handle({ method, url, headers, body: JSON.stringify(body) ?? '' });
    if (answer instanceof Promise || answer.status >= 300) throw new Error(`${method} ${url} failed`);
    return (JSON.parse(answer.body) as { result: { readonly id?: string } }).result;
  };
  const pairs = [pairOf(await testCertificate('edge')), pairOf(await testCertificate('next'))];
  const zones = Array.from({ length: 200 }, (_, index) => {
    const id = createHash('md5').update(`${index}`).digest('hex');
    const names = Array.from({ length: 50 }, (_, host) => `h${host}.zone${index}.example`);
    return { hostnames: `/zones/${id}/origin_tls_client_auth/hostnames`, names };
  });
  const started = performance.now();
  for (const pair of pairs) {
    const ids = zones.map(({ hostnames }) => ask('POST', `${hostnames}/certificates`, pair).id);
    now += 1000;
    zones.forEach(({ hostnames, names }, index) => {
      ask('PUT', hostnames, { config: names.map((name) => link(name, ids[index])) });
    });
    now += 1000;
    for (let round = 0; round < 5; round += 1)
      for (const { hostnames } of zones) ask('GET', `${hostnames}?per_page=1000`);
    if (pair === pairs[0]) simulator.mark();
  }
  expect(simulator.breaches()).toEqual([]);
  expect(simulator.state.zones[199]?.associations).toHaveLength(50);
  expect(performance.now() - started).toBeLessThan(10_000);
});
