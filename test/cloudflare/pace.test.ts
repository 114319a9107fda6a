import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPace, type Pace } from '../../src/cloudflare/pace.ts';
import { bench, fine, GET, json, scripted } from './support.ts';

const NONE = new Headers();
const limits = (policy: string, left?: string) =>
  new Headers({ 'ratelimit-policy': policy, ...(left ? { ratelimit: left } : {}) });

/** Takes the next place, where there is one now; else the milliseconds to wait. */
function take(pace: Pace | undefined, now: number): number {
  const wait = pace?.wait(now) ?? 0;
  if (wait === 0) pace?.take(now);
  return wait;
}

/** Sends as fast as the pace lets it, each request answered at once with these headers; gives the times of sending. */
function spend(pace: Pace, count: number, from = 0, answer: (now: number) => Headers = () => NONE): number[] {
  const times: number[] = [];
  let now = from;
  while (times.length < count) {
    const wait = take(pace, now);
    if (wait === 0) {
      times.push(now);
      pace.landed(now, answer(now));
    }
    now += wait;
  }
  return times;
}

/** The most requests that any stretch of time of this length holds, wherever it begins. */
function densest(times: readonly number[], window: number): number {
  let from = 0;
  return times.reduce((most, time, index) => {
    while ((times[from] ?? 0) <= time - window) from += 1;
    return Math.max(most, index - from + 1);
  }, 0);
}

const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));

describe('without a word from the API', () => {
  it('lets a burst go at once while there is budget: five reads of 140 zones', () => {
    expect(spend(createPace(), 700).at(-1)).toBe(0);
  });

  it('holds no window of five minutes above 1,080 of the 1,200, and stands nowhere still', () => {
    const times = spend(createPace(), 10_000);
    expect(densest(times, 300_000)).toBeLessThanOrEqual(1080);
    expect(Math.max(...gaps(times))).toBeLessThan(1000);
  });

  it('comes near the allowed rate in the long run', () => {
    const times = spend(createPace(), 10_000);
    const last = times.slice(-3000);
    const rate = 3000 / (((last.at(-1) ?? 0) - (last[0] ?? 0)) / 1000);
    expect(rate).toBeGreaterThan(3.4);
  });
});

describe('a budget that several runs divide', () => {
  it('is held together by all of them, without a word from the API', () => {
    const times = spend(createPace(4), 3000);
    expect(densest(times, 300_000)).toBeLessThanOrEqual(270);
  });

  it('is held together where the API tells what is left of it', () => {
    const paces = Array.from({ length: 4 }, () => createPace(4));
    const next = paces.map(() => 0);
    const sent: number[] = [];
    while (sent.length < 3000) {
      const now = Math.min(...next);
      const who = next.indexOf(now);
      const wait = take(paces[who], now);
      next[who] = now + Math.max(wait, 1);
      if (wait > 0) continue;
      sent.push(now);
      const since = Math.floor(now / 300_000) * 300_000;
      const left = 1200 - sent.filter((time) => time >= since).length;
      expect(left).toBeGreaterThan(0);
      paces[who]?.landed(
        now,
        limits('"default";q=1200;w=300', `"default";r=${left};t=${((since + 300_000 - now) / 1000) | 0}`),
      );
    }
  });

  it('is a whole one for a run that has a token of its own', () => {
    let left = 1200;
    const times = spend(createPace(4), 720, 0, (now) =>
      limits('"default";q=1200;w=300', `"default";r=${--left};t=${300 - Math.floor(now / 1000)}`),
    );
    expect(times.at(-1)).toBeLessThan(1000);
  });
});

describe('what the API says of its limits', () => {
  it('is learnt: a policy counts what was sent before it was known, too', () => {
    const pace = createPace();
    const times = [...spend(pace, 50, 0, () => limits('"burst";q=100;w=60'))];
    times.push(...spend(pace, 300, 0, () => limits('"burst";q=100;w=60')));
    expect(densest(times, 60_000)).toBeLessThanOrEqual(90);
  });

  it('can raise the limit', () => {
    const pace = createPace();
    spend(pace, 1, 0, () => limits('"default";q=12000;w=300'));
    expect(spend(pace, 5000).at(-1)).toBe(0);
  });

  it('keeps its reserve when others have spent the rest', () => {
    const pace = createPace();
    const answer = () => limits('"default";q=100;w=60', '"default";r=10;t=30');
    spend(pace, 1, 0, answer);
    expect(take(pace, 0)).toBe(30_000);
    expect(take(pace, 29_999)).toBe(1);
    expect(take(pace, 30_000)).toBe(0);
  });

  it('is spread when it runs low, and counts what is under way', () => {
    const pace = createPace();
    for (let sent = 0; sent < 11; sent += 1) expect(take(pace, 0)).toBe(0);
    pace.landed(0, limits('"default";q=100;w=60', '"default";r=40;t=20'));
    // 40 left, 10 of them on their way, 10 for people: 20 in 20 seconds.
    expect(take(pace, 0)).toBe(1000);
  });

  it('is counted down by what is sent, before any answer tells', () => {
    const pace = createPace();
    spend(pace, 1, 0, () => limits('"default";q=100;w=60', '"default";r=12;t=30'));
    let sent = 0;
    for (let now = 0; now < 30_000; now += 100) if (take(pace, now) === 0) sent += 1;
    expect(sent).toBe(2);
  });

  it('of two answers to one window the lower counts', () => {
    const pace = createPace();
    for (let sent = 0; sent < 2; sent += 1) take(pace, 0);
    pace.landed(0, limits('"default";q=100;w=60', '"default";r=10;t=30'));
    pace.landed(100, limits('"default";q=100;w=60', '"default";r=90;t=30'));
    expect(take(pace, 100)).toBeGreaterThan(0);
  });

  it.each([
    'nonsense',
    '"x";q=0;w=60',
    '"x";q=-5;w=60',
    '"x";q=5;w=0',
    '"x";q=1;w=99999999',
    '"x";w=60',
    `${'"x";q=1;'.repeat(10_000)}`,
  ])('is ignored where it is nonsense: %s', (policy) => {
    const pace = createPace();
    spend(pace, 1, 0, () => limits(policy, '"y";r=;t='));
    expect(spend(pace, 600).at(-1)).toBe(0);
  });

  it('never holds a request for longer than the block itself', () => {
    const pace = createPace();
    spend(pace, 1, 0, () => new Headers({ ratelimit: '"default";r=0;t=99999999' }));
    expect(take(pace, 0)).toBe(300_000);
  });
});

describe('a halt', () => {
  it('is one, though many answers ask for it; only a longer pause that is told makes it longer', () => {
    const pace = createPace();
    pace.throttled(0, 0, undefined);
    expect(pace.haltUntil).toBe(60_000);
    pace.throttled(500, 0, undefined);
    pace.throttled(500, 0, 10_000);
    expect(pace.haltUntil).toBe(60_000);
    pace.throttled(500, 0, 90_000);
    expect(pace.haltUntil).toBe(90_500);
    expect(pace.halted).toBe(90_500);
  });
});

describe('property', () => {
  it('a server with any policies never sees more than they allow, once it has told them', () => {
    const policy = fc.record({ q: fc.integer({ min: 1, max: 400 }), w: fc.integer({ min: 1, max: 400 }) });
    fc.assert(
      fc.property(
        fc.array(policy, { minLength: 1, maxLength: 3 }),
        fc.array(fc.record({ idle: fc.nat(100_000), burst: fc.integer({ min: 1, max: 60 }) }), { maxLength: 12 }),
        (policies, bursts) => {
          const header = limits(policies.map(({ q, w }, index) => `"p${index}";q=${q};w=${w}`).join(', '));
          const pace = createPace();
          const times = spend(pace, 1, 0, () => header);
          for (const { idle, burst } of bursts) {
            times.push(...spend(pace, burst, (times.at(-1) ?? 0) + idle, () => header));
          }
          for (const { q, w } of policies) expect(densest(times, w * 1000)).toBeLessThanOrEqual(Math.max(1, q * 0.9));
          expect(densest(times, 300_000)).toBeLessThanOrEqual(1080);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a server that counts in fixed windows, with others at work, never has to block us', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 400 }),
        fc.integer({ min: 10, max: 120 }),
        fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }),
        (quota, seconds, others) => {
          const window = seconds * 1000;
          const pace = createPace();
          let used = 0;
          let start = 0;
          let blocked = 0;
          let count = 0;
          spend(pace, 600, 0, (now) => {
            if (now >= start + window) {
              start = now - ((now - start) % window);
              used = 0;
            }
            // The others stop, as people would, when nothing but the reserve is left.
            const other = others[count % others.length] ?? 0;
            used += 1 + (used + other < quota * 0.8 ? other : 0);
            count += 1;
            if (used > quota) blocked += 1;
            const resets = Math.ceil((start + window - now) / 1000);
            return limits(`"default";q=${quota};w=${seconds}`, `"default";r=${Math.max(0, quota - used)};t=${resets}`);
          });
          expect(blocked).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the client', () => {
  it('sends the reads of fifty zones without a pause, side by side', async () => {
    const { fetch, sent } = scripted(fine());
    const { client, clock } = bench({ fetch });
    await Promise.all(Array.from({ length: 250 }, () => client.request(GET)));
    expect(sent).toHaveLength(250);
    expect(clock.slept).toEqual([]);
  });

  it('says that it holds back, and does so for all requests together', async () => {
    const headers = { 'ratelimit-policy': '"burst";q=100;w=60' };
    const times: number[] = [];
    const { fetch } = scripted(() => () => {
      times.push(clock.now());
      return json({ success: true, result: null }, 200, headers)();
    });
    const { client, clock, waits } = bench({ fetch });
    await client.request(GET);
    await Promise.all(Array.from({ length: 200 }, () => client.request(GET)));
    expect(densest(times, 60_000)).toBeLessThanOrEqual(90);
    expect(waits[0]).toMatch(/^Keeping below the rate limit of the API: next request in \d/);
    expect(waits.length).toBeLessThan(10);
  });
});
