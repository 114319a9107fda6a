import { describe, expect, it } from 'vitest';
import { testCertificate } from '../support/certificates.ts';
import { ACCESS, ACCOUNT, addCa, start, ZONE_ACCESS } from './support.ts';

const ID = '2458ce5a-0c35-4c7f-82c7-8e9487d3ff60';

describe.each([
  ['account', ACCESS],
  ['zone', ZONE_ACCESS],
])('an Access certificate of the %s', (_, path) => {
  it('is created with 201 and shows no PEM', async () => {
    const { ask } = await start();
    const ca = await testCertificate('staff', { ca: true });
    const made = await ask('POST', path, { name: 'Staff', certificate: ca.certificate });
    expect(made.status).toBe(201);
    expect(made.row).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Staff',
      associated_hostnames: [],
      fingerprint: expect.stringMatching(/^MD5 Fingerprint=([0-9A-F]{2}:){15}[0-9A-F]{2}$/),
      expires_on: '2036-01-01T00:00:00Z',
      created_at: '2026-06-01T00:00:00Z',
      updated_at: '2026-06-01T00:00:00Z',
    });
    const digits = String(made.row.fingerprint).replace('MD5 Fingerprint=', '').replaceAll(':', '').toLowerCase();
    expect(`md5:${digits}`).toBe(ca.md5);
    expect((await ask('GET', `${path}/${made.row.id}`)).result).toEqual(made.result);
    expect((await ask('GET', path)).result).toEqual([made.result]);
  });

  it('changes name and hostnames, and reads as before until that has settled', async () => {
    const running = await start();
    const { ask, pass } = running;
    const id = await addCa(running, 'staff', ['a.example.com'], path);
    const put = await ask('PUT', `${path}/${id}`, { name: 'Devices', associated_hostnames: ['b.example.com'] });
    expect([put.status, put.row.name, put.row.associated_hostnames]).toEqual([200, 'Devices', ['b.example.com']]);
    expect((await ask('GET', `${path}/${id}`)).row.associated_hostnames).toEqual(['a.example.com']);
    pass(1000);
    expect((await ask('GET', `${path}/${id}`)).row.associated_hostnames).toEqual(['b.example.com']);
  });

  it('refuses the next change until the last one has settled', async () => {
    const running = await start();
    const { ask, pass } = running;
    const id = await addCa(running, 'staff', ['a.example.com'], path);
    await ask('PUT', `${path}/${id}`, { associated_hostnames: [] });
    for (const [method, where, body] of [
      ['PUT', `${path}/${id}`, { associated_hostnames: ['a.example.com'] }],
      ['PUT', `${path}/settings`, { settings: [] }],
    ] as const) {
      const reply = await ask(method, where, body);
      expect([reply.status, reply.code]).toEqual([409, 12132]);
      expect(reply.message).toBe('access.api.error.conflict: previous certificate settings still being updated');
    }
    pass(1000);
    expect((await ask('PUT', `${path}/${id}`, { associated_hostnames: ['a.example.com'] })).status).toBe(200);
  });

  it('goes only once its hostnames are cleared, and leaves no tombstone', async () => {
    const running = await start();
    const { ask, pass } = running;
    const id = await addCa(running, 'staff', ['a.example.com'], path);
    const early = await ask('DELETE', `${path}/${id}`);
    expect([early.status, early.code, early.message]).toEqual([
      409,
      12132,
      'access.api.error.conflict: certificate has active associations',
    ]);
    await ask('PUT', `${path}/${id}`, {});
    expect((await ask('DELETE', `${path}/${id}`)).code).toBe(12132);
    pass(1000);
    await ask('PUT', `${path}/${id}`, { associated_hostnames: ['b.example.com'] });
    expect((await ask('DELETE', `${path}/${id}`)).code).toBe(12132);
    pass(1000);
    await ask('PUT', `${path}/${id}`, {});
    pass(1000);
    const removed = await ask('DELETE', `${path}/${id}`);
    expect([removed.status, removed.result]).toEqual([200, { id }]);
    expect((await ask('GET', path)).result).toEqual([]);
    const gone = await ask('GET', `${path}/${id}`);
    expect([gone.status, gone.code]).toEqual([404, 12135]);
  });

  it('answers 12135 for an id of nobody', async () => {
    const { ask } = await start();
    expect((await ask('PUT', `${path}/${ID}`, { associated_hostnames: [] })).code).toBe(12135);
    expect((await ask('DELETE', `${path}/${ID}`)).code).toBe(12135);
  });
});

describe('an Access certificate is refused', () => {
  it.each<[string, (pem: string) => unknown]>([
    ['without a name', (pem) => ({ certificate: pem })],
    ['with an empty name', (pem) => ({ name: '', certificate: pem })],
    ['with a name of 351 characters', (pem) => ({ name: 'x'.repeat(351), certificate: pem })],
    ['without a certificate', () => ({ name: 'x' })],
    ['with garbage', () => ({ name: 'x', certificate: 'garbage' })],
    ['with hostnames that are no list', (pem) => ({ name: 'x', certificate: pem, associated_hostnames: 'a' })],
    ['with hostnames that are none', (pem) => ({ name: 'x', certificate: pem, associated_hostnames: ['a b'] })],
  ])('%s', async (_, body) => {
    const { ask } = await start();
    const { certificate } = await testCertificate('staff', { ca: true });
    const reply = await ask('POST', ACCESS, body(certificate));
    expect([reply.status, reply.code]).toEqual([400, 12130]);
    expect(reply.message).toMatch(/^access\.api\.error\.invalid_request: /);
  });

  it('as a leaf, as Ed25519, and when a leaf hides behind the CA', async () => {
    const { ask } = await start();
    const leaf = await testCertificate('edge');
    const ed = await testCertificate('ed', { ca: true, keyType: 'Ed25519' });
    const ca = await testCertificate('staff', { ca: true });
    for (const certificate of [leaf.certificate, ed.certificate, `${ca.certificate}${leaf.certificate}`]) {
      expect((await ask('POST', ACCESS, { name: 'x', certificate })).code).toBe(12130);
    }
  });

  it('a second time, though its name may stand twice', async () => {
    const running = await start();
    await addCa(running, 'staff', []);
    const { certificate } = await testCertificate('staff', { ca: true });
    const again = await running.ask('POST', ACCESS, { name: 'other', certificate });
    expect([again.status, again.message]).toEqual([409, 'access.api.error.conflict: certificate already exists']);
    const other = await testCertificate('other', { ca: true });
    expect((await running.ask('POST', ACCESS, { name: 'staff', certificate: other.certificate })).status).toBe(201);
  });

  it('not a second time where that is allowed', async () => {
    const running = await start({ features: { accessDuplicates: 'allowed' } });
    await addCa(running, 'staff', []);
    await addCa(running, 'staff', []);
    expect((await running.ask('GET', ACCESS)).rows).toHaveLength(2);
  });

  it('past the quota, which is 0 on most plans', async () => {
    for (const accessCertificates of [0, 1]) {
      const running = await start({ limits: { accessCertificates } });
      if (accessCertificates > 0) await addCa(running, 'staff', []);
      const { certificate } = await testCertificate('other', { ca: true });
      const reply = await running.ask('POST', ACCESS, { name: 'x', certificate });
      expect([reply.code, reply.message]).toEqual([
        12130,
        'access.api.error.invalid_request: maximum number of certificates has been reached',
      ]);
    }
  });

  it('where Access is not enabled', async () => {
    const { ask } = await start({ features: { accessEnabled: false } });
    for (const path of [ACCESS, `${ACCESS}/settings`, ZONE_ACCESS]) {
      const reply = await ask('GET', path);
      expect([reply.code, reply.message]).toEqual([9999, 'access.api.error.not_enabled']);
    }
  });

  it('for a hostname of another one, where that is refused; by default it is not', async () => {
    for (const [accessOverlap, expected] of [
      ['allowed', 200],
      ['refused', 400],
    ] as const) {
      const running = await start({ features: { accessOverlap } });
      await addCa(running, 'one', ['a.example.com']);
      const id = await addCa(running, 'two', []);
      const put = await running.ask('PUT', `${ACCESS}/${id}`, { associated_hostnames: ['a.example.com'] });
      expect(put.status).toBe(expected);
      if (expected === 400) expect(put.message).toContain('a.example.com');
    }
  });
});

describe('a change of an Access certificate', () => {
  it('needs the hostnames beside the name, and reads nothing at all as none', async () => {
    const running = await start();
    const { ask, pass } = running;
    const id = await addCa(running, 'staff', ['a.example.com']);
    expect((await ask('PUT', `${ACCESS}/${id}`, { name: 'x' })).code).toBe(12130);
    expect((await ask('PUT', `${ACCESS}/${id}`, {})).row).toMatchObject({ name: 'staff', associated_hostnames: [] });
    pass(1000);
    expect((await ask('GET', `${ACCESS}/${id}`)).row.associated_hostnames).toEqual([]);
  });

  it('of the name alone has nothing to settle', async () => {
    const running = await start();
    const id = await addCa(running, 'staff', ['a.example.com']);
    for (const name of ['one', 'two']) {
      const reply = await running.ask('PUT', `${ACCESS}/${id}`, { name, associated_hostnames: ['a.example.com'] });
      expect([reply.status, reply.row.name]).toEqual([200, name]);
    }
  });
});

describe('the list of Access certificates', () => {
  it('has pages in an account, and none in a zone', async () => {
    const running = await start({ limits: { accessCertificates: 60 } });
    for (let index = 0; index < 3; index += 1) {
      await addCa(running, `ca-${index}`, []);
      await addCa(running, `ca-${index}`, [], ZONE_ACCESS);
    }
    const page = await running.ask('GET', `${ACCESS}?per_page=2&page=2`);
    expect(page.rows.map((row) => row.name)).toEqual(['ca-2']);
    expect(page.info).toEqual({ count: 1, page: 2, per_page: 2, total_count: 3, total_pages: 2 });
    expect((await running.ask('GET', ACCESS)).info?.per_page).toBe(50);
    expect((await running.ask('GET', `${ACCESS}?per_page=1001`)).code).toBe(12130);
    const zone = await running.ask('GET', `${ZONE_ACCESS}?per_page=2&page=2`);
    expect([zone.rows.length, zone.info]).toEqual([3, undefined]);
  });

  it('is one thing in an account and another in its zone', async () => {
    const running = await start();
    await addCa(running, 'staff', []);
    await addCa(running, 'staff', [], ZONE_ACCESS);
    expect((await running.ask('GET', ACCESS)).rows).toHaveLength(1);
    expect((await running.ask('GET', ZONE_ACCESS)).rows).toHaveLength(1);
  });
});

describe('Access hostname settings', () => {
  const row = (hostname: string, china_network: boolean, client_certificate_forwarding: boolean) => ({
    hostname,
    china_network,
    client_certificate_forwarding,
  });

  it('are accepted with 202, and read as before until they have settled', async () => {
    const { ask, pass } = await start();
    const wanted = [row('a.example.com', false, true), row('b.example.com', false, false)];
    const put = await ask('PUT', `${ACCESS}/settings`, { settings: wanted });
    expect([put.status, put.result, put.info]).toEqual([202, [wanted[0]], undefined]);
    expect((await ask('GET', `${ACCESS}/settings`)).result).toEqual([]);
    expect((await ask('PUT', `${ACCESS}/settings`, { settings: wanted })).code).toBe(12132);
    pass(1000);
    const list = await ask('GET', `${ACCESS}/settings`);
    expect([list.result, list.info]).toEqual([[wanted[0]], undefined]);
  });

  it.each([
    ['merge', ['a.example.com', 'b.example.com']],
    ['replace', ['b.example.com']],
  ] as const)('%s with what is there', async (settingsMode, expected) => {
    const { ask, pass } = await start({ features: { settingsMode } });
    await ask('PUT', `${ACCESS}/settings`, { settings: [row('a.example.com', false, true)] });
    pass(1000);
    await ask('PUT', `${ACCESS}/settings`, { settings: [row('b.example.com', true, true)] });
    pass(1000);
    expect((await ask('GET', `${ACCESS}/settings`)).rows.map(({ hostname }) => hostname)).toEqual(expected);
    await ask('PUT', `${ACCESS}/settings`, { settings: expected.map((name) => row(name, false, false)) });
    pass(1000);
    expect((await ask('GET', `${ACCESS}/settings`)).result).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['without settings', {}],
    ['with settings that are no list', { settings: {} }],
    ['with a row that lacks a flag', { settings: [{ hostname: 'a.example.com', china_network: false }] }],
    ['with a flag that is null', { settings: [{ ...row('a.example.com', false, false), china_network: null }] }],
    ['with a field that is not known', { settings: [{ ...row('a.example.com', false, true), id: 'x' }] }],
    ['with a hostname that is none', { settings: [row('a b', false, true)] }],
  ])('are refused %s', async (_, body) => {
    const { ask } = await start();
    const reply = await ask('PUT', `${ACCESS}/settings`, body);
    expect([reply.status, reply.code]).toEqual([400, 12130]);
  });

  it('are refused for the china network where that is not available', async () => {
    const { ask } = await start({ features: { chinaNetwork: false } });
    const put = (china: boolean) => ask('PUT', `${ACCESS}/settings`, { settings: [row('a.example.com', china, true)] });
    expect((await put(true)).code).toBe(12130);
    expect((await put(false)).status).toBe(202);
  });

  it.each([
    'merge',
    'replace',
  ] as const)('show those of other zones in a zone, but take only its own (%s)', async (mode) => {
    const { ask, pass } = await start({ features: { settingsMode: mode } });
    const idOf = async (name: string) => {
      const reply = await ask('POST', '/zones', { name, account: { id: ACCOUNT } });
      return String(reply.row.id);
    };
    const one = `/zones/${await idOf('one.example')}/access/certificates/settings`;
    const two = `/zones/${await idOf('two.example')}/access/certificates/settings`;
    expect((await ask('PUT', one, { settings: [row('a.one.example', false, true)] })).status).toBe(202);
    pass(1000);
    expect((await ask('GET', two)).rows.map(({ hostname }) => hostname)).toEqual(['a.one.example']);
    expect((await ask('GET', `${ACCESS}/settings`)).rows).toHaveLength(1);
    const foreign = await ask('PUT', two, { settings: [row('a.one.example', false, false)] });
    expect([foreign.code, foreign.message]).toEqual([12036, 'access.api.error.hostnames_must_belong_to_your_domain']);
    await ask('PUT', two, { settings: [row('a.two.example', false, true)] });
    pass(1000);
    expect((await ask('GET', two)).rows).toHaveLength(2);
  });
});
