import { ApiError, type ApiRequest, type Look } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import type { Policy } from '../model/document.ts';
import type { Message } from './arrival.ts';
import type { Outcome } from './exchange.ts';
import { closedError, errorOf, failureOf, lostError } from './failure.ts';
import { Closed, type Gate, type Look as LookTaken } from './gate.ts';
import { backoff, classify, isGone, retryAfter } from './retry.ts';

export interface CallOptions {
  readonly gate: Gate;
  send(message: Message): Promise<Outcome>;
  readonly clock: Clock;
  random(): number;
  readonly retry: Policy['retry'];
  compose(request: ApiRequest): Message;
}

/**
 * One request to its end: sent, judged, and sent again where that is both useful and safe. One that rests on a look is
 * made anew before it is sent again, and where limits have held it up; undefined where nothing is left to send.
 */
export interface Call {
  (request: ApiRequest): Promise<Outcome>;
  (look: Look): Promise<Outcome | undefined>;
}

export function createCall({ gate, send, clock, random, retry, compose }: CallOptions): Call {
  async function make(given: ApiRequest | Look, lost: boolean, nth: number): Promise<Made | undefined> {
    const look = typeof given === 'function' ? gate.look(nth) : undefined;
    const request = typeof given === 'function' ? await given(lost) : given;
    return request && { request, message: compose(request), look };
  }

  async function call(request: ApiRequest): Promise<Outcome>;
  async function call(look: Look): Promise<Outcome | undefined>;
  async function call(given: ApiRequest | Look): Promise<Outcome | undefined> {
    const ticket = gate.ticket();
    let made: Made | undefined;
    let looks = 0;
    let attempt = 1;
    let uncertain = false;
    let last: (Outcome & { readonly of: ApiRequest }) | undefined;
    try {
      for (;;) {
        if (made === undefined) {
          looks += 1;
          made = await make(given, uncertain, looks).catch((error: unknown) => {
            throw uncertain && last ? lostError(error, last.of, last) : error;
          });
        }
        if (made === undefined) return undefined;
        const { request, message, look }: Made = made;
        if (!(await gate.pass(ticket, look))) {
          made = undefined;
          continue;
        }
        const sentAt = clock.now();
        const outcome = await send(message);
        const { next, uncertain: unsure } = classify(outcome);
        const told = retryAfter(outcome.headers, clock.now());
        gate.landed(sentAt, outcome.headers, next === 'throttled' ? { told } : undefined);
        if (next === 'done') return outcome;
        if (request.method === 'DELETE' && uncertain && isGone(outcome)) return { ...outcome, result: null };
        last = { ...outcome, of: request };
        uncertain ||= unsure && request.method !== 'GET';
        // What a lost POST has made is found by reading the list; sending it again would make it twice.
        const lost = request.method === 'POST' && uncertain && !request.once;
        if (next === 'throttled' && !lost) continue;
        if (next === 'final' || lost || attempt >= retry.attempts) throw errorOf(request, outcome, uncertain);
        const { message: failed } = new ApiError(failureOf(request, outcome, uncertain));
        const pause = Math.max(backoff(retry, attempt, random), Math.min(told ?? 0, COURTESY));
        await gate.pause(pause, `${failed} (attempt ${attempt} of ${retry.attempts})`);
        attempt += 1;
        made = undefined;
      }
    } catch (error) {
      throw error instanceof Closed && made ? closedError(error, made.request, last, uncertain) : error;
    }
  }
  return call;
}

interface Made {
  readonly request: ApiRequest;
  readonly message: Message;
  /** Taken when the look began on which it rests. */
  readonly look: LookTaken | undefined;
}

/** How long a `Retry-After` on a 5xx is honoured; it is no rate limit. */
const COURTESY = 60_000;
