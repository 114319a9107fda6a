import type { Api, ApiAnswer, ApiRequest, FaultOf } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import type { Policy } from '../model/document.ts';
import { createCall } from './call.ts';
import { type Credentials, credentialHeaders } from './credentials.ts';
import type { Outcome } from './exchange.ts';
import { errorOf, rayOf } from './failure.ts';
import { createGate } from './gate.ts';
import { harmlessFor } from './harmless.ts';
import { createKeyEcho } from './key-echo.ts';
import { openNetwork } from './network.ts';
import { type FetchLike, overFetch } from './over-fetch.ts';
import { readPages, totalPages } from './pages.ts';
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

  const call = createCall({
    gate,
    send,
    clock,
    random,
    retry: policy.retry,
    compose(request) {
      keys.sends(request.body);
      return compose(options.baseUrl, request, common);
    },
  });

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
