import { beforeAll, describe, expect, it } from 'vitest';
import { type TestCertificate, testCertificate } from '../support/certificates.ts';
import { CERTIFICATES, HOSTNAMES, link, PULLS, type Running, start, upload } from './support.ts';

let edge: TestCertificate;
let next: TestCertificate;
beforeAll(async () => {
  edge = await testCertificate('edge');
  next = await testCertificate('next');
});

const APP = 'app.example.com';

/** A zone with two active hostname certificates. */
async function withTwo(options: Parameters<typeof start>[0] = {}): Promise<Running & { ids: [string, string] }> {
  const running = await start(options);
  const ids: [string, string] = [await upload(running, CERTIFICATES, edge), await upload(running, CERTIFICATES, next)];
  running.pass(1000);
  return { ...running, ids };
}

describe('an association', () => {
  it('is made by PUT, whose result is an array, and becomes active', async () => {
    const { ask, pass, ids } = await withTwo();
    const put = await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0]), link('www.example.com', ids[1], false)] });
    expect(put.status).toBe(200);
    expect(put.rows.map((row) => [row.hostname, row.cert_id, row.enabled, row.status])).toEqual([
      [APP, ids[0], true, 'pending_deployment'],
      ['www.example.com', ids[1], false, 'pending_deployment'],
    ]);
    pass(1000);
    expect((await ask('GET', `${HOSTNAMES}/${APP}`)).row).toEqual({
      cert_id: ids[0],
      cert_status: 'active',
      cert_updated_at: '2026-06-01T00:00:01Z',
      cert_uploaded_on: '2026-06-01T00:00:00Z',
      certificate: edge.certificate,
      created_at: '2026-06-01T00:00:01Z',
      enabled: true,
      expires_on: '2036-01-01T00:00:00Z',
      hostname: APP,
      issuer: 'O=Example,CN=edge',
      serial_number: expect.stringMatching(/^\d+$/),
      signature: 'ECDSA-SHA256',
      status: 'active',
      updated_at: '2026-06-01T00:00:02Z',
    });
  });

  it('stays as it is when it is asked for again', async () => {
    const { ask, pass, ids } = await withTwo();
    await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0])] });
    pass(1000);
    const [row] = (await ask('PUT', HOSTNAMES, { config: [link('APP.example.com.', ids[0])] })).rows;
    expect([row?.status, row?.updated_at]).toEqual(['active', '2026-06-01T00:00:02Z']);
  });

  it('moves to another certificate and keeps its age', async () => {
    const { ask, pass, ids } = await withTwo();
    await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0])] });
    pass(1000);
    await ask('PUT', HOSTNAMES, { config: [link(APP, ids[1])] });
    const { row } = await ask('GET', `${HOSTNAMES}/${APP}`);
    expect([row.cert_id, row.status, row.created_at]).toEqual([ids[1], 'pending_deployment', '2026-06-01T00:00:01Z']);
  });

  it('is voided by null, slowly, and then reads as missing', async () => {
    const { ask, pass, ids } = await withTwo();
    await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0])] });
    pass(1000);
    const [row] = (await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0], null)] })).rows;
    expect([row?.enabled, row?.status]).toEqual([null, 'pending_deletion']);
    pass(1999);
    expect((await ask('GET', `${HOSTNAMES}/${APP}`)).row.status).toBe('pending_deletion');
    pass(1);
    const gone = await ask('GET', `${HOSTNAMES}/${APP}`);
    expect([gone.status, gone.code, gone.message]).toEqual([404, 1553, 'setting for this hostname not found']);
  });

  it('that is quick does not wait for one that is slow', async () => {
    const { ask, pass, ids } = await withTwo();
    await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0])] });
    pass(1000);
    await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0], null), link('new.example.com', ids[0])] });
    pass(1000);
    const statuses = (await ask('GET', `${HOSTNAMES}?status=all`)).rows.map((row) => [row.hostname, row.status]);
    expect(statuses).toEqual([
      [APP, 'pending_deletion'],
      ['new.example.com', 'active'],
    ]);
  });

  it('can read as null instead when it was voided', async () => {
    const { ask, pass, ids } = await withTwo({ features: { voidedReads: 'null' } });
    await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0])] });
    await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0], null)] });
    pass(2000);
    const gone = await ask('GET', `${HOSTNAMES}/${APP}`);
    expect([gone.status, gone.row.enabled, gone.row.status]).toEqual([200, null, 'deleted']);
  });

  it('can be voided twice, or where there is none', async () => {
    const { ask, ids } = await withTwo();
    await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0])] });
    for (const hostname of [APP, APP, 'never.example.com']) {
      const reply = await ask('PUT', HOSTNAMES, { config: [link(hostname, ids[0], null)] });
      expect([reply.status, reply.rows[0]?.enabled]).toEqual([200, null]);
    }
  });

  it('can be made again after it was voided', async () => {
    const { ask, pass, ids } = await withTwo();
    await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0])] });
    await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0], null)] });
    pass(2000);
    const [row] = (await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0])] })).rows;
    expect([row?.status, row?.created_at]).toEqual(['pending_deployment', '2026-06-01T00:00:03Z']);
  });
});

describe('a PUT of associations is refused', () => {
  it.each<[string, (ids: readonly string[]) => unknown, number]>([
    ['without config', () => ({}), 9207],
    ['with a config that is no array', () => ({ config: {} }), 9207],
    ['without a cert_id', () => ({ config: [link(APP, undefined)] }), 1404],
    ['without a cert_id, even to void', () => ({ config: [link(APP, '', null)] }), 1404],
    ['with the id of nobody', () => ({ config: [link(APP, '2458ce5a-0c35-4c7f-82c7-8e9487d3ff60')] }), 1415],
    ['without a hostname', ([id]) => ({ config: [{ cert_id: id, enabled: true }] }), 9207],
    ['with a hostname that is none', ([id]) => ({ config: [link('not a host', id)] }), 9207],
    ['without enabled', ([id]) => ({ config: [{ cert_id: id, hostname: APP }] }), 9207],
    ['with enabled as text', ([id]) => ({ config: [{ cert_id: id, hostname: APP, enabled: 'true' }] }), 9207],
  ])('%s', async (_, body, code) => {
    const { ask, ids } = await withTwo();
    const reply = await ask('PUT', HOSTNAMES, body(ids));
    expect([reply.status, reply.code]).toEqual([400, code]);
  });

  it('with the id of a zone certificate, or of a deleted one even to void', async () => {
    const running = await withTwo();
    const { ask, ids, pass } = running;
    const zoneId = await upload(running, PULLS, edge);
    await ask('DELETE', `${CERTIFICATES}/${ids[0]}`);
    for (const [id, enabled] of [
      [zoneId, true],
      [ids[0], true],
      [ids[0], null],
    ] as const) {
      expect((await ask('PUT', HOSTNAMES, { config: [link(APP, id, enabled)] })).code).toBe(1415);
      pass(500);
    }
  });

  it('as a whole when one entry is bad, or only from there on', async () => {
    for (const [batch, count] of [
      ['whole', 0],
      ['each', 1],
    ] as const) {
      const { ask, ids } = await withTwo({ features: { batch } });
      const config = [link('a.example.com', ids[0]), link('b.example.com', 'bad'), link('c.example.com', ids[0])];
      expect((await ask('PUT', HOSTNAMES, { config })).code).toBe(1415);
      expect((await ask('GET', `${HOSTNAMES}?status=all`)).rows).toHaveLength(count);
    }
  });

  it('for the 101st hostname of a certificate, until one has left', async () => {
    const { ask, pass, ids } = await withTwo();
    const names = Array.from({ length: 100 }, (_, index) => `h${index}.example.com`);
    expect((await ask('PUT', HOSTNAMES, { config: names.map((name) => link(name, ids[0])) })).status).toBe(200);
    expect((await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0])] })).code).toBe(2005);
    expect((await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0]), link('h0.example.com', ids[1])] })).code).toBe(
      2005,
    );
    expect((await ask('PUT', HOSTNAMES, { config: [link('h0.example.com', ids[1]), link(APP, ids[0])] })).status).toBe(
      200,
    );
    await ask('PUT', HOSTNAMES, { config: [link('h1.example.com', ids[0], null)] });
    expect((await ask('PUT', HOSTNAMES, { config: [link('z.example.com', ids[0])] })).code).toBe(2005);
    pass(2000);
    expect((await ask('PUT', HOSTNAMES, { config: [link('z.example.com', ids[0])] })).status).toBe(200);
  });
});

describe('the list of associations', () => {
  it('shows active ones unless the status says otherwise', async () => {
    const { ask, pass, ids } = await withTwo();
    await ask('PUT', HOSTNAMES, { config: [link('gone.example.com', ids[0])] });
    await ask('PUT', HOSTNAMES, { config: [link('gone.example.com', ids[0], null), link('a.example.com', ids[0])] });
    pass(2000);
    await ask('PUT', HOSTNAMES, { config: [link('new.example.com', ids[1])] });
    const listed = async (query: string) =>
      (await ask('GET', `${HOSTNAMES}${query}`)).rows.map(({ hostname }) => String(hostname).split('.')[0]);
    expect(await listed('')).toEqual(['a']);
    expect(await listed('?status=pending_deployment')).toEqual(['new']);
    expect(await listed('?status=active,deleted')).toEqual(['gone', 'a']);
    expect(await listed('?status=all')).toEqual(['gone', 'a', 'new']);
    expect((await ask('GET', `${HOSTNAMES}?status=initializing`)).status).toBe(400);
  });

  it('has the documented fields', async () => {
    const { ask, pass, ids } = await withTwo();
    await ask('PUT', HOSTNAMES, { config: [link(APP, ids[0])] });
    pass(1000);
    expect((await ask('GET', HOSTNAMES)).rows).toEqual([
      {
        cert_id: ids[0],
        hostname: APP,
        enabled: true,
        status: 'active',
        created_at: '2026-06-01T00:00:01Z',
        updated_at: '2026-06-01T00:00:02Z',
      },
    ]);
  });

  it('has pages of 50, of 1,000 at most', async () => {
    const running = await start({ limits: { hostnameCertificates: 0, associationsPerCertificate: 2000 } });
    const { ask, pass } = running;
    const id = await upload(running, CERTIFICATES, edge);
    const names = Array.from({ length: 1201 }, (_, index) => `h${index}.example.com`);
    await ask('PUT', HOSTNAMES, { config: names.map((name) => link(name, id)) });
    pass(1000);
    const first = await ask('GET', HOSTNAMES);
    expect(first.info).toEqual({ count: 50, page: 1, per_page: 50, total_count: 1201, total_pages: 25 });
    const second = await ask('GET', `${HOSTNAMES}?status=all&per_page=1000&page=2`);
    expect(second.info).toEqual({ count: 201, page: 2, per_page: 1000, total_count: 1201, total_pages: 2 });
    expect(second.rows.at(-1)?.hostname).toBe('h1200.example.com');
    expect((await ask('GET', `${HOSTNAMES}?page=99`)).rows).toEqual([]);
    for (const query of ['per_page=1001', 'per_page=0', 'page=0', 'page=x']) {
      expect((await ask('GET', `${HOSTNAMES}?${query}`)).status).toBe(400);
    }
  });

  it.each([
    ['404', 404, 1551],
    ['405', 405, 10405],
    ['7003', 400, 7003],
  ] as const)('is not offered where the deployment answers %s', async (associationList, status, code) => {
    const { ask } = await start({ features: { associationList } });
    const reply = await ask('GET', `${HOSTNAMES}?status=all`);
    expect([reply.status, reply.code]).toEqual([status, code]);
  });
});
