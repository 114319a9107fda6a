import { type Api, type ApiAnswer, ApiError, type ApiRequest, type FaultOf, type Look } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import type { Policy } from '../model/document.ts';
import type { Message } from './arrival.ts';
import { type Credentials, credentialHeaders } from './credentials.ts';
import type { Outcome } from './exchange.ts';
import { closedError, errorOf, failureOf, lostError, rayOf } from './failure.ts';
import { Closed, createGate, type Look as LookTaken } from './gate.ts';
import { harmlessFor } from './harmless.ts';
import { createKeyEcho } from './key-echo.ts';
import { openNetwork } from './network.ts';
import { type FetchLike, overFetch } from './over-fetch.ts';
import { readPages, totalPages } from './pages.ts';
import { backoff, classify, isGone, retryAfter } from './retry.ts';
import { type Alarm, compose, createWire } from './wire.ts';

export { type Credentials, checkBaseUrl, credentialsFrom, isBlockedPort, isProxied } from './credentials.ts';
export type { FetchInit, FetchLike } from './over-fetch.ts';

export interface ClientOptions {
  /** As `checkBaseUrl` returns it. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** Of cf-mtls, for the User-Agent. */
  readonly version: string;
  readonly clock: Clock;
  random(): number;
  readonly policy: { readonly retry: Policy['retry']; readonly wait: Pick<Policy['wait'], 'rateLimit'> };
  /** As `isProxied` tells. */
  readonly proxied?: boolean;
  /** In place of the network. */
  readonly fetch?: FetchLike;
  /** Takes a line for each request, already redacted. Bodies and headers are never traced. */
  trace?(line: string): void;
  /** Told what is waited for, whenever the client waits. */
  onWait?(message: string): void;
  /** No more than so many requests are sent, retries included. */
  readonly maxRequests?: number;
  /** Among so many runs at a time the budget of the API is divided. */
  readonly shares?: number;
  /** Starts no more requests; those under way may finish. */
  readonly stop?: AbortSignal;
  /** Cuts those under way, too. */
  readonly signal?: AbortSignal;
  /** Milliseconds. `total` bounds an attempt as a whole, however slowly its bytes drip. */
  readonly timeouts?: {
    readonly connect?: number;
    readonly headers?: number;
    readonly body?: number;
    readonly idle?: number;
    readonly total?: number;
  };
  /** Rings after `timeouts.total`: real time, which is the network's, unless a test hands in its own. */
  readonly alarm?: Alarm;
}
export interface Client extends Api {
  /** Lets go of the connections; a process that has to end need not wait for them. */
  close(): Promise<void>;
}

/** The API client of a run: one for all scopes, since the rate limit is theirs together. */
export function createClient(options: ClientOptions): Client {
  const { clock, policy, random } = options;
  const { attempts } = policy.retry;
  const keys = createKeyEcho();
  const harmless = harmlessFor(options.credentials, keys);
  const {
    connect = 10_000,
    headers = 60_000,
    body = 30_000,
    // What stands between (a NAT, a load balancer) may forget a silent connection after little more than that.
    idle = 60_000,
    total = connect + headers + body,
  } = options.timeouts ?? {};
  const network = options.fetch
    ? { send: overFetch(options.fetch), close: async () => {} }
    : openNetwork(options.baseUrl, { connect, headers, body, idle }, options.proxied ?? false);
  const common = {
    ...credentialHeaders(options.credentials),
    'User-Agent': `cf-mtls/${options.version}`,
    Accept: 'application/json',
  };
  const { trace } = options;
  // What is closed asks nothing again: a request that nobody waits for any more would keep the process for minutes.
  const closed = new AbortController();
  const signalOf = (...given: (AbortSignal | undefined)[]) =>
    AbortSignal.any([closed.signal, ...given.filter((signal) => signal !== undefined)]);
  const send = createWire({
    transport: network.send,
    harmless,
    total,
    ...(trace ? { trace: (line) => trace(harmless(line)) } : {}),
    ...(options.alarm ? { alarm: options.alarm } : {}),
    signal: signalOf(options.signal),
  });
  const gate = createGate({
    clock,
    stop: signalOf(options.stop, options.signal),
    rateLimit: policy.wait.rateLimit,
    maxRequests: options.maxRequests ?? Number.POSITIVE_INFINITY,
    shares: options.shares ?? 1,
    onWait: (message) => options.onWait?.(message),
  });

  async function make(given: ApiRequest | Look, lost: boolean, nth: number): Promise<Made | undefined> {
    const look = typeof given === 'function' ? gate.look(nth) : undefined;
    const request = typeof given === 'function' ? await given(lost) : given;
    keys.sends(request?.body);
    return request && { request, message: compose(options.baseUrl, request, common), look };
  }

  /**
   * One request to its end: sent, judged, and sent again where that is both useful and safe. One that rests on a look is
   * made anew before it is sent again, and where halts have held it up; undefined where nothing is left to send.
   */
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
        if (next === 'final' || lost || attempt >= attempts) throw errorOf(request, outcome, uncertain);
        const why = `${new ApiError(failureOf(request, outcome, uncertain)).message} (attempt ${attempt} of ${attempts})`;
        await gate.pause(Math.max(backoff(policy.retry, attempt, random), Math.min(told ?? 0, COURTESY)), why);
        attempt += 1;
        made = undefined;
      }
    } catch (error) {
      throw error instanceof Closed && made ? closedError(error, made.request, last, uncertain) : error;
    }
  }

  function answerOf<T>(outcome: Outcome): ApiAnswer<T> {
    const { result, status = 0, headers } = outcome;
    const pages = totalPages(outcome);
    const ray = rayOf(headers);
    const auditLogId = headers.get('cf-auditlog-id');
    return {
      result: result as T,
      status,
      ...(ray === undefined ? {} : { ray }),
      ...(auditLogId ? { auditLogId: harmless(auditLogId) } : {}),
      ...(pages > 1 ? { totalPages: pages } : {}),
    };
  }

  return {
    request: async (request) => answerOf(await call(request)),
    async requestAfter(look) {
      const outcome = await call(look);
      return outcome && answerOf(outcome);
    },
    async list<T>(request: ApiRequest, faultOf?: FaultOf): Promise<readonly T[]> {
      const ask = (page: number) =>
        call(page === 1 ? request : { ...request, query: { ...request.query, page: String(page) } });
      const fail = (fault: string, page: Outcome) => errorOf(request, { ...page, success: false, fault }, false);
      return (await readPages(ask, fail, faultOf)) as readonly T[];
    },
    get requests() {
      return gate.passed;
    },
    async close() {
      closed.abort();
      await network.close();
    },
  };
}

interface Made {
  readonly request: ApiRequest;
  readonly message: Message;
  /** Taken when the look began on which it rests. */
  readonly look: LookTaken | undefined;
}

/** How long a `Retry-After` on a 5xx is honoured; it is no rate limit. */
const COURTESY = 60_000;
