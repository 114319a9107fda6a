import Cloudflare from 'cloudflare';
import { describe, expect, it } from 'vitest';
import { testCertificate } from '../support/certificates.ts';
import { ACCOUNT, pairOf, type Running, start, ZONE } from './support.ts';

const HOUR = 3_600_000;
const zone = { zone_id: ZONE };
const client = (running: Running): Cloudflare =>
  new Cloudflare({ apiToken: 'any', apiKey: null, apiEmail: null, baseURL: running.url, maxRetries: 0 });
const pair = async (name: string): Promise<{ certificate: string; private_key: string }> =>
  pairOf(await testCertificate(name)) as { certificate: string; private_key: string };
const idOf = (made: { id?: string | null | undefined }): string => made.id ?? '';

describe('the official client', () => {
  it('finds zones by name', async () => {
    const running = await start();
    const page = await client(running).zones.list({ name: 'example.com' });
    expect(page.result.map(({ name }) => name)).toEqual(['example.com']);
    const names: string[] = [];
    for await (const { name } of client(running).zones.list({ per_page: 5 })) names.push(name);
    expect(names).toEqual(['example.com']);
    expect((await client(running).zones.get(zone)).id).toBe(ZONE);
  });

  it('verifies its token and finds accounts', async () => {
    const api = client(await start());
    expect((await api.user.tokens.verify()).status).toBe('active');
    expect((await api.accounts.tokens.verify({ account_id: ACCOUNT })).status).toBe('active');
    expect((await api.accounts.get({ account_id: ACCOUNT })).id).toBe(ACCOUNT);
    expect((await api.accounts.list()).result.map(({ id }) => id)).toContain(ACCOUNT);
  });

  it.each(['zoneCertificates', 'the deprecated methods'] as const)('keeps zone certificates by %s', async (which) => {
    const running = await start();
    const pulls = client(running).originTLSClientAuth;
    const methods = which === 'zoneCertificates' ? pulls.zoneCertificates : pulls;
    expect((await methods.list(zone)).getPaginatedItems()).toEqual([]);
    const made = await methods.create({ ...zone, ...(await pair('edge')) });
    running.pass(HOUR);
    const got = await methods.get(idOf(made), zone);
    expect([got.status, got.certificate]).toEqual(['active', (await pair('edge')).certificate]);
    expect((await methods.list(zone)).result.map(({ id }) => id)).toEqual([made.id]);
    expect((await methods.delete(idOf(made), zone)).status).toBe('pending_deletion');
  });

  it('switches origin pulls of a zone', async () => {
    const { settings } = client(await start()).originTLSClientAuth;
    expect((await settings.get(zone)).enabled).toBe(false);
    expect((await settings.update({ ...zone, enabled: true })).enabled).toBe(true);
    expect((await settings.get(zone)).enabled).toBe(true);
  });

  it('keeps hostname certificates and associations', async () => {
    const running = await start();
    const { hostnameCertificates, hostnames } = client(running).originTLSClientAuth;
    expect((await hostnameCertificates.list(zone)).result).toEqual([]);
    const made = await hostnameCertificates.create({ ...zone, ...(await pair('edge')) });
    const id = idOf(made);
    running.pass(HOUR);
    expect((await hostnameCertificates.get(id, zone)).status).toBe('active');
    expect((await hostnameCertificates.list(zone)).result).toHaveLength(1);

    const put = await hostnames.update({
      ...zone,
      config: [{ hostname: 'app.example.com', cert_id: id, enabled: true }],
    });
    expect(put.result[0]?.status).toBe('pending_deployment');
    running.pass(HOUR);
    const read = await hostnames.get('app.example.com', zone);
    expect([read.status, read.enabled, read.cert_id]).toEqual(['active', true, id]);
    await hostnames.update({ ...zone, config: [{ hostname: 'app.example.com', cert_id: id, enabled: null }] });
    running.pass(HOUR);
    await expect(hostnames.get('app.example.com', zone)).rejects.toMatchObject({ status: 404 });
    expect((await hostnameCertificates.delete(id, zone)).status).toBe('pending_deletion');
  });

  it('reads and edits tls_client_auth', async () => {
    const { settings } = client(await start()).zones;
    expect(await settings.get('tls_client_auth', zone)).toMatchObject({ id: 'tls_client_auth', value: 'off' });
    expect(await settings.edit('tls_client_auth', { ...zone, value: 'on' })).toMatchObject({ value: 'on' });
  });

  it.each([
    ['an account', { account_id: ACCOUNT }],
    ['a zone', { zone_id: ZONE }],
  ])('keeps Access certificates of %s', async (_, place) => {
    const running = await start();
    const { certificates } = client(running).zeroTrust.access;
    const { certificate } = await testCertificate('staff', { ca: true });
    const made = await certificates.create({
      ...place,
      name: 'Staff',
      certificate,
      associated_hostnames: ['admin.example.com'],
    });
    const id = idOf(made);
    expect((await certificates.get(id, place)).fingerprint).toMatch(/^MD5 Fingerprint=/);
    expect((await certificates.list(place)).result.map(({ name }) => name)).toEqual(['Staff']);
    await certificates.update(id, { ...place, name: 'Devices', associated_hostnames: [] });
    running.pass(HOUR);
    expect(await certificates.get(id, place)).toMatchObject({ name: 'Devices', associated_hostnames: [] });
    expect((await certificates.delete(id, place)).id).toBe(id);

    const setting = { hostname: 'admin.example.com', china_network: false, client_certificate_forwarding: true };
    const put = await certificates.settings.update({ ...place, settings: [setting] });
    expect(put.result).toEqual([setting]);
    running.pass(HOUR);
    expect((await certificates.settings.get(place)).result).toEqual([setting]);
  });

  it('reaches the end of the pages of Access certificates', async () => {
    const running = await start();
    const { certificates } = client(running).zeroTrust.access;
    for (const name of ['one', 'two', 'three']) {
      const { certificate } = await testCertificate(name, { ca: true });
      await certificates.create({ account_id: ACCOUNT, name, certificate });
    }
    const names: unknown[] = [];
    for await (const { name } of certificates.list({ account_id: ACCOUNT, per_page: 2 })) names.push(name);
    expect(names).toEqual(['one', 'two', 'three']);
  });

  it('understands refusals', async () => {
    const running = await start({ tokens: [{ token: 'other' }] });
    const refused = client(running).originTLSClientAuth.settings.get(zone);
    await expect(refused).rejects.toBeInstanceOf(Cloudflare.PermissionDeniedError);
    await expect(refused).rejects.toMatchObject({ status: 403, errors: [{ code: 9109 }] });
  });
});
