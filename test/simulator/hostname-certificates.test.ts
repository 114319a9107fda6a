import { beforeAll, expect, it } from 'vitest';
import { type TestCertificate, testCertificate } from '../support/certificates.ts';
import { CERTIFICATES, HOSTNAMES, link, OTHER_ZONE, PULLS, pairOf, start, upload } from './support.ts';

let edge: TestCertificate;
beforeAll(async () => {
  edge = await testCertificate('edge');
});

it('shows the documented fields, a serial number among them', async () => {
  const running = await start();
  const id = await upload(running, CERTIFICATES, edge);
  running.pass(1000);
  const one = await running.ask('GET', `${CERTIFICATES}/${id}`);
  const list = await running.ask('GET', CERTIFICATES);
  expect(Object.keys(one.row).sort()).toEqual(
    ['certificate', 'expires_on', 'id', 'issuer', 'serial_number', 'signature', 'status', 'uploaded_on'].sort(),
  );
  expect(list.rows).toEqual([one.row]);
  expect(list.info).toEqual({ count: 1, page: 1, per_page: 50, total_count: 1, total_pages: 1 });
  expect(one.info).toBeUndefined();
});

it('is an empty list, not null, when there is none', async () => {
  const { ask } = await start();
  expect((await ask('GET', CERTIFICATES)).result).toEqual([]);
});

it('keeps tombstones in the list', async () => {
  const running = await start();
  const { ask, pass } = running;
  const id = await upload(running, CERTIFICATES, edge);
  pass(1000);
  const removed = await ask('DELETE', `${CERTIFICATES}/${id}`);
  expect([removed.status, removed.row.status]).toEqual([200, 'pending_deletion']);
  expect((await ask('GET', CERTIFICATES)).rows.map((row) => row.status)).toEqual(['pending_deletion']);
  pass(1000);
  expect((await ask('GET', CERTIFICATES)).rows.map((row) => row.status)).toEqual(['deleted']);
  const back = await ask('POST', CERTIFICATES, pairOf(edge));
  expect(back.row.id).toBe(id);
});

it('is missing from the list for a while', async () => {
  const running = await start({ delays: { listLag: 5000 } });
  await upload(running, CERTIFICATES, edge);
  running.pass(4999);
  expect((await running.ask('GET', CERTIFICATES)).rows).toEqual([]);
  running.pass(1);
  expect((await running.ask('GET', CERTIFICATES)).rows).toHaveLength(1);
});

it('is a store of its own, beside that of the zone and those of other zones', async () => {
  const running = await start();
  const ids = [
    await upload(running, CERTIFICATES, edge),
    await upload(running, PULLS, edge),
    await upload(running, CERTIFICATES.replace(/\/zones\/\w+/, `/zones/${OTHER_ZONE}`), edge),
  ];
  expect(new Set(ids).size).toBe(3);
  expect((await running.ask('POST', CERTIFICATES, pairOf(edge))).code).toBe(1406);
});

it('keeps a chain whole and in order', async () => {
  const { ask } = await start();
  const ca = await testCertificate('intermediate', { ca: true });
  const chain = `${edge.certificate}${ca.certificate}`;
  const made = await ask('POST', CERTIFICATES, { certificate: chain, private_key: edge.privateKey });
  expect(made.row.certificate).toBe(chain);
  const leafless = await ask('POST', CERTIFICATES, { ...pairOf(edge), certificate: ca.certificate });
  expect([leafless.code, leafless.message]).toEqual([2101, 'missing leaf certificate']);
});

it('takes ten in a zone, those on their way out included', async () => {
  const running = await start();
  const { ask, pass } = running;
  const ids: string[] = [];
  for (let index = 0; index < 10; index += 1) {
    ids.push(await upload(running, CERTIFICATES, await testCertificate(`edge-${index}`)));
  }
  pass(1000);
  expect((await ask('POST', CERTIFICATES, pairOf(edge))).code).toBe(2005);
  await ask('DELETE', `${CERTIFICATES}/${ids[0]}`);
  expect((await ask('POST', CERTIFICATES, pairOf(edge))).code).toBe(2005);
  pass(1000);
  expect((await ask('POST', CERTIFICATES, pairOf(edge))).status).toBe(200);
});

it('is not deleted while it is deployed, in use, going or gone', async () => {
  const running = await start();
  const { ask, pass } = running;
  const id = await upload(running, CERTIFICATES, edge);
  const path = `${CERTIFICATES}/${id}`;
  expect((await ask('DELETE', path)).code).toBe(1434);
  pass(1000);
  await ask('PUT', HOSTNAMES, { config: [link('app.example.com', id)] });
  expect((await ask('DELETE', path)).code).toBe(1433);
  pass(1000);
  await ask('PUT', HOSTNAMES, { config: [link('app.example.com', id, false)] });
  pass(1000);
  expect((await ask('DELETE', path)).code).toBe(1433);
  await ask('PUT', HOSTNAMES, { config: [link('app.example.com', id, null)] });
  pass(1999);
  expect((await ask('DELETE', path)).code).toBe(1433);
  pass(1);
  expect((await ask('DELETE', path)).status).toBe(200);
  expect((await ask('DELETE', path)).code).toBe(1414);
  pass(1000);
  expect((await ask('DELETE', path)).code).toBe(1415);
});

it('answers 1552 for an id of the zone store and for one of nobody', async () => {
  const running = await start();
  const zoneId = await upload(running, PULLS, edge);
  for (const id of [zoneId, '2458ce5a-0c35-4c7f-82c7-8e9487d3ff60']) {
    for (const method of ['GET', 'DELETE']) {
      const reply = await running.ask(method, `${CERTIFICATES}/${id}`);
      expect([reply.status, reply.code]).toEqual([404, 1552]);
    }
  }
});

it('needs both fields and a certificate that parses', async () => {
  const { ask } = await start();
  expect((await ask('POST', CERTIFICATES, { certificate: edge.certificate })).code).toBe(9207);
  expect((await ask('POST', CERTIFICATES, { ...pairOf(edge), certificate: 'x' })).code).toBe(1408);
});
