import type { Simulator } from '../../../src/simulator/index.ts';
import { testCertificate } from '../../support/certificates.ts';
import { ACCOUNT } from './cases.ts';

/** Somebody else with a dashboard: changes what is live in one request or two, where there is anything to change. */
export type Meddling = (api: Api, simulator: Simulator) => Promise<unknown>;
type Api = (method: string, path: string, body?: unknown) => Promise<{ readonly id?: string }>;

export const MEDDLINGS: Readonly<Record<'zone' | 'hostname' | 'access', Readonly<Record<string, Meddling>>>> = {
  zone: {
    'turns zone_enablement round': async (api, simulator) => {
      const { id, enabled } = zoneOf(simulator);
      await api('PUT', `/zones/${id}/origin_tls_client_auth/settings`, { enabled: !enabled });
    },
    'turns tls_client_auth round': async (api, simulator) => {
      const { id, tlsClientAuth } = zoneOf(simulator);
      const value = tlsClientAuth.value === 'on' ? 'off' : 'on';
      await api('PATCH', `/zones/${id}/settings/tls_client_auth`, { value });
    },
    'uploads a newer zone certificate': async (api, simulator) => {
      await api('POST', `/zones/${zoneOf(simulator).id}/origin_tls_client_auth`, await uploadOf('third'));
    },
    'deletes the newest zone certificate': async (api, simulator) => {
      const { id, zoneCertificates } = zoneOf(simulator);
      const newest = zoneCertificates.filter(isThere).sort(byAge).at(-1);
      if (newest) await api('DELETE', `/zones/${id}/origin_tls_client_auth/${newest.id}`);
    },
  },
  hostname: {
    'links a hostname to the oldest certificate': async (api, simulator) => {
      const { id, hostnameCertificates } = zoneOf(simulator);
      const oldest = hostnameCertificates.filter(isThere).sort(byAge)[0];
      if (oldest) await api('PUT', `/zones/${id}/origin_tls_client_auth/hostnames`, link('third', oldest.id, true));
    },
    'moves a hostname to the oldest certificate': async (api, simulator) => {
      const { id, hostnameCertificates, associations } = zoneOf(simulator);
      const oldest = hostnameCertificates.filter(isThere).sort(byAge)[0];
      const moved = associations.find((it) => isThere(it) && it.certId !== oldest?.id)?.hostname.split('.')[0];
      if (oldest && moved)
        await api('PUT', `/zones/${id}/origin_tls_client_auth/hostnames`, link(moved, oldest.id, true));
    },
    'voids every link': async (api, simulator) => {
      const { id, associations } = zoneOf(simulator);
      for (const { hostname, certId } of associations.filter(isThere))
        await api('PUT', `/zones/${id}/origin_tls_client_auth/hostnames`, {
          config: [{ hostname, cert_id: certId, enabled: null }],
        });
    },
    'deletes the newest hostname certificate': async (api, simulator) => {
      const { id, hostnameCertificates } = zoneOf(simulator);
      const newest = hostnameCertificates.filter(isThere).sort(byAge).at(-1);
      if (newest) await api('DELETE', `/zones/${id}/origin_tls_client_auth/hostnames/certificates/${newest.id}`);
    },
  },
  access: {
    'takes the hostnames off the newest CA': async (api, simulator) => {
      const newest = accountOf(simulator)?.access.at(-1);
      if (newest) await api('PUT', `${ACCESS}/${newest.id}`, { name: newest.name, associated_hostnames: [] });
    },
    'gives the oldest CA another hostname': async (api, simulator) => {
      const oldest = accountOf(simulator)?.access[0];
      if (oldest)
        await api('PUT', `${ACCESS}/${oldest.id}`, {
          name: oldest.name,
          associated_hostnames: [...oldest.hostnames, 'third.example.com'],
        });
    },
    'deletes the newest CA': async (api, simulator) => {
      const newest = accountOf(simulator)?.access.at(-1);
      if (newest) await api('DELETE', `${ACCESS}/${newest.id}`);
    },
    'uploads a CA of its own': async (api) => {
      const { certificate } = await testCertificate('ca-third', { ca: true });
      await api('POST', ACCESS, { name: 'Third', certificate, associated_hostnames: ['wiki.example.com'] });
    },
    'changes the hostname settings': async (api) => {
      const settings = ['admin', 'third'].map((name) => ({
        hostname: `${name}.example.com`,
        china_network: true,
        client_certificate_forwarding: false,
      }));
      await api('PUT', `${ACCESS}/settings`, { settings });
    },
  },
};

/** Lets a third hand do its work; what the API refuses it has not done. */
export async function meddle(meddling: Meddling, simulator: Simulator): Promise<void> {
  await meddling(async (method, url, body) => {
    const headers = { authorization: 'Bearer third', 'content-type': 'application/json' };
    const answer = await simulator.handle({ method, url, headers, body: body ? JSON.stringify(body) : '' });
    return ((JSON.parse(answer.body) as { result: { id?: string } | null }).result ?? {}) as { id?: string };
  }, simulator);
}

const ACCESS = `/accounts/${ACCOUNT}/access/certificates`;

function zoneOf({ state }: Simulator) {
  const zone = state.zones.find(({ name }) => name === 'example.com');
  if (zone === undefined) throw new Error('no zone yet');
  return zone;
}

const accountOf = ({ state }: Simulator) => state.accounts.find(({ id }) => id === ACCOUNT);

const isThere = ({ status }: { readonly status: string }): boolean => !['pending_deletion', 'deleted'].includes(status);
const byAge = (one: { readonly uploadedAt: number }, other: { readonly uploadedAt: number }): number =>
  one.uploadedAt - other.uploadedAt;

const link = (name: string, cert_id: string, enabled: boolean) => ({
  config: [{ hostname: `${name}.example.com`, cert_id, enabled }],
});

async function uploadOf(label: string) {
  const { certificate, privateKey } = await testCertificate(label, { ca: false });
  return { certificate, private_key: privateKey };
}
