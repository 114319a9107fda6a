import { describe, expect, it } from 'vitest';
import { ACCESS, ACCOUNT, CERTIFICATES, HOSTNAMES, PULLS, SETTING, start, ZONE, ZONE_ACCESS } from './support.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ID = '2458ce5a-0c35-4c7f-82c7-8e9487d3ff60';

describe('credentials', () => {
  it.each<[string, Record<string, string>, number, number, number | undefined]>([
    ['none at all', {}, 400, 9106, undefined],
    ['an e-mail address without a key', { 'x-auth-email': 'a@b.example' }, 400, 9106, undefined],
    ['a key without an e-mail address', { 'x-auth-key': 'abc' }, 400, 9106, undefined],
    [
      'a service key, which these endpoints do not take',
      { 'x-auth-user-service-key': 'v1.0-abc' },
      400,
      9106,
      undefined,
    ],
    ['an empty token', { authorization: 'Bearer ' }, 400, 6003, 6111],
    ['a token with a space in it', { authorization: 'Bearer a b' }, 400, 6003, 6111],
    ['another scheme', { authorization: 'Basic abc' }, 400, 6003, 6111],
    ['a key with a space in it', { 'x-auth-email': 'a@b.example', 'x-auth-key': 'a b' }, 400, 6003, 6103],
  ])('that are %s are refused', async (_, headers, status, code, chained) => {
    const { ask } = await start();
    const reply = await ask('GET', PULLS, undefined, headers);
    expect([reply.status, reply.code]).toEqual([status, code]);
    const [error] = reply.envelope.errors as readonly { error_chain?: readonly { code: number }[] }[];
    expect(error?.error_chain?.[0]?.code).toBe(chained);
  });

  it('of any kind are good where none are known', async () => {
    const { ask } = await start();
    expect((await ask('GET', PULLS, undefined, bearer('whatever'))).status).toBe(200);
    const keyed = await ask('GET', PULLS, undefined, { 'X-Auth-Email': 'a@b.example', 'X-Auth-Key': 'abc' });
    expect(keyed.status).toBe(200);
  });

  it('must be among those that are known', async () => {
    const { ask } = await start({ tokens: [{ token: 'good' }], keys: [{ email: 'a@b.example', key: 'abc' }] });
    const code = async (headers: Record<string, string>) => (await ask('GET', PULLS, undefined, headers)).code;
    expect(await code(bearer('good'))).toBeUndefined();
    expect(await code(bearer('bad'))).toBe(9109);
    expect(await code({ 'x-auth-email': 'a@b.example', 'x-auth-key': 'abc' })).toBeUndefined();
    expect(await code({ 'x-auth-email': 'a@b.example', 'x-auth-key': 'abd' })).toBe(9103);
    expect(await code({ 'x-auth-email': 'c@b.example', 'x-auth-key': 'abc' })).toBe(9103);
  });

  it('that fail again and again are shut out for a while', async () => {
    const { ask, pass } = await start({ tokens: [{ token: 'good' }], limits: { authFailures: 2, window: 1000 } });
    const codes = [];
    for (let round = 0; round < 3; round += 1) codes.push((await ask('GET', PULLS, undefined, bearer('bad'))).code);
    pass(1000);
    codes.push((await ask('GET', PULLS, undefined, bearer('bad'))).code);
    expect(codes).toEqual([9109, 9109, 10502, 9109]);
  });
});

const SSL = 'SSL and Certificates';
const MTLS = 'Access: Mutual TLS Certificates';
const access = (path: string): readonly (readonly [string, string, string])[] => [
  ['GET', path, `${MTLS} Read`],
  ['POST', path, `${MTLS} Write`],
  ['GET', `${path}/settings`, `${MTLS} Read`],
  ['PUT', `${path}/settings`, `${MTLS} Write`],
  ['GET', `${path}/${ID}`, `${MTLS} Read`],
  ['PUT', `${path}/${ID}`, `${MTLS} Write`],
  ['DELETE', `${path}/${ID}`, `${MTLS} Write`],
];
const ENDPOINTS: readonly (readonly [string, string, string])[] = [
  ['GET', PULLS, `${SSL} Read`],
  ['POST', PULLS, `${SSL} Write`],
  ['GET', `${PULLS}/${ID}`, `${SSL} Read`],
  ['DELETE', `${PULLS}/${ID}`, `${SSL} Write`],
  ['GET', `${PULLS}/settings`, `${SSL} Read`],
  ['PUT', `${PULLS}/settings`, `${SSL} Write`],
  ['GET', HOSTNAMES, `${SSL} Read`],
  ['PUT', HOSTNAMES, `${SSL} Write`],
  ['GET', `${HOSTNAMES}/app.example.com`, `${SSL} Read`],
  ['GET', CERTIFICATES, `${SSL} Read`],
  ['POST', CERTIFICATES, `${SSL} Write`],
  ['GET', `${CERTIFICATES}/${ID}`, `${SSL} Read`],
  ['DELETE', `${CERTIFICATES}/${ID}`, `${SSL} Write`],
  ['GET', SETTING, 'Zone Settings Read'],
  ['PATCH', SETTING, 'Zone Settings Write'],
  ...access(ACCESS),
  ...access(ZONE_ACCESS),
  ['GET', '/zones', 'Zone Read'],
  ['POST', '/zones', 'Zone Write'],
  ['GET', `/zones/${ZONE}`, 'Zone Read'],
  ['GET', `/zones/${ZONE}/dns_records`, 'DNS Read'],
  ['POST', `/zones/${ZONE}/dns_records`, 'DNS Write'],
  ['GET', '/accounts', 'Account Settings Read'],
  ['GET', `/accounts/${ACCOUNT}`, 'Account Settings Read'],
];

describe('the endpoint', () => {
  it.each(ENDPOINTS)('%s %s needs %s, or to read, the right to write', async (method, path, permission) => {
    const others = [...new Set(ENDPOINTS.map(([, , name]) => name))].filter(
      (name) => name !== permission && name !== permission.replace(/Read$/, 'Write'),
    );
    const { ask } = await start({
      tokens: [
        { token: 'fits', permissions: [permission] },
        { token: 'writes', permissions: [permission.replace(/Read$/, 'Write')] },
        { token: 'others', permissions: others },
      ],
    });
    const codeFor = async (token: string) =>
      (await ask(method, path, method === 'GET' || method === 'DELETE' ? undefined : {}, bearer(token))).code;
    expect(await codeFor('fits')).not.toBe(10000);
    expect(await codeFor('writes')).not.toBe(10000);
    expect(await codeFor('others')).toBe(10000);
  });

  it.each(ENDPOINTS)('%s %s answers in an envelope with a ray', async (method, path) => {
    const { ask } = await start();
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    const { envelope, headers, success, code, status } = await ask(method, path, body);
    expect(
      Object.keys(envelope)
        .filter((name) => name !== 'result_info')
        .sort(),
    ).toEqual(['errors', 'messages', 'result', 'success']);
    expect(success).toBe(status < 300);
    expect(code === undefined).toBe(success);
    expect(headers.get('cf-ray')).toMatch(/^[0-9a-f]{16}-SIM$/);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.has('cf-auditlog-id')).toBe(/origin_tls_client_auth|access/.test(path));
  });
});

describe('a token', () => {
  it('verifies, with a message whose code is 10000', async () => {
    const { ask } = await start();
    for (const path of ['/user/tokens/verify', `/accounts/${ACCOUNT}/tokens/verify`]) {
      const { status, envelope } = await ask('GET', path);
      expect(status).toBe(200);
      expect(envelope).toMatchObject({
        success: true,
        errors: [],
        messages: [{ code: 10000, message: 'This API Token is valid and active' }],
        result: { id: expect.stringMatching(/^[0-9a-f]{32}$/), status: 'active' },
      });
    }
  });

  it('verifies without any permission, where it belongs to, and only as a token', async () => {
    const { ask } = await start({
      tokens: [
        { token: 'mine', permissions: [] },
        { token: 'ours', permissions: [], owner: 'account' },
      ],
    });
    const status = async (path: string, token: string) => (await ask('GET', path, undefined, bearer(token))).status;
    const account = `/accounts/${ACCOUNT}/tokens/verify`;
    expect(await status('/user/tokens/verify', 'mine')).toBe(200);
    expect(await status('/user/tokens/verify', 'ours')).toBe(403);
    expect(await status(account, 'ours')).toBe(200);
    expect(await status(account, 'mine')).toBe(403);
    expect(await status(account, 'bad')).toBe(403);
    const keyed = await (await start()).ask('GET', '/user/tokens/verify', undefined, {
      'x-auth-email': 'a@b.example',
      'x-auth-key': 'abc',
    });
    expect(keyed.status).toBe(405);
  });
});

describe('the rate limit', () => {
  const limits = { requests: 3, window: 300_000 };

  it('counts down in the headers, then blocks for five minutes', async () => {
    const { ask, pass } = await start({ limits });
    const read = async (token = 'one') => {
      const { status, code, headers } = await ask('GET', PULLS, undefined, bearer(token));
      return [status, code, headers.get('ratelimit'), headers.get('retry-after')];
    };
    expect(await read()).toEqual([200, undefined, '"default";r=2;t=300', null]);
    pass(60_000);
    expect(await read()).toEqual([200, undefined, '"default";r=1;t=240', null]);
    expect((await ask('GET', PULLS, undefined, bearer('two'))).headers.get('ratelimit-policy')).toBe(
      '"default";q=3;w=300',
    );
    await read();
    expect(await read()).toEqual([429, 971, '"default";r=0;t=300', '300']);
    expect((await read('two'))[0]).toBe(200);
    pass(299_999);
    expect(await read()).toEqual([429, 971, '"default";r=0;t=1', '1']);
    pass(1);
    expect(await read()).toEqual([200, undefined, '"default";r=2;t=300', null]);
  });

  it('starts a new window when the old one is over', async () => {
    const { ask, pass } = await start({ limits });
    for (let round = 0; round < 3; round += 1) await ask('GET', PULLS);
    pass(300_000);
    expect((await ask('GET', PULLS)).headers.get('ratelimit')).toBe('"default";r=2;t=300');
  });

  it('is 1,200 in five minutes unless it is switched off', async () => {
    const usual = await start();
    expect((await usual.ask('GET', PULLS)).headers.get('ratelimit-policy')).toBe('"default";q=1200;w=300');
    const off = await start({ limits: { requests: 0 } });
    expect((await off.ask('GET', PULLS)).headers.has('ratelimit')).toBe(false);
  });
});
