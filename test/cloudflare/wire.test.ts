import { describe, expect, it } from 'vitest';
import type { ApiRequest } from '../../src/model/api.ts';
import { InternalError } from '../../src/model/fault.ts';
import { Secret } from '../../src/model/secret.ts';
import { testCertificate } from '../support/certificates.ts';
import { httpMock, MOCK_URL, ok } from '../support/http-mock.ts';
import { fine, GET, mockBench, PUT, scripted, TOKEN } from './support.ts';

const mock = httpMock();

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const { privateKey: KEY } = await testCertificate('app');
const PAIR = { certificate: PEM, private_key: KEY };
const AOP = '/zones/023e105f4ecef8ad9ca31a8372d0c353/origin_tls_client_auth';
const ID = '2458ce5a-0c35-4c7f-82c7-8e9487d3ff60';
const ACCOUNT = '/accounts/4d5e105f4ecef8ad9ca31a8372d0c353/access/certificates';
const ZONE = '/zones/023e105f4ecef8ad9ca31a8372d0c353/access/certificates';
const LINKS = { config: [{ cert_id: ID, enabled: true, hostname: 'app.example.com' }] };
const CA = { name: 'Staff', certificate: PEM, associated_hostnames: ['admin.example.com'] };
const HOSTS = { name: 'Staff', associated_hostnames: [] };
const ROWS = { settings: [{ hostname: 'a.example.com', china_network: false, client_certificate_forwarding: true }] };

/** Every operation of the specification that concerns us: method, path, success, query or body. */
const OPERATIONS: readonly Operation[] = [
  ['GET', AOP, 200],
  ['POST', AOP, 200, PAIR],
  ['GET', `${AOP}/${ID}`, 200],
  ['DELETE', `${AOP}/${ID}`, 200],
  ['GET', `${AOP}/settings`, 200],
  ['PUT', `${AOP}/settings`, 200, { enabled: true }],
  ['GET', `${AOP}/hostnames`, 200, { status: 'all', per_page: '1000' }],
  ['PUT', `${AOP}/hostnames`, 200, LINKS],
  ['GET', `${AOP}/hostnames/app.example.com`, 200],
  ['GET', `${AOP}/hostnames/certificates`, 200],
  ['POST', `${AOP}/hostnames/certificates`, 200, PAIR],
  ['GET', `${AOP}/hostnames/certificates/${ID}`, 200],
  ['DELETE', `${AOP}/hostnames/certificates/${ID}`, 200],
  ['GET', '/zones/023e105f4ecef8ad9ca31a8372d0c353/settings/tls_client_auth', 200],
  ['PATCH', '/zones/023e105f4ecef8ad9ca31a8372d0c353/settings/tls_client_auth', 200, { value: 'on' }],
  ...[ACCOUNT, ZONE].flatMap(
    (access) =>
      [
        ['GET', access, 200, { per_page: '1000' }],
        ['POST', access, 201, CA],
        ['GET', `${access}/${ID}`, 200],
        ['PUT', `${access}/${ID}`, 200, HOSTS],
        ['DELETE', `${access}/${ID}`, 200],
        ['GET', `${access}/settings`, 200],
        ['PUT', `${access}/settings`, 202, ROWS],
      ] as const,
  ),
  ['GET', '/zones', 200, { name: 'example.com', 'account.id': '4d5e105f4ecef8ad9ca31a8372d0c353' }],
  ['GET', '/user/tokens/verify', 200],
];

type Operation = readonly [ApiRequest['method'], string, number, Readonly<Record<string, unknown>>?];

describe('what is sent, to the byte', () => {
  it.each(OPERATIONS.map((operation) => ({ operation, name: operation.slice(0, 2).join(' ') })))('$name', async ({
    operation: [method, path, status, data],
  }) => {
    let bytes: { uri: string; body: string; headers: Record<string, unknown> } | undefined;
    const read = method === 'GET';
    mock()
      .intercept((uri) => uri.startsWith('/client/v4'), method)
      .reply(function (uri, body) {
        bytes = { uri, body: typeof body === 'string' ? body : JSON.stringify(body), headers: this.req.headers };
        return [status, ok({ id: ID })];
      });
    const { client } = mockBench();
    const answer = await client.request({
      method,
      path,
      permission: 'x',
      ...(read ? { query: data as Record<string, string> } : data ? { body: data } : {}),
    });

    const query = read && data ? `?${new URLSearchParams(data as Record<string, string>)}` : '';
    expect(bytes?.uri).toBe(`/client/v4${path}${query}`);
    expect(bytes?.body).toBe(read || !data ? '' : JSON.stringify(data));
    expect(bytes?.headers).toEqual({
      authorization: `Bearer ${TOKEN}`,
      'user-agent': 'cf-mtls/1.2.3',
      accept: 'application/json',
      host: 'api.cloudflare.com',
      ...(read || !data ? {} : { 'content-type': 'application/json' }),
    });
    expect(answer).toEqual({ result: { id: ID }, status });
    expect(client.requests).toBe(1);
  });

  it('sends e-mail and key instead of a token', async () => {
    mock()
      .get('/zones/z/thing')
      .matchHeader('x-auth-email', 'me@example.com')
      .matchHeader('x-auth-key', 'k3y')
      .matchHeader('authorization', (value) => value === undefined)
      .reply(200, ok(null));
    const { client } = mockBench({ credentials: { email: 'me@example.com', key: 'k3y' } });
    expect((await client.request(GET)).result).toBeNull();
  });

  it('keeps a path below the base URL, whatever it is made of', async () => {
    const { fetch, sent } = scripted(fine());
    const { client } = mockBench({ fetch, baseUrl: 'http://127.0.0.1:8787' });
    for (const path of [
      '@evil.example/x',
      '.evil.example/x',
      '/zones/../user',
      '/zones?x=1#y z',
      '//evil.example/x/..',
    ]) {
      await expect(client.request({ ...GET, path })).rejects.toThrow(InternalError);
    }
    expect(sent).toEqual([]);
  });

  it('never sends a secret that nobody revealed', async () => {
    const { fetch, sent } = scripted(fine());
    const { client } = mockBench({ fetch });
    await expect(client.request({ ...PUT, body: { key: new Secret('x') } })).rejects.toThrow('about to be serialised');
    expect(sent).toEqual([]);
  });
});

describe('what comes back', () => {
  it('carries status, ray and audit log id', async () => {
    mock()
      .get('/zones/z/thing')
      .reply(200, ok({ enabled: false }), { 'CF-Ray': '8a-FRA', 'Cf-Auditlog-Id': '0199' });
    const { client } = mockBench();
    expect(await client.request(GET)).toEqual({
      result: { enabled: false },
      status: 200,
      ray: '8a-FRA',
      auditLogId: '0199',
    });
  });

  it('holds no private key, even if the API sends one', async () => {
    mock()
      .get('/zones/z/thing')
      .reply(200, ok([{ id: '1', private_key: KEY }]));
    const { client } = mockBench();
    expect(await client.list(GET)).toEqual([{ id: '1' }]);
  });

  it('takes nothing in `messages` for an error', async () => {
    const message = { code: 10000, message: 'This API Token is valid and active' };
    mock()
      .get('/zones/z/thing')
      .reply(200, { ...ok({ status: 'active' }), messages: [message] });
    expect((await mockBench().client.request(GET)).result).toEqual({ status: 'active' });
  });

  it('is traced in one line, without credentials, headers or bodies', async () => {
    mock().post('/zones/z/thing').reply(201, ok(PAIR), { 'cf-ray': '8a-FRA' });
    const { client, traces } = mockBench();
    await client.request({ method: 'POST', path: '/zones/z/thing', body: PAIR, permission: 'x' });
    expect(traces.join().replace(/\(\d+ ms\)/, '(n ms)')).toBe(`POST ${MOCK_URL}/zones/z/thing → 201, 8a-FRA (n ms)`);
  });
});
