import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/model/fault.ts';
import { bench, failureFrom, fine, GET, html, json, no, POST, PUT, START, scripted } from './support.ts';

const THROTTLES = [
  ['429 with an envelope', no(10100, 'More than 1200 requests per 300 seconds reached', 429)],
  ['429 in HTML', html(429)],
  ['429 with a null body', json(null, 429)],
  ['971 inside a 200', no(971, 'Please wait and consider throttling your request speed', 200)],
  ['971 inside a 400', no(971, 'Please wait and consider throttling your request speed', 400)],
  ['971 without an envelope', json({ code: 971, error: 'Please wait and consider throttling your request speed' })],
  ['10100 inside a 400', no(10100, 'More than 1200 requests per 300 seconds reached', 400)],
] as const;

describe.each(THROTTLES)('after %s', (_, throttled) => {
  it.each([GET, PUT, POST])('a $method waits and is sent again, however few attempts there are', async (request) => {
    const { fetch, sent } = scripted(throttled, throttled, throttled, fine());
    const policy = { retry: { attempts: 1, base: 1, max: 1 }, wait: { rateLimit: 660_000 } };
    const { client, clock, waits } = bench({ fetch, policy });
    await client.request(request);
    expect(sent).toHaveLength(4);
    // A minute in case it is not the block of five minutes, then the block.
    expect(clock.slept).toEqual([60_000, 300_000, 300_000]);
    expect(waits[0]).toBe('The API limits requests: all wait 60 s');
  });

  it('fails when it has waited as long as the policy allows', async () => {
    const { fetch, sent } = scripted(throttled);
    const { client, clock } = bench({ fetch });
    const error = await failureFrom(client.request(POST));
    expect(sent).toHaveLength(4);
    expect(clock.now() - START).toBe(660_000);
    expect(error.failure.ambiguous).toBe(false);
    expect(error.message).toMatch(/asks for 960 s of waiting in all, and policy.wait.rate_limit allows 660 s/);
  });
});

describe('971 beside success: true', () => {
  const throttled = json({
    success: true,
    errors: [{ code: 971, message: 'Please wait' }],
    messages: [],
    result: null,
  });

  it('is no empty list', async () => {
    const { fetch, sent } = scripted(throttled, fine([{ id: 'a' }]));
    expect(await bench({ fetch }).client.list(GET)).toEqual([{ id: 'a' }]);
    expect(sent).toHaveLength(2);
  });

  it('leaves open whether a POST was carried out, which is not sent again', async () => {
    const { fetch, sent } = scripted(throttled, fine());
    expect((await failureFrom(bench({ fetch }).client.request(POST))).failure.ambiguous).toBe(true);
    expect(sent).toHaveLength(1);
  });
});

it('a rate limit uses up no attempt', async () => {
  const limited = json(null, 429, { 'retry-after': '1' });
  const { fetch } = scripted(limited, limited, html(502), limited, fine('through'));
  const policy = { retry: { attempts: 2, base: 1, max: 1 }, wait: { rateLimit: 660_000 } };
  expect((await bench({ fetch, policy }).client.request(PUT)).result).toBe('through');
});

describe('a pause that is told', () => {
  it.each([
    ['in seconds', '120'],
    ['as a date', new Date(START + 120_000).toUTCString()],
  ])('%s is as long as told', async (_, value) => {
    const { fetch } = scripted(json(null, 429, { 'retry-after': value }), fine());
    const { client, clock } = bench({ fetch });
    await client.request(GET);
    expect(clock.slept).toEqual([120_000]);
  });

  it('that is longer than the policy allows is an error at once, for those that come later too', async () => {
    const { fetch, sent } = scripted(json(null, 429, { 'retry-after': '3600' }), fine());
    const { client, clock } = bench({ fetch });
    expect((await failureFrom(client.request(GET))).failure.status).toBe(429);
    expect((await failureFrom(client.request(GET))).message).toMatch(/asks for 3600 s/);
    expect(sent).toHaveLength(1);
    expect(clock.slept).toEqual([]);
    clock.advance(3_600_000);
    await client.request(GET);
  });

  it('of nothing at all does not become a busy loop', async () => {
    const { fetch, sent } = scripted(json(null, 429, { 'retry-after': '0' }));
    const { client, clock } = bench({ fetch });
    await failureFrom(client.request(GET));
    expect(clock.slept.slice(0, 5)).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect(sent.length).toBeLessThan(11);
  });

  it('that is not told is no longer than the policy allows', async () => {
    const policy = { retry: { attempts: 5, base: 500, max: 8000 }, wait: { rateLimit: 8000 } };
    const through = bench({ fetch: scripted(json(null, 429), fine('through')).fetch, policy });
    expect((await through.client.request(GET)).result).toBe('through');
    expect(through.clock.slept).toEqual([8000]);
    const never = bench({ fetch: scripted(json(null, 429)).fetch, policy });
    expect((await failureFrom(never.client.request(GET))).message).toMatch(/policy\.wait\.rate_limit allows 8\.0 s/);
  });

  it('starts from the shortest again once something got through', async () => {
    const limited = json(null, 429);
    const { fetch } = scripted(limited, fine(), limited, fine());
    const { client, clock } = bench({ fetch });
    await client.request(GET);
    clock.advance(60_000);
    await client.request(GET);
    expect(clock.slept).toEqual([60_000, 60_000]);
  });
});

describe('a rate limit', () => {
  it('halts all requests together, once, and lets them go on one after the other', async () => {
    const times: number[] = [];
    let allSent = () => {};
    const together = new Promise<void>((resolve) => {
      allSent = resolve;
    });
    const { fetch } = scripted(() => async () => {
      times.push(clock.now() - START);
      if (times.length > 20) return fine()();
      if (times.length === 20) allSent();
      await together;
      return json(null, 429, { 'retry-after': '30' })();
    });
    const { client, clock, waits } = bench({ fetch });
    await Promise.all(Array.from({ length: 20 }, () => client.request(GET)));
    expect(times.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 0));
    const after = times.slice(20);
    expect(after[0]).toBe(30_000);
    expect(after.slice(1).every((time, index) => time - (after[index] ?? 0) === 250)).toBe(true);
    expect(waits).toEqual(['The API limits requests: all wait 30 s']);
  });

  it('that goes on for all of them ends all of them when their time is up, not one after the other', async () => {
    const { fetch } = scripted(json(null, 429));
    const { client, clock } = bench({ fetch });
    const errors = await Promise.all(Array.from({ length: 30 }, () => failureFrom(client.request(GET))));
    expect(errors).toHaveLength(30);
    expect(clock.now() - START).toBeLessThan(670_000);
  });
});

describe('--max-requests', () => {
  it('stops before more is spent, retries counted', async () => {
    const { fetch, sent } = scripted(html(502), fine());
    const { client } = bench({ fetch, maxRequests: 3 });
    await client.request(GET);
    await client.request(GET);
    await expect(client.request(GET)).rejects.toThrow(InputError);
    await expect(client.request(GET)).rejects.toThrow('--max-requests 3 is used up before GET /zones/z/thing');
    expect(sent).toHaveLength(3);
    expect(client.requests).toBe(3);
  });

  it('holds for requests side by side', async () => {
    const { fetch, sent } = scripted(fine());
    const { client } = bench({ fetch, maxRequests: 3 });
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => client.request(GET)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(sent).toHaveLength(3);
  });

  it('does not hide that a write may have been carried out', async () => {
    const { fetch } = scripted(html(502));
    const error = await failureFrom(bench({ fetch, maxRequests: 1 }).client.request(PUT));
    expect(error.failure).toMatchObject({ status: 502, ambiguous: true });
  });
});
