import { describe, expect, it } from 'vitest';
import type { ApiRequest } from '../../src/model/api.ts';
import { bench, DELETE, fails, failureFrom, fine, GET, html, json, no, PUT, START, scripted } from './support.ts';

const limited = (seconds: number) => no(971, 'Please wait', 429, { 'retry-after': `${seconds}` });

/** A look that leaves a request with another body each time, and the number of times that it was taken. */
function looks(request: ApiRequest = PUT) {
  const lost: boolean[] = [];
  const look = async (isLost: boolean): Promise<ApiRequest> => ({ ...request, body: { look: lost.push(isLost) } });
  return { look, lost };
}

describe('a request that rests on a look', () => {
  it('is looked for once where nothing holds it up', async () => {
    const { fetch, sent } = scripted(fine('through'));
    const { look, lost } = looks();
    expect((await bench({ fetch }).client.requestAfter(look))?.result).toBe('through');
    expect(lost).toEqual([false]);
    expect(sent.map(({ body }) => body)).toEqual(['{"look":1}']);
  });

  it('is not sent where the look leaves nothing', async () => {
    const { fetch, sent } = scripted(fine());
    expect(await bench({ fetch }).client.requestAfter(async () => undefined)).toBeUndefined();
    expect(sent).toEqual([]);
  });

  it.each([
    ['a halt', limited(60), false],
    ['a lost answer', html(502), true],
    ['a connection that could not be made', fails('ECONNREFUSED', 'connect'), false],
  ])('is made anew after %s', async (_, first, isLost) => {
    const { fetch, sent } = scripted(first, fine());
    const { look, lost } = looks();
    await bench({ fetch }).client.requestAfter(look);
    expect(lost).toEqual([false, isLost]);
    expect(sent.map(({ body }) => body)).toEqual(['{"look":1}', '{"look":2}']);
  });

  it('is made anew where the look itself was held up', async () => {
    const { fetch, sent } = scripted(limited(60), fine());
    const { client } = bench({ fetch });
    const { look, lost } = looks();
    await client.requestAfter(async (isLost) => {
      await client.request(GET);
      return look(isLost);
    });
    expect(lost).toHaveLength(2);
    expect(sent.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'PUT']);
  });

  it('is made anew after a long wait for what is left of the budget', async () => {
    const spent = { 'ratelimit-policy': '"default";q=1200;w=300', ratelimit: '"default";r=110;t=280' };
    const { fetch, sent } = scripted(json({ success: true, errors: [], messages: [], result: {} }, 200, spent), fine());
    const { client, clock } = bench({ fetch });
    const { look, lost } = looks();
    await client.requestAfter(async (isLost) => {
      if (lost.length === 0) await client.request(GET);
      return look(isLost);
    });
    expect(clock.now() - START).toBeGreaterThan(270_000);
    expect(lost).toHaveLength(2);
    expect(sent.at(-1)?.body).toBe('{"look":2}');
  });

  it('stays as it is over a short halt, and while it only waits for its turn', async () => {
    const { fetch } = scripted(limited(2), fine());
    const { look, lost } = looks();
    await bench({ fetch }).client.requestAfter(look);
    expect(lost).toHaveLength(1);
    const slow = { 'ratelimit-policy': '"default";q=30;w=60' };
    const paced = bench({
      fetch: scripted(json({ success: true, errors: [], messages: [], result: {} }, 200, slow)).fetch,
    });
    for (let n = 0; n < 60; n += 1) await paced.client.requestAfter(look);
    expect(paced.clock.now() - START).toBeGreaterThan(60_000);
    expect(lost).toHaveLength(61);
  });

  it('gets through a storm of short halts: each look may be older than the one before', async () => {
    let n = 0;
    const { client, clock } = bench({
      // A look gets through, and the write after it never does at first.
      fetch: async (_url, { method }) => (method === 'GET' || ++n > 6 ? fine() : limited(5))(),
    });
    const { look, lost } = looks(DELETE);
    await client.requestAfter(async (isLost) => {
      await client.request(GET);
      return look(isLost);
    });
    expect(lost.length).toBeLessThan(6);
    expect(clock.now() - START).toBeLessThan(600_000);
  });

  it('fails with what the look finds, and sends nothing', async () => {
    const { fetch, sent } = scripted(limited(60), fine());
    const { client } = bench({ fetch });
    let n = 0;
    const look = async () => {
      if (++n === 2) throw new Error('somebody uses it');
      return DELETE;
    };
    await expect(client.requestAfter(look)).rejects.toThrow('somebody uses it');
    expect(sent).toHaveLength(1);
  });

  it('is done where a deletion was lost and the next look finds nothing', async () => {
    const { fetch, sent } = scripted(html(502), fine());
    const look = async (isLost: boolean) => (isLost ? undefined : DELETE);
    expect(await bench({ fetch }).client.requestAfter(look)).toBeUndefined();
    expect(sent).toHaveLength(1);
  });

  it('is not looked for without end', async () => {
    let n = 0;
    const { client, clock } = bench({
      // Every look gets through at the second try, and every write is refused.
      fetch: async (_url, { method }) => (method === 'GET' && ++n % 2 === 0 ? fine() : limited(200))(),
    });
    const error = await failureFrom(
      client.requestAfter(async () => {
        await client.request(GET);
        return DELETE;
      }),
    );
    expect(error.message).toMatch(/DELETE .*policy\.wait\.rate_limit allows 660 s/);
    expect(error.failure.ambiguous).toBe(false);
    expect(clock.now() - START).toBeLessThan(1_500_000);
  });

  it.each([
    ['is refused', no(10000, 'Authentication error', 403), 'HTTP 403'],
    ['is one too many', fine(), '--max-requests 2 is used up'],
  ])('says what was lost where the look after it %s', async (_, answer, why) => {
    const { fetch } = scripted(fine(), no(1001, 'bad gateway', 502, { 'cf-ray': '8a1-FRA' }), answer);
    const { client } = bench({ fetch, ...(why.startsWith('--') ? { maxRequests: 2 } : {}) });
    const error = await failureFrom(
      client.requestAfter(async () => {
        await client.request(GET);
        return PUT;
      }),
    );
    expect(error.failure).toMatchObject({ method: 'PUT', status: 502, ray: '8a1-FRA', ambiguous: true });
    expect(error.message).toContain('It may have been carried out');
    expect(error.message).toContain(why);
  });

  it.each([1, 2])('leaves the pace as it was when it is not sent (%i shares)', async (shares) => {
    const stock = (left: number, seconds: number) => ({
      'ratelimit-policy': '"default";q=1200;w=300',
      ratelimit: `"default";r=${left};t=${seconds}`,
    });
    const ok = json({ success: true, errors: [], messages: [], result: {} }, 200, stock(900, 10));
    const { fetch, sent } = scripted(ok, no(971, 'wait', 429, { 'retry-after': '60', ...stock(500, 60) }), ok);
    const { client, clock } = bench({ fetch, shares });
    await client.request(GET);
    await client.requestAfter(async () => (sent.length === 1 ? DELETE : undefined));
    expect(client.requests).toBe(2);
    clock.advance(120_000);
    const before = clock.now();
    await client.request(GET);
    expect(clock.now()).toBe(before);
  });
});
