import { Agent, EnvHttpProxyAgent } from 'undici';
import { type Api, type ApiAnswer, ApiError, type ApiRequest } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import type { Policy } from '../model/document.ts';
import { inputError } from '../model/fault.ts';
import { type Credentials, credentialHeaders } from './credentials.ts';
import type { FetchLike, Outcome } from './exchange.ts';
import { closedError, errorOf, failureOf, NOTHING, rayOf } from './failure.ts';
import { Closed, createGate } from './gate.ts';
import { harmlessFor } from './harmless.ts';
import { readPages, totalPages } from './pages.ts';
import { backoff, classify, isGone, retryAfter } from './retry.ts';
import { compose, createWire } from './wire.ts';

export { type Credentials, checkBaseUrl, credentialsFrom, isBlockedPort } from './credentials.ts';
export type { FetchInit, FetchLike } from './exchange.ts';

export interface ClientOptions {
  /** As `checkBaseUrl` returns it. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** Of cf-mtls, for the User-Agent. */
  readonly version: string;
  readonly clock: Clock;
  random(): number;
  readonly policy: { readonly retry: Policy['retry']; readonly wait: Pick<Policy['wait'], 'rateLimit'> };
  /** The global `fetch`, looked up when it is needed, unless this is given. */
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
    readonly total?: number;
  };
  /** Waits for `timeouts.total`: real time, which is the network's, unless a test hands in its own. */
  readonly patience?: Clock['sleep'];
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
    total = connect + headers + body,
  } = options.timeouts ?? {};
  const dispatcher = options.fetch ? undefined : openDispatcher(options.baseUrl, { connect, headers, body });
  const send = createWire({
    headers: {
      ...credentialHeaders(options.credentials),
      'User-Agent': `cf-mtls/${options.version}`,
      Accept: 'application/json',
    },
    harmless,
    fetch: options.fetch ?? globalFetch,
    dispatcher,
    total,
    trace: (line) => options.trace?.(harmless(line)),
    ...(options.patience ? { patience: options.patience } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const gate = createGate({
    clock,
    stop: AbortSignal.any([options.stop, options.signal].filter((signal) => signal !== undefined)),
    rateLimit: policy.wait.rateLimit,
    maxRequests: options.maxRequests ?? Number.POSITIVE_INFINITY,
    shares: options.shares ?? 1,
    onWait: (message) => options.onWait?.(message),
  });

  /** One request to its end: sent, judged, and sent again where that is both useful and safe. */
  async function call(request: ApiRequest): Promise<Outcome> {
    const message = compose(options.baseUrl, request);
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
      await dispatcher?.destroy();
    },
  };
}

/** How long a `Retry-After` on a 5xx is honoured; it is no rate limit. */
const COURTESY = 60_000;

/** A proxy is for the way out. To this machine itself the token goes in the clear, so no proxy may see it. */
function openDispatcher(baseUrl: string, timeouts: { connect: number; headers: number; body: number }) {
  const settings = {
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.body,
  };
  if (baseUrl.startsWith('http:')) return new Agent(settings);
  try {
    return new EnvHttpProxyAgent(settings);
  } catch {
    throw inputError('HTTPS_PROXY or HTTP_PROXY is not an address', 'Write it as http://host:port, or unset it');
  }
}

/** Looked up late, since whoever intercepts fetch replaces the global one. */
function globalFetch(url: string, init: Parameters<FetchLike>[1]): Promise<Response> {
  return globalThis.fetch(url, init as RequestInit);
}
