import Cloudflare from 'cloudflare';
import { eachSideBySide } from '../../src/model/side-by-side.ts';
import { hostnamesOf, type Setup, zoneName } from './estate.ts';

/**
 * What a tool does that knows one resource at a time, as Terraform's provider, with the official client: it reads every
 * hostname, certificate and setting by itself, then moves each hostname by itself, ten requests at once. What such a
 * tool keeps in its state file, the ids of zones and certificates, is looked up here, before anything is measured.
 */
export async function prepareBaseline(url: string, setup: Setup): Promise<() => Promise<void>> {
  const api = new Cloudflare({ apiToken: 'bench', apiKey: null, apiEmail: null, baseURL: url, maxRetries: 0 });
  const pulls = api.originTLSClientAuth;
  const reads: (() => PromiseLike<unknown>)[] = [];
  const writes: (() => PromiseLike<unknown>)[] = [];
  await eachSideBySide([...Array(setup.zones).keys()], 20, async (zone) => {
    const zone_id = (await api.zones.list({ name: zoneName(zone) })).result[0]?.id ?? '';
    const [edge] = (await pulls.zoneCertificates.list({ zone_id })).result;
    const stored = (await pulls.hostnameCertificates.list({ zone_id })).result;
    const current = (await pulls.hostnames.get(hostnamesOf(setup, zone)[0] ?? '', { zone_id })).cert_id;
    const next = stored.find(({ id }) => id !== current)?.id ?? '';
    reads.push(
      () => pulls.settings.get({ zone_id }),
      () => api.zones.settings.get('tls_client_auth', { zone_id }),
      () => pulls.zoneCertificates.get(edge?.id ?? '', { zone_id }),
      ...stored.map(
        ({ id = '' }) =>
          () =>
            pulls.hostnameCertificates.get(id, { zone_id }),
      ),
    );
    for (const hostname of hostnamesOf(setup, zone)) {
      reads.push(() => pulls.hostnames.get(hostname, { zone_id }));
      writes.push(() => pulls.hostnames.update({ zone_id, config: [{ hostname, cert_id: next, enabled: true }] }));
    }
  });
  return async () => {
    for (const requests of [reads, writes])
      await eachSideBySide(requests, 10, async (request) => {
        await request();
      });
  };
}
