import { describe, expect, it } from 'vitest';
import type { ApiRequest } from '../../src/model/api.ts';
import {
  type Answer,
  bench,
  DELETE,
  fails,
  failureFrom,
  fine,
  GET,
  html,
  json,
  no,
  POST,
  PUT,
  START,
  scripted,
} from './support.ts';

type Script = () => Answer;

/** Everything after which nobody knows whether a write was carried out. */
const LOST: readonly (readonly [string, Script])[] = [
  ['a reset', fails('ECONNRESET')],
  ['a closed socket', fails('UND_ERR_SOCKET')],
  ['a reset as nock gives it', () => Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
  ['no headers in time', fails('UND_ERR_HEADERS_TIMEOUT')],
  ['no body in time', fails('UND_ERR_BODY_TIMEOUT')],
  ['a socket that times out', fails('ETIMEDOUT', 'read')],
  ['a host that can not be reached any more', fails('EHOSTUNREACH', 'read')],
  ['a network that can not be reached any more', fails('ENETUNREACH', 'write')],
  ['an unknown fault', () => new TypeError('fetch failed')],
  ['a cut body', () => new Response('{"success":true,"resu', { status: 200 })],
  ['an empty body', () => new Response('', { status: 200 })],
  ['HTML in a 200', html(200)],
  ['408', no(1, 'timeout', 408)],
  ['500', no(1, 'oops', 500)],
  ['502 in HTML', html(502)],
  ['503', html(503)],
  ['520', html(520)],
  ['1000 in its transient reading', no(1000, 'Request timeout')],
  ['1000 in its other transient reading', no(1000, 'Internal Server Error')],
  ['10001 in its transient reading', no(10001, 'internal error', 403)],
];
/** Everything after which it is sure that nothing was carried out, and worth another try. */
const NOT_DONE: readonly (readonly [string, Script])[] = [
  ['a refused connection', fails('ECONNREFUSED', 'connect')],
  ['a name that does not resolve', fails('ENOTFOUND', 'getaddrinfo')],
  ['a DNS server that is busy', fails('EAI_AGAIN', 'getaddrinfo')],
  ['a host that can not be reached', fails('EHOSTUNREACH', 'connect')],
  ['a connection that is not made in time', fails('UND_ERR_CONNECT_TIMEOUT')],
  [
    'addresses of which none answers',
    () => new TypeError('fetch failed', { cause: Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' }) }),
  ],
  [
    'two addresses that refuse',
    () =>
      new TypeError('fetch failed', {
        cause: new AggregateError([Object.assign(new Error(), { code: 'ECONNREFUSED' })]),
      }),
  ],
  ['the 403 of a fresh token', no(10000, 'Unable to authenticate request', 403)],
];
const FINAL: readonly (readonly [string, Script])[] = [
  ['a missing permission', no(10000, 'Authentication error', 403)],
  ['an unauthorised token', no(9109, 'Unauthorized to access requested resource', 403)],
  ['an unknown key', no(9103, 'Unknown X-Auth-Key or X-Auth-Email', 403)],
  ['an unknown id', no(7003, 'Could not route', 404)],
  ['a method not allowed', no(10001, 'Method not allowed for token', 405)],
  ['a busy zone, which the kinds wait for', no(1000, 'in progress', 409)],
  ['501', html(501)],
  ['an untrusted server', fails('SELF_SIGNED_CERT_IN_CHAIN')],
  ['a certificate for another name', fails('ERR_TLS_CERT_ALTNAME_INVALID')],
];

const IDEMPOTENT: readonly (readonly [string, ApiRequest])[] = [
  ['GET', GET],
  ['PUT', PUT],
  ['PATCH', { ...PUT, method: 'PATCH' }],
  ['DELETE', DELETE],
];

describe.each(LOST)('after %s', (_, lost) => {
  it.each(IDEMPOTENT)('a %s is sent again', async (_, request) => {
    const { fetch, sent } = scripted(lost, lost, fine({ id: 'x' }));
    const { client, clock, waits } = bench({ fetch });
    expect((await client.request(request)).result).toEqual({ id: 'x' });
    expect(sent).toHaveLength(3);
    expect(sent[2]).toEqual(sent[0]);
    expect(clock.slept).toEqual([500, 1000]);
    expect(waits[0]).toMatch(/^(GET|PUT|PATCH|DELETE) \/zones\/z\/thing.* \(attempt 1 of 5\); trying again in 0\.5 s$/);
  });

  it('a POST is never sent again, and says that it may have been carried out', async () => {
    const { fetch, sent } = scripted(lost, fine());
    const error = await failureFrom(bench({ fetch }).client.request(POST));
    expect(error.failure.ambiguous).toBe(true);
    expect(sent).toHaveLength(1);
  });

  it('a PUT that never comes through says so, and that it may have been carried out', async () => {
    const { fetch, sent } = scripted(lost);
    const { client, clock } = bench({ fetch });
    expect((await failureFrom(client.request(PUT))).failure.ambiguous).toBe(true);
    expect(sent).toHaveLength(5);
    expect(clock.slept).toEqual([500, 1000, 2000, 4000]);
  });
});

describe.each(NOT_DONE)('after %s', (_, refused) => {
  it.each([...IDEMPOTENT, ['POST', POST] as const])('a %s is sent again', async (_, request) => {
    const { fetch, sent } = scripted(refused, refused, fine());
    await bench({ fetch }).client.request(request);
    expect(sent).toHaveLength(3);
  });

  it('a write that is given up was surely not carried out', async () => {
    const { fetch, sent } = scripted(refused);
    const error = await failureFrom(bench({ fetch }).client.request(POST));
    expect(error.failure.ambiguous).toBe(false);
    expect(sent).toHaveLength(5);
  });
});

describe.each(FINAL)('after %s', (_, final) => {
  it.each([...IDEMPOTENT, ['POST', POST] as const])('a %s fails at once', async (_, request) => {
    const { fetch, sent } = scripted(final);
    const error = await failureFrom(bench({ fetch }).client.request(request));
    expect(error.failure.ambiguous).toBe(false);
    expect(sent).toHaveLength(1);
  });
});

describe('a DELETE whose answer was lost', () => {
  it.each([
    ['404', html(404)],
    ['1551', no(1551, 'certificate not found', 404)],
    ['1552', no(1552, 'certificate not found', 404)],
    ['1553', no(1553, 'setting for this hostname not found', 404)],
    ['12135', no(12135, 'access.api.error.not_found', 404)],
    ['1414', no(1414, 'pending deletion')],
    ['1415', no(1415, 'is either invalid or the certificate has been deleted')],
    ['the code that nobody knows', no(1, 'Certificate is already deleted.')],
  ])('is done when the next one finds nothing: %s', async (_, gone) => {
    const { fetch } = scripted(fails('ECONNRESET'), gone);
    expect((await bench({ fetch }).client.request(DELETE)).result).toBeNull();
  });

  it('is not done when the route itself is unknown, or it is in use', async () => {
    for (const answer of [no(7003, 'Could not route', 404), no(1433, 'in use')]) {
      const { fetch } = scripted(fails('ECONNRESET'), answer);
      expect((await failureFrom(bench({ fetch }).client.request(DELETE))).failure.ambiguous).toBe(true);
    }
  });

  it('means nothing for a DELETE that was not sent before', async () => {
    for (const first of [undefined, fails('ECONNREFUSED', 'connect')]) {
      const { fetch } = scripted(...(first ? [first] : []), no(1551, 'certificate not found', 404));
      expect((await failureFrom(bench({ fetch }).client.request(DELETE))).has(1551)).toBe(true);
    }
  });
});

describe('a backoff', () => {
  it('is shortened by chance by up to a quarter, doubles, and is capped', async () => {
    const { fetch } = scripted(html(502));
    const policy = { retry: { attempts: 6, base: 1000, max: 5000 }, wait: { rateLimit: 0 } };
    const { client, clock } = bench({ fetch, policy, random: () => 1 });
    await failureFrom(client.request(GET));
    expect(clock.slept).toEqual([750, 1500, 3000, 3750, 3750]);
  });

  it('is as long as a 503 asks for, within reason', async () => {
    const { fetch } = scripted(
      json({}, 503, { 'retry-after': '7' }),
      json({}, 503, { 'retry-after': new Date(START + 27_000).toUTCString() }),
      json({}, 503, { 'retry-after': '86400' }),
      json({}, 503, { 'retry-after': 'soon' }),
      fine(),
    );
    const { client, clock } = bench({ fetch });
    await client.request(GET);
    expect(clock.slept).toEqual([7000, 20_000, 60_000, 4000]);
  });

  it('counts the date by the clock of the server', async () => {
    const headers = { date: 'Thu, 01 Jan 1970 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' };
    const { fetch } = scripted(json({}, 503, headers), fine());
    const { client, clock } = bench({ fetch });
    await client.request(GET);
    expect(clock.slept).toEqual([9000]);
  });
});
