import { setMaxListeners } from 'node:events';
import type { Clock } from '../model/clock.ts';
import type { HeadersLike } from './arrival.ts';
import { createPace } from './pace.ts';

/** The one door through which every request of a client goes, in the order of asking. */
export interface Gate {
  /** Taken when a request begins; it remembers how long that one has been held up. */
  ticket(): Ticket;
  /** Taken when a look begins, the n-th for one request, from 1. */
  look(nth: number): Look;
  /**
   * Resolves when the request may be sent; throws Closed where it never may. False, and it may not be sent, where the look
   * on which it rests has become too old, since requests had to stand and wait.
   */
  pass(ticket: Ticket, look?: Look): Promise<boolean>;
  /** Waits out a backoff, saying why; throws Closed when the run is stopped meanwhile. */
  pause(ms: number, why: string): Promise<void>;
  /** What an answer taught. `throttled`: the pause that it asked for, where it asked for one. */
  landed(sentAt: number, headers: HeadersLike, throttled?: { readonly told: number | undefined }): void;
  /** How many requests it has let through. */
  readonly passed: number;
}
export type Ticket = { readonly haltedBefore: number };
export interface Look {
  readonly stoodBefore: number;
  /** Milliseconds that requests may stand before it is too old. */
  readonly lasts: number;
}

export interface GateOptions {
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** Milliseconds that one request lets itself be held up by rate limits. */
  readonly rateLimit: number;
  readonly maxRequests: number;
  /** Among so many runs the budget of the API is divided. */
  readonly shares?: number;
  onWait(message: string): void;
}

/** Why a request may not be sent (any more). */
export class Closed extends Error {
  readonly why: 'stopped' | 'rate limit' | 'max requests';

  constructor(why: Closed['why'], message: string) {
    super(message);
    this.why = why;
  }
}

export function createGate({ clock, stop, rateLimit, maxRequests, shares = 1, onWait }: GateOptions): Gate {
  const pace = createPace(shares, rateLimit);
  // Any number of requests may wait at once, each listening for the end.
  setMaxListeners(0, stop);
  let queue: Promise<unknown> = Promise.resolve();
  let passed = 0;
  let toldPace = Number.NEGATIVE_INFINITY;

  async function sleep(ms: number): Promise<void> {
    try {
      await clock.sleep(ms, stop);
    } catch (error) {
      throw stop.aborted ? new Closed('stopped', 'The run was stopped') : error;
    }
  }

  /** Only the first in the queue waits here, so a halt is told once. */
  function tell(now: number, ms: number): void {
    if (pace.haltUntil > now) {
      onWait(`The API limits requests: all wait ${seconds(pace.haltUntil - now)}`);
    } else if (ms >= 1000 && now >= toldPace + TELL_EVERY) {
      onWait(`Keeping below the rate limit of the API: next request in ${seconds(ms)}`);
      toldPace = now;
    }
  }

  // How long the first in the queue has stood there so far, each of them together: by so much looks have become older.
  let stood = 0;
  let standing: { readonly from: number; isHalted: boolean } | undefined;
  const stoodSoFar = (): number => {
    const now = standing === undefined ? 0 : clock.now() - standing.from;
    return stood + (standing?.isHalted || now > PATIENCE ? now : 0);
  };

  async function wait(ticket: Ticket, look: Look | undefined): Promise<boolean> {
    standing = { from: clock.now(), isHalted: false };
    try {
      return await stand(ticket, look, standing);
    } finally {
      stood = stoodSoFar();
      standing = undefined;
    }
  }

  async function stand(ticket: Ticket, look: Look | undefined, mine: { isHalted: boolean }): Promise<boolean> {
    for (;;) {
      if (stop.aborted) throw new Closed('stopped', 'The run was stopped');
      if (passed >= maxRequests) throw new Closed('max requests', `--max-requests ${maxRequests} is used up`);
      const now = clock.now();
      const isHalted = pace.haltUntil > now;
      mine.isHalted ||= isHalted;
      const asked = pace.halted - ticket.haltedBefore;
      if (isHalted && asked > rateLimit) throw new Closed('rate limit', tooLong(asked, rateLimit));
      const ms = pace.wait(now);
      if (ms === 0) {
        // What is not sent is not counted: it would never land.
        if (look !== undefined && stoodSoFar() - look.stoodBefore > look.lasts) return false;
        pace.take(now);
        passed += 1;
        return true;
      }
      tell(now, ms);
      // What is learnt meanwhile may shorten the wait, but a halt is as long as it is.
      await sleep(isHalted ? ms : Math.min(ms, LOOK_AGAIN));
    }
  }

  return {
    ticket: () => ({ haltedBefore: pace.halted - Math.max(0, pace.haltUntil - clock.now()) }),
    look: (nth) => ({ stoodBefore: stoodSoFar(), lasts: LOOK_LASTS * 5 ** (nth - 1) }),
    pass(ticket, look) {
      const turn = queue.then(() => wait(ticket, look));
      queue = turn.catch(() => {});
      return turn;
    },
    async pause(ms, why) {
      if (stop.aborted) throw new Closed('stopped', 'The run was stopped');
      onWait(`${why}; trying again in ${seconds(ms)}`);
      await sleep(ms);
    },
    landed(sentAt, headers, throttled) {
      const now = clock.now();
      pace.landed(now, headers);
      if (throttled === undefined) pace.flows(sentAt);
      else pace.throttled(now, sentAt, throttled.told);
    },
    get passed() {
      return passed;
    },
  };
}

function tooLong(asked: number, allowed: number): string {
  return `The API asks for ${seconds(asked)} of waiting in all, and policy.wait.rate_limit allows ${seconds(allowed)}`;
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(Math.max(ms, 100) / 1000).toFixed(1)} s` : `${Math.ceil(ms / 1000)} s`;
}

/** Paced requests come every third of a second; one line in half a minute says it. */
const TELL_EVERY = 30_000;
const LOOK_AGAIN = 10_000;
/** Milliseconds. The next look of the same request lasts five times as long: where halts never end, it is sent all the same. */
const LOOK_LASTS = 2000;
/** What a slow pace keeps a request waiting is no standing still: a slow shard would look again before every write. */
const PATIENCE = 10_000;
