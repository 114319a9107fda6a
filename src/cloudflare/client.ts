import { type Api, type ApiAnswer, ApiError, type ApiRequest } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import type { Policy } from '../model/document.ts';
import { type Credentials, credentialHeaders } from './credentials.ts';
import type { Outcome } from './exchange.ts';
import { closedError, errorOf, failureOf, NOTHING, rayOf } from './failure.ts';
import { Closed, createGate } from './gate.ts';
import { harmlessFor } from './harmless.ts';
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
  const harmless = harmlessFor(options.credentials);
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

  /** One request to its end: sent, judged, and sent again where that is both useful and safe. */
  async function call(request: ApiRequest): Promise<Outcome> {
    const message = compose(options.baseUrl, request, common);
    const ticket = gate.ticket();
    let attempt = 1;
    let uncertain = false;
    let last: Outcome | undefined;
    try {
      for (;;) {
        await gate.pass(ticket);
        const sentAt = clock.now();
        const outcome = await send(message);
        const { next, uncertain: unsure } = classify(outcome);
        const told = retryAfter(outcome.headers, clock.now());
        gate.landed(sentAt, outcome.headers, next === 'throttled' ? { told } : undefined);
        if (next === 'done') return outcome;
        if (request.method === 'DELETE' && uncertain && isGone(outcome)) return { ...outcome, result: null };
        last = outcome;
        uncertain ||= unsure && request.method !== 'GET';
        if (next === 'throttled') continue;
        // What a lost POST has made is found by reading the list; sending it again would make it twice.
        const lost = request.method === 'POST' && uncertain;
        if (next === 'final' || lost || attempt >= attempts) throw errorOf(request, outcome, uncertain);
        const why = `${new ApiError(failureOf(request, outcome, uncertain)).message} (attempt ${attempt} of ${attempts})`;
        await gate.pause(Math.max(backoff(policy.retry, attempt, random), Math.min(told ?? 0, COURTESY)), why);
        attempt += 1;
      }
    } catch (error) {
      throw error instanceof Closed ? closedError(error, request, last, uncertain) : error;
    }
  }

  return {
    async request<T>(request: ApiRequest): Promise<ApiAnswer<T>> {
      const { result, status = 0, headers, info } = await call(request);
      const pages = totalPages(info);
      const ray = rayOf(headers);
      const auditLogId = headers.get('cf-auditlog-id');
      return {
        result: result as T,
        status,
        ...(ray === undefined ? {} : { ray }),
        ...(auditLogId ? { auditLogId: harmless(auditLogId) } : {}),
        ...(pages > 1 ? { totalPages: pages } : {}),
      };
    },
    async list<T>(request: ApiRequest): Promise<readonly T[]> {
      const ask = (page: number) =>
        call(page === 1 ? request : { ...request, query: { ...request.query, page: String(page) } });
      const rows = await readPages(ask, (fault) => errorOf(request, { ...NOTHING, fault }, false));
      return rows as readonly T[];
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

/** How long a `Retry-After` on a 5xx is honoured; it is no rate limit. */
const COURTESY = 60_000;
