import { Refusal } from './refusal.ts';
import type { Limits } from './rules.ts';

/** Counts requests per credential: so many in a window, and past that a block as long as the window. */
export function createLimiter(limits: Limits): (key: string, now: number) => Readonly<Record<string, string>> {
  const windows = new Map<string, { since: number; count: number; blockedUntil: number }>();
  if (limits.requests === 0) return () => ({});

  return (key, now) => {
    let entry = windows.get(key);
    if (entry === undefined || (now >= entry.since + limits.window && now >= entry.blockedUntil)) {
      entry = { since: now, count: 0, blockedUntil: 0 };
      windows.set(key, entry);
    }
    entry.count += 1;
    if (entry.count > limits.requests) {
      if (entry.blockedUntil === 0) entry.blockedUntil = now + limits.window;
      const wait = seconds(entry.blockedUntil - now);
      throw new Refusal('rateLimited', { headers: { ...headers(limits, 0, wait), 'retry-after': `${wait}` } });
    }
    return headers(limits, limits.requests - entry.count, seconds(entry.since + limits.window - now));
  };
}

function headers(limits: Limits, remaining: number, wait: number): Readonly<Record<string, string>> {
  return {
    ratelimit: `"default";r=${remaining};t=${wait}`,
    'ratelimit-policy': `"default";q=${limits.requests};w=${seconds(limits.window)}`,
  };
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);
