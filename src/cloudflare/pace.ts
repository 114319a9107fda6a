import type { HeadersLike } from './arrival.ts';

/** Holds the requests of a client to what the API allows. Told the time with every call, it is a plain state machine. */
export interface Pace {
  /** 0: a request may go now. Else the milliseconds after which to ask again. */
  wait(now: number): number;
  /** A request goes now: it is counted, and its answer has to land. */
  take(now: number): void;
  /** An answer came, or none will: what its headers say of the limits is learnt. */
  landed(now: number, headers: HeadersLike): void;
  /** The API said "slow down" to a request sent at `sentAt`: everything halts together, for as long as told. */
  throttled(now: number, sentAt: number, told: number | undefined): void;
  /** A request sent at `sentAt` got through: the next halt starts from the shortest again. */
  flows(sentAt: number): void;
  /** When the present halt ends; in the past where there is none. */
  readonly haltUntil: number;
  /** All halts so far, in milliseconds; of two readings the difference is how long somebody had to wait. */
  readonly halted: number;
}

/**
 * Starts from the documented 1,200 requests in 5 minutes and keeps an exact log of what was sent, so that no window of
 * time, wherever it begins, holds more than the limit less a reserve for people who use the dashboard meanwhile
 * (the limit is theirs, too). The first two thirds may go at once; the rest is spread, so that nothing stands still.
 * `shares`: so many runs use one budget. Each takes its part of it until the API says what is left for all of them,
 * and then its part of the last third, so that runs with a token each are not held back for nothing.
 * `patience`: where no time is told, a halt is no longer than these milliseconds.
 */
export function createPace(shares = 1, patience = Number.POSITIVE_INFINITY): Pace {
  const limits = new Map<string, Limit>([['default', DOCUMENTED]]);
  const stocks = new Map<string, Stock>();
  let sent: number[] = [];
  let inFlight = 0;
  let halt = { from: Number.NEGATIVE_INFINITY, until: Number.NEGATIVE_INFINITY, level: 0 };
  let halted = 0;

  function waits(now: number): number[] {
    const last = sent.at(-1) ?? Number.NEGATIVE_INFINITY;
    const probing = now < halt.until + PROBE_TIME ? last + PROBE_INTERVAL - now : 0;
    return [
      halt.until - now,
      probing,
      ...[...limits].map(([name, limit]) => waitForLimit(limit, stocks.has(name) ? 1 : shares, sent, now)),
      // Nobody knows what the others have sent since the last word of the API has run out: one request goes and asks.
      ...[...stocks.values()].map(({ until }) => (shares > 1 && now >= until && inFlight > 0 ? PROBE_INTERVAL : 0)),
      ...[...stocks.values()].map((stock) => waitForStock(stock, shares, last, now)),
    ];
  }

  return {
    wait(now) {
      const longest = Math.max(...[...limits.values()].map((limit) => limit.window));
      const first = sent.findIndex((time) => time > now - longest);
      sent = first === -1 ? [] : sent.slice(first);
      return Math.ceil(Math.max(0, ...waits(now)));
    },
    take(now) {
      sent.push(now);
      inFlight += 1;
      for (const stock of stocks.values()) stock.left -= 1;
    },
    landed(now, headers) {
      inFlight -= 1;
      const policies = readPolicies(headers);
      for (const [name, limit] of policies) limits.set(name, limit);
      for (const [name, { left, resets }] of readStocks(headers)) {
        const sole = policies.size === 1 ? [...policies.values()][0] : undefined;
        const quota = (limits.get(name) ?? DOCUMENTED).quota;
        // What is told in whole seconds may be one short; alone, our own log covers that.
        const until = now + Math.min(resets, LONGEST_BLOCK) + (shares > 1 ? 1000 : 0);
        const old = stocks.get(name);
        const sameWindow = old !== undefined && Math.abs(old.until - until) <= 2000;
        // What is under way may not have been counted yet, and answers overtake one another: the lower number counts.
        const fresh = left - inFlight;
        stocks.set(name, {
          quota: policies.has(name) ? quota : (sole?.quota ?? quota),
          until,
          left: sameWindow ? Math.min(old.left, fresh) : fresh,
        });
      }
    },
    throttled(now, sentAt, told) {
      // Forty requests under way get forty refusals: one episode.
      const again = sentAt > halt.from;
      const level = again ? halt.level + 1 : halt.level;
      if (!again && told === undefined) return;
      const untold = Math.min(patience, UNTOLD[Math.min(level, UNTOLD.length) - 1] ?? LONGEST_BLOCK);
      const pause = told === undefined ? untold : Math.max(told, SHORTEST_HALT * 2 ** (level - 1));
      const until = Math.max(halt.until, now + pause);
      halted += until - Math.max(now, halt.until);
      halt = { from: again ? now : halt.from, until, level };
    },
    flows(sentAt) {
      if (sentAt > halt.from) halt = { ...halt, level: 0 };
    },
    get haltUntil() {
      return halt.until;
    },
    get halted() {
      return halted;
    },
  };
}

interface Limit {
  readonly quota: number;
  /** Milliseconds. */
  readonly window: number;
}
/** What the API says is left until it starts counting anew. */
interface Stock {
  readonly quota: number;
  readonly until: number;
  left: number;
}

function waitForLimit({ quota, window }: Limit, shares: number, sent: readonly number[], now: number): number {
  const from = sent.findIndex((time) => time > now - window);
  if (from === -1) return 0;
  const budget = usable(quota / shares);
  const used = sent.length - from;
  const free = budget - used;
  if (free <= 0) return (sent[sent.length - budget] ?? now) + window - now;
  if (free > budget * SPREAD_BELOW) return 0;
  // The widest gap that some moment demands: before the k-th request leaves the window, only `free + k` may go.
  const last = sent.at(-1) ?? now;
  let gap = 0;
  for (let k = 0; k < used; k += 1) gap = Math.max(gap, ((sent[from + k] ?? now) + window - last) / (free + k));
  return last + gap - now;
}

function waitForStock({ quota, until, left }: Stock, shares: number, last: number, now: number): number {
  if (now >= until) return 0;
  const free = left - (quota - usable(quota));
  if (free <= 0) return until - now;
  return free > usable(quota) * SPREAD_BELOW ? 0 : last + ((until - now) * shares) / free - now;
}

function usable(quota: number): number {
  return Math.max(1, Math.floor(quota * (1 - RESERVE)));
}

/** `Ratelimit-Policy: "burst";q=100;w=60`: 100 requests in 60 seconds. */
function readPolicies(headers: HeadersLike): ReadonlyMap<string, Limit> {
  const limits = new Map<string, Limit>();
  for (const [name, { q = 0, w = 0 }] of readItems(headers.get('ratelimit-policy'))) {
    if (q >= 1 && w >= 1 && w <= 3600) limits.set(name, { quota: q, window: w * 1000 });
  }
  return limits;
}

/** `Ratelimit: "default";r=50;t=30`: 50 are left for the next 30 seconds. */
function readStocks(headers: HeadersLike): readonly (readonly [string, { left: number; resets: number }])[] {
  return readItems(headers.get('ratelimit')).flatMap(([name, { r, t }]) =>
    r === undefined || t === undefined ? [] : [[name, { left: r, resets: t * 1000 }] as const],
  );
}

function readItems(header: string | null): readonly (readonly [string, Readonly<Record<string, number>>])[] {
  return [...(header ?? '').slice(0, 1000).matchAll(/"?([\w.-]+)"?((?:\s*;\s*\w+=\d+)+)/g)]
    .slice(0, 8)
    .map((item) => [
      item[1] ?? '',
      Object.fromEntries([...(item[2] ?? '').matchAll(/(\w+)=(\d+)/g)].map((pair) => [pair[1], Number(pair[2])])),
    ]);
}

const DOCUMENTED: Limit = { quota: 1200, window: 300_000 };
/** The share that stays for people. */
const RESERVE = 0.1;
const SPREAD_BELOW = 1 / 3;
/** "All calls blocked for the next five minutes". */
const LONGEST_BLOCK = 300_000;
/** How long to pause where no time is told: a minute, in case it is not the block; then the block. */
const UNTOLD = [60_000, LONGEST_BLOCK, LONGEST_BLOCK];
/** `Retry-After: 0` again and again must not become a busy loop; the floor doubles. */
const SHORTEST_HALT = 1000;
/** After a halt requests go one after the other at first: if it is not over, only one or two find that out. */
const PROBE_TIME = 10_000;
const PROBE_INTERVAL = 250;
