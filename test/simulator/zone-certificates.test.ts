import { createPrivateKey } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestCertificate, testCertificate } from '../support/certificates.ts';
import { PULLS, pairOf, START, start, upload } from './support.ts';

let edge: TestCertificate;
let next: TestCertificate;
let ca: TestCertificate;
beforeAll(async () => {
  edge = await testCertificate('edge');
  next = await testCertificate('next');
  ca = await testCertificate('root', { ca: true });
});

describe('a zone certificate', () => {
  it('has the fields that were recorded, and no key', async () => {
    const { ask, pass } = await start();
    const made = await ask('POST', PULLS, pairOf(edge));
    pass(1000);
    const [row] = (await ask('GET', PULLS)).rows;
    expect(made.status).toBe(200);
    expect(made.row.status).toBe('initializing');
    expect(row).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      certificate: edge.certificate,
      expires_on: '2036-01-01T00:00:00Z',
      issuer: 'O=Example,CN=edge',
      serial_number: expect.stringMatching(/^\d+$/),
      signature: 'ECDSA-SHA256',
      status: 'active',
      uploaded_on: '2026-06-01T00:00:00Z',
    });
    expect(JSON.stringify(made.envelope)).not.toContain('PRIVATE');
  });

  it('names the signature of RSA and of P-521', async () => {
    const { ask } = await start();
    const rsa = await ask('POST', PULLS, pairOf(await testCertificate('rsa', { keyType: 'RSA' })));
    const p521 = await ask('POST', PULLS, pairOf(await testCertificate('p521', { keyType: 'P-521' })));
    expect([rsa.row.signature, p521.row.signature]).toEqual(['SHA256-RSA', 'ECDSA-SHA512']);
  });

  it('goes through initializing and pending_deployment to active', async () => {
    const running = await start();
    const id = await upload(running, PULLS, edge);
    const seen: unknown[] = [];
    for (let step = 0; step < 5; step += 1) {
      seen.push((await running.ask('GET', `${PULLS}/${id}`)).row.status);
      running.pass(250);
    }
    expect(seen).toEqual(['initializing', 'initializing', 'pending_deployment', 'pending_deployment', 'active']);
  });

  it('can be told to time out instead', async () => {
    const running = await start({ features: { deployments: 'time_out' } });
    const id = await upload(running, PULLS, edge);
    running.pass(1000);
    expect((await running.ask('GET', `${PULLS}/${id}`)).row.status).toBe('deployment_timed_out');
  });

  it('is active at once without a delay', async () => {
    const { ask } = await start({ delays: { deploy: 0 } });
    expect((await ask('POST', PULLS, pairOf(edge))).row.status).toBe('active');
  });

  it('is deleted by way of pending_deletion, and its tombstone reads by id but is not listed', async () => {
    const running = await start();
    const { ask, pass } = running;
    const id = await upload(running, PULLS, edge);
    pass(1000);
    const removed = await ask('DELETE', `${PULLS}/${id}`);
    expect([removed.status, removed.row.id, removed.row.status]).toEqual([200, id, 'pending_deletion']);
    expect((await ask('GET', PULLS)).result).toBeNull();
    pass(1000);
    expect((await ask('GET', `${PULLS}/${id}`)).row.status).toBe('deleted');
  });

  it('comes back under the same id, reading as pending_deletion for a moment', async () => {
    const running = await start();
    const { ask, pass } = running;
    const id = await upload(running, PULLS, edge);
    pass(1000);
    await ask('DELETE', `${PULLS}/${id}`);
    expect((await ask('POST', PULLS, pairOf(edge))).code).toBe(1406);
    pass(1000);
    const again = await ask('POST', PULLS, pairOf(edge));
    expect([again.row.id, again.row.status]).toEqual([id, 'pending_deletion']);
    pass(1000);
    const [row] = (await ask('GET', PULLS)).rows;
    expect([row?.id, row?.status, row?.uploaded_on]).toEqual([id, 'active', '2026-06-01T00:00:02Z']);
  });

  it('is missing from the list for a while, though its id reads', async () => {
    const running = await start({ delays: { listLag: 20_000 } });
    const { ask, pass } = running;
    const id = await upload(running, PULLS, edge);
    pass(19_999);
    expect((await ask('GET', PULLS)).result).toBeNull();
    expect((await ask('GET', `${PULLS}/${id}`)).row.status).toBe('active');
    pass(1);
    expect((await ask('GET', PULLS)).rows).toHaveLength(1);
  });

  it('never shares its upload time with another, and shows a fraction only where there is one', async () => {
    const running = await start();
    await upload(running, PULLS, edge);
    await upload(running, PULLS, next);
    const times = (await running.ask('GET', PULLS)).rows.map((row) => row.uploaded_on);
    expect(times).toEqual(['2026-06-01T00:00:00Z', '2026-06-01T00:00:00.001Z']);
    expect(Date.parse(String(times[1]))).toBe(START + 1);
  });
});

describe('the list of zone certificates', () => {
  it('is null when it is empty, and tells of one page', async () => {
    const { ask } = await start();
    const { envelope } = await ask('GET', PULLS);
    expect(envelope).toEqual({
      success: true,
      errors: [],
      messages: [],
      result: null,
      result_info: { count: 0, page: 1, per_page: 50, total_count: 0, total_pages: 1 },
    });
  });

  it('takes no notice of a page', async () => {
    const running = await start();
    await upload(running, PULLS, edge);
    const reply = await running.ask('GET', `${PULLS}?page=7`);
    expect(reply.rows).toHaveLength(1);
    expect(reply.info).toEqual({ count: 1, page: 1, per_page: 50, total_count: 1, total_pages: 1 });
  });
});

describe('a zone certificate is refused', () => {
  it.each<[string, () => unknown, number, number]>([
    ['without a key', () => ({ certificate: edge.certificate }), 400, 9207],
    ['without a certificate', () => ({ private_key: edge.privateKey }), 400, 9207],
    ['with a certificate that is no text', () => ({ ...pairOf(edge), certificate: 7 }), 400, 9207],
    ['with garbage for a certificate', () => ({ ...pairOf(edge), certificate: 'garbage' }), 400, 1408],
    ['with garbage in the block', () => ({ ...pairOf(edge), certificate: GARBAGE }), 400, 1408],
    ['with a block of another name', () => ({ ...pairOf(edge), certificate: renamed() }), 400, 1408],
    ['with a key beside the certificate', () => ({ ...pairOf(edge), certificate: withKey() }), 400, 1408],
    ['as a CA', () => pairOf(ca), 400, 2101],
    ["with another one's key", () => ({ ...pairOf(edge), private_key: next.privateKey }), 400, 2106],
    ['with garbage for a key', () => ({ ...pairOf(edge), private_key: 'garbage' }), 400, 2106],
  ])('%s', async (_, body, status, code) => {
    const { ask, simulator } = await start();
    const reply = await ask('POST', PULLS, body());
    expect([reply.status, reply.code, reply.success, reply.result]).toEqual([status, code, false, null]);
    expect(simulator.writes).toEqual([]);
    expect((await ask('GET', PULLS)).result).toBeNull();
  });

  it('in words that name the field and quote no value', async () => {
    const { ask } = await start();
    expect((await ask('POST', PULLS, { certificate: 'x' })).message).toBe('private_key is required');
    const reply = await ask('POST', PULLS, { certificate: ['secret'], private_key: 'x' });
    expect(reply.message).toBe('certificate must be a string');
  });

  it('with an encrypted or an Ed25519 key', async () => {
    const { ask } = await start();
    const ed = await testCertificate('ed', { keyType: 'Ed25519' });
    const encrypted = createPrivateKey(edge.privateKey)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
      .toString();
    expect((await ask('POST', PULLS, pairOf(ed))).code).toBe(2106);
    expect((await ask('POST', PULLS, { certificate: edge.certificate, private_key: encrypted })).code).toBe(2106);
  });

  it('a second time, however its text is broken into lines', async () => {
    const running = await start();
    await upload(running, PULLS, edge);
    const again = await running.ask('POST', PULLS, {
      certificate: `\n${edge.certificate.replaceAll('\n', '\r\n')}\n\n`,
      private_key: edge.privateKey,
    });
    expect([again.status, again.code, again.message]).toEqual([
      400,
      1406,
      'This certificate already exists for this zone.',
    ]);
  });

  it('with a JSON body that is none, or with no content type', async () => {
    const { url } = await start();
    const send = async (body: string, type: string) => {
      const headers = { authorization: 'Bearer any', 'content-type': type };
      const response = await fetch(`${url}${PULLS}`, { method: 'POST', headers, body });
      return ((await response.json()) as { errors: { code: number }[] }).errors[0]?.code;
    };
    expect(await send('{', 'application/json')).toBe(6007);
    expect(await send('[]', 'application/json')).toBe(6007);
    expect(await send('{}', 'text/plain')).toBe(9207);
  });

  it('by token where only keys may upload', async () => {
    const { ask } = await start({ features: { tokenUploads: false } });
    const reply = await ask('POST', PULLS, pairOf(edge));
    expect([reply.status, reply.code]).toEqual([405, 10000]);
    expect(reply.message).toContain('api_token authentication scheme');
    const byKey = await ask('POST', PULLS, pairOf(edge), { 'x-auth-email': 'a@b.example', 'x-auth-key': 'abc' });
    expect(byKey.status).toBe(200);
  });

  it('while another change is going on in its zone', async () => {
    const running = await start({ delays: { busy: 500 } });
    const { ask, pass } = running;
    const id = await upload(running, PULLS, edge);
    expect((await ask('POST', PULLS, pairOf(next))).status).toBe(409);
    pass(1000);
    expect((await ask('POST', PULLS, pairOf(next))).status).toBe(200);
    expect((await ask('DELETE', `${PULLS}/${id}`)).status).toBe(409);
    pass(500);
    expect((await ask('DELETE', `${PULLS}/${id}`)).status).toBe(200);
  });
});

describe('deleting a zone certificate is refused', () => {
  it('while it is being deployed, once it is going, and where there is none', async () => {
    const running = await start();
    const { ask, pass } = running;
    const id = await upload(running, PULLS, edge);
    expect((await ask('DELETE', `${PULLS}/${id}`)).code).toBe(1434);
    pass(500);
    expect((await ask('DELETE', `${PULLS}/${id}`)).message).toBe(
      'Cannot delete resource while in pending deployment state.',
    );
    pass(500);
    await ask('DELETE', `${PULLS}/${id}`);
    const again = await ask('DELETE', `${PULLS}/${id}`);
    expect([again.status, again.message]).toEqual([400, 'Certificate is already deleted.']);
    for (const method of ['GET', 'DELETE']) {
      const none = await ask(method, `${PULLS}/2458ce5a-0c35-4c7f-82c7-8e9487d3ff60`);
      expect([none.status, none.code]).toEqual([404, 1551]);
    }
  });
});

const GARBAGE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const renamed = (): string => edge.certificate.replaceAll('CERTIFICATE', 'X509 CERTIFICATE');
const withKey = (): string => `${edge.certificate}${edge.privateKey}`;
