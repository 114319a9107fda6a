import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { testCertificate } from '../support/certificates.ts';
import { httpMock, refused } from '../support/http-mock.ts';
import { failureFrom, fine, GET, html, json, mockBench, no, PUT, scripted, TOKEN } from './support.ts';

const mock = httpMock();

/** Every refusal that is known of these endpoints: status, code, message, and what the user is told to do. */
const REFUSALS: readonly (readonly [status: number, code: number, message: string, advice: RegExp])[] = [
  [403, 10000, 'Authentication error', /needs the permission “Thing Write”/],
  [400, 10000, 'Authentication error', /needs the permission “Thing Write”/],
  [
    405,
    10000,
    'POST method not allowed for the api_token authentication scheme',
    /CLOUDFLARE_EMAIL and CLOUDFLARE_API/,
  ],
  [403, 10001, 'Method not allowed for token', /set CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY/],
  [403, 9109, 'Unauthorized to access requested resource', /needs the permission “Thing Write”/],
  [403, 9109, 'Max auth failures reached, please check your Authorization header.', /Too many refused logins/],
  [403, 10502, 'Too many authentication failures. Please try again later.', /Too many refused logins/],
  [403, 9103, 'Unknown X-Auth-Key or X-Auth-Email', /CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY/],
  [400, 9106, 'Missing X-Auth-Key, X-Auth-Email or Authorization headers', /CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY/],
  [400, 6003, 'Invalid request headers', /credentials are malformed/],
  [404, 7003, 'Could not route to /zones/z/thing, perhaps your object identifier is invalid?', /Check the id/],
  [403, 9999, 'access.api.error.not_enabled', /Turn on Access/],
  [
    400,
    12130,
    'access.api.error.invalid_request: maximum number of certificates has been reached',
    /quota of the plan/,
  ],
  [400, 12130, 'access.api.error.invalid_request: certificate can not be parsed', /as it is: the message of the API/],
  [400, 12130, 'access.api.error.invalid_request: a.com is associated with another certificate', /from the other one/],
  [409, 12132, 'access.api.error.conflict: a.com is associated with another certificate', /from the other one/],
  [403, 12133, 'access.api.error.forbidden', /plan of this account/],
  [400, 12036, 'access.api.error.hostnames_must_belong_to_your_domain', /prefer the account/],
  [409, 12132, 'access.api.error.conflict: certificate has active associations', /taken off it/],
  [
    409,
    12132,
    'access.api.error.conflict: previous certificate settings still being updated',
    /still being carried out/,
  ],
  [404, 12135, 'access.api.error.not_found', /plan again/],
  [400, 1404, 'Certificate ID required', /report this/],
  [400, 1406, 'This certificate already exists for this zone.', /already, or its deletion/],
  [400, 1408, 'Unable to parse certificate', /PEM leaf/],
  [400, 1414, 'Certificate is pending deletion', /under way already/],
  [400, 1415, 'Invalid Certificate ID', /plan again/],
  [400, 1433, 'Certificate is in use', /must be void/],
  [400, 1434, 'Cannot delete resource while in pending deployment state.', /when it reads active/],
  [404, 1551, 'certificate not found', /plan again/],
  [404, 1552, 'certificate not found', /plan again/],
  [404, 1553, 'setting for this hostname not found', /plan again/],
  [400, 1411, 'Certificate is already deleted.', /plan again/],
  [400, 2101, 'missing leaf certificate', /not a CA/],
  [409, 1000, 'another mutation is in progress', /Another change is under way/],
];

describe('a refusal of the API', () => {
  it.each(REFUSALS)('HTTP %i with %i %s is final, and says what to do', async (status, code, message, advice) => {
    mock().put('/zones/z/thing', { on: true }).reply(status, refused(code, message), { 'cf-ray': '8a1b-FRA' });
    const { client } = mockBench();
    const error = await failureFrom(client.request(PUT));
    expect(error.failure).toMatchObject({
      method: 'PUT',
      path: '/zones/z/thing',
      status,
      errors: [{ code, message }],
      ray: '8a1b-FRA',
      permission: 'Thing Write',
      ambiguous: false,
    });
    expect(error.has(code)).toBe(true);
    expect(error.message).toMatch(advice);
    expect(error.message).toContain(`PUT /zones/z/thing: HTTP ${status}, ${code} ${message}, cf-ray 8a1b-FRA`);
    expect(client.requests).toBe(1);
  });

  it('names the reason that `error_chain` holds', async () => {
    const chain = [{ code: 6111, message: 'Invalid format for Authorization header' }];
    mock()
      .get('/zones/z/thing')
      .reply(400, refused(6003, 'Invalid request headers', { error_chain: chain }));
    const error = await failureFrom(mockBench().client.request(GET));
    expect(error.failure.errors).toEqual([{ code: 6003, message: 'Invalid request headers' }, ...chain]);
  });

  it.each([
    [401, /does not accept the credentials/],
    [403, /a firewall or proxy may be in between/],
    [405, /does not offer this/],
    [404, /does not look like the Cloudflare API/],
  ])('in HTML with HTTP %i is final, too', async (status, advice) => {
    const { fetch, sent } = scripted(html(status));
    const error = await failureFrom(mockBench({ fetch }).client.request(GET));
    expect(error.failure.fault).toBe('not JSON but text/html “502 Bad Gateway”');
    expect(error.message).toMatch(advice);
    expect(sent).toHaveLength(1);
  });
});

describe('a text of the API', () => {
  it('is harmless by the time it is in an error', async () => {
    const nasty = [
      '\u001b[31mred\u001b[0m',
      '\u001b]0;title\u0007',
      'line\r\nError: forged',
      '\u202Egnp.exe',
      `echo ${TOKEN}`,
      generateKeyPairSync('rsa', { modulusLength: 1024 })
        .privateKey.export({ type: 'pkcs1', format: 'pem' })
        .toString()
        .trim(),
    ].join(' ');
    const { fetch } = scripted(no(1004, nasty, 400, { 'cf-ray': '8a\u009b31m' }));
    const { client, traces } = mockBench({ fetch });
    const error = await failureFrom(client.request(GET));
    expect(error.failure.errors[0]?.message).toBe(
      'red line Error: forged gnp.exe echo [credentials removed] [private key removed]',
    );
    expect(error.failure.ray).toBeUndefined();
    expect(`${error.message}${traces.join()}`).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const bare = KEY.replace(/-----.*-----/g, '').trim();
  const bytes = Buffer.from(bare, 'base64');
  const echoed: Readonly<Record<string, () => () => Response>> = {
    'in its lines': () => no(1000, `bad key ${bare}`),
    'in one line': () => no(1000, `bad key ${bare.replaceAll('\n', '')} at 3`),
    'in lines of forty characters': () => no(1000, bare.replaceAll('\n', '').replace(/.{40}/g, '$&\n')),
    'in lines of eight': () => no(1000, bare.replaceAll('\n', '').replace(/.{8}/g, '$&\n')),
    'without its first line': () => no(1000, KEY.slice(KEY.indexOf('\n') + 20)),
    'percent-encoded': () => no(1000, encodeURIComponent(KEY)),
    'percent-encoded twice': () => no(1000, encodeURIComponent(encodeURIComponent(KEY))),
    'for URLs': () => no(1000, bare.replaceAll('+', '-').replaceAll('/', '_')),
    'with entities': () => no(1000, bare.replaceAll('+', '&#43;').replaceAll('/', '&sol;')),
    'in hex': () => no(1000, bytes.toString('hex').replace(/../g, '$&:')),
    'as base64 of its PEM': () => no(1000, Buffer.from(KEY).toString('base64')),
    'in a redirect': () => json(null, 302, { location: `https://example.com/?key=${encodeURIComponent(bare)}` }),
    'in the type of a page': () =>
      json(null, 400, { 'content-type': `text/${bare.slice(60, 128).replaceAll('\n', '')}` }),
    'in cf-ray': () => no(1000, 'bad', 400, { 'cf-ray': bare.slice(60, 120).replaceAll(/[\n/]/g, '') }),
  };
  it.each(Object.entries(echoed))('holds nothing of a key that was sent, echoed %s', async (_, answer) => {
    const { client, traces } = mockBench({ fetch: scripted(answer()).fetch });
    const body = { certificate: 'PEM', private_key: KEY };
    const { failure, message } = await failureFrom(client.request({ ...PUT, method: 'POST', body }));
    const said = letters(`${JSON.stringify(failure)} ${message} ${traces.join()}`);
    const forms = [bare, bytes.toString('hex'), Buffer.from(KEY).toString('base64')].map(letters);
    const pieces = forms.flatMap((it) => Array.from({ length: it.length - 11 }, (_, at) => it.slice(at, at + 12)));
    expect(pieces.filter((piece) => said.includes(piece))).toEqual([]);
  });
  const letters = (text: string) => text.replace(/%(25)*..|&#?\w+;/g, '').replace(/[^A-Za-z0-9]/g, '');

  it('keeps what it says of a certificate, whose key was sent beside it', async () => {
    for (const keyType of ['P-256', 'RSA'] as const) {
      const { certificate, privateKey } = await testCertificate(`echo ${keyType}`, { keyType });
      const said = `Unable to parse certificate ${certificate}`;
      const { client } = mockBench({ fetch: scripted(no(1408, said)).fetch });
      const body = { certificate, private_key: privateKey };
      const { failure } = await failureFrom(client.request({ ...PUT, method: 'POST', body }));
      expect(failure.errors[0]?.message).toContain('Unable to parse certificate -----BEGIN CERTIFICATE-----');
    }
  });

  it('takes no time to speak of, however many keys were sent and however long it is', async () => {
    const errors = Array.from({ length: 10 }, (_, code) => ({ code, message: 'MIGH'.repeat(5000) }));
    const { fetch } = scripted(fine(), json({ success: false, errors, messages: [], result: null }, 400));
    const { client } = mockBench({ fetch });
    await client.request({ ...PUT, method: 'POST', body: { certificate: 'PEM', private_key: KEY } });
    const begun = performance.now();
    await failureFrom(client.request(GET));
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it('keeps its words though a made-up token is one of them', async () => {
    const { fetch } = scripted(no(10001, 'Method not allowed for token', 403));
    const error = await failureFrom(mockBench({ fetch, credentials: { token: 'token' } }).client.request(GET));
    expect(error.message).toMatch(/10001 Method not allowed for token.*CLOUDFLARE_EMAIL/);
  });

  it('is cut where it is endless, and a thousand errors are ten', async () => {
    const errors = Array.from({ length: 1000 }, (_, code) => ({
      code,
      message: 'x'.repeat(10_000),
      error_chain: [{ code: 1 }],
    }));
    const { fetch } = scripted(json({ success: false, errors }, 400));
    const error = await failureFrom(mockBench({ fetch }).client.request(GET));
    expect(error.failure.errors).toHaveLength(10);
    expect(error.failure.errors[0]?.message).toHaveLength(501);
  });
});

describe('a body of the wrong shape', () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ['a string', 'success'],
    ['a list', [1, 2]],
    ['null', null],
    ['without success', { result: [] }],
    ['success as a word', { success: 'true', result: [] }],
  ];
  it.each(wrong)('is a fault, never a crash: %s', async (_, body) => {
    const { fetch } = scripted(json(body));
    const error = await failureFrom(mockBench({ fetch }).client.request(GET));
    expect(error.failure).toMatchObject({ status: 200, fault: 'not an API envelope', errors: [] });
  });

  it.each([
    ['a string', 'boom', [{ code: 0, message: 'boom' }]],
    ['an object', { code: '1406', message: 7 }, [{ code: 1406, message: '' }]],
    [
      'a list of anything',
      [null, 3, 'boom', [], { message: 'm' }],
      [
        { code: 0, message: 'boom' },
        { code: 0, message: 'm' },
      ],
    ],
    ['a number', 7, []],
    ['missing', undefined, []],
  ])('with `errors` as %s is read as far as it goes', async (_, errors, read) => {
    const { fetch } = scripted(json({ success: false, errors, result: null }, 400));
    const error = await failureFrom(mockBench({ fetch }).client.request(GET));
    expect(error.failure.errors).toEqual(read);
    expect(error.failure.fault).toBe(read.length === 0 ? 'refused without a reason' : undefined);
  });

  it.each([
    ['an object', { id: 'x' }, 'the result is not a list'],
    ['a string', 'x', 'the result is not a list'],
    ['a list of strings', ['x'], 'an entry of the list is not an object'],
    ['a list with null', [null], 'an entry of the list is not an object'],
  ])('where a list should be is a fault: %s', async (_, result, fault) => {
    const { fetch } = scripted(json({ success: true, errors: [], result }));
    expect((await failureFrom(mockBench({ fetch }).client.list(GET))).failure.fault).toBe(fault);
  });

  it('success in an error status is no success', async () => {
    const { fetch } = scripted(json({ success: true, result: { id: 'x' } }, 404));
    expect((await failureFrom(mockBench({ fetch }).client.request(GET))).failure.status).toBe(404);
  });

  it('an answer without content is one, where the status says so', async () => {
    const { fetch } = scripted(() => new Response(null, { status: 204 }));
    expect(await mockBench({ fetch }).client.request(GET)).toEqual({ result: null, status: 204 });
  });
});
