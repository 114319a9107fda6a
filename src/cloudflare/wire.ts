import { setTimeout as delay } from 'node:timers/promises';
import type { ApiRequest } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import { InternalError } from '../model/fault.ts';
import { Cut, exchange, type FetchLike, type Outcome } from './exchange.ts';
import type { Harmless } from './harmless.ts';
import { INTERRUPTED } from './retry.ts';

export interface WireOptions {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly harmless: Harmless;
  readonly fetch: FetchLike;
  readonly dispatcher?: unknown;
  /** Milliseconds for one attempt as a whole. */
  readonly total: number;
  readonly patience?: Clock['sleep'];
  readonly signal?: AbortSignal;
  trace(line: string): void;
}

/** Puts requests on the wire, one attempt each: address, headers, body, and the time that it may take. */
export function createWire(options: WireOptions): (request: ApiRequest) => Promise<Outcome> {
  const { headers, harmless, total, signal, trace, patience = realTime } = options;
  const underWay = new Set<AbortController>();
  // One listener for all: a signal that lives as long as the run must not gather one for each request.
  signal?.addEventListener('abort', () => {
    for (const controller of underWay) controller.abort(new Cut(INTERRUPTED));
  });

  return async (request) => {
    const url = addressOf(options.baseUrl, request);
    const controller = new AbortController();
    const done = new AbortController();
    underWay.add(controller);
    patience(total, done.signal).then(
      () => controller.abort(new Cut(`no whole answer in ${Math.ceil(total / 1000)} s`)),
      () => {},
    );
    const started = performance.now();
    try {
      const body = request.body === undefined ? undefined : JSON.stringify(request.body);
      const outcome = await exchange(
        options.fetch,
        url,
        {
          method: request.method,
          headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
          ...(body === undefined ? {} : { body }),
          redirect: 'manual',
          signal: controller.signal,
          ...(options.dispatcher === undefined ? {} : { dispatcher: options.dispatcher }),
        },
        harmless,
      );
      trace(traceOf(request.method, url, outcome, performance.now() - started));
      return outcome;
    } finally {
      underWay.delete(controller);
      done.abort();
    }
  };
}

/** The address of a request; it can't leave the base URL, whatever a path is made of. */
export function addressOf(baseUrl: string, { path, query }: Pick<ApiRequest, 'path' | 'query'>): string {
  const url = new URL(`${baseUrl}${path}`);
  if (!path.startsWith('/') || url.href !== `${baseUrl}${path}`)
    throw new InternalError(`${path} is no path of the API`);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  return url.href;
}

/** No header and no body: the one holds the credentials, the other may hold a key. */
function traceOf(method: string, url: string, { status, errors, fault, headers }: Outcome, ms: number): string {
  const codes = errors.map((error) => error.code).join(', ');
  const ray = headers
    .get('cf-ray')
    ?.slice(0, 64)
    .replace(/[^\w-]/g, '');
  const facts = [status ?? 'no answer', codes && `codes ${codes}`, fault, ray && `cf-ray ${ray}`].filter(Boolean);
  return `${method} ${url} → ${facts.join(', ')} (${Math.round(ms)} ms)`;
}

function realTime(ms: number, signal?: AbortSignal): Promise<void> {
  return delay(ms, undefined, { ref: false, ...(signal ? { signal } : {}) });
}
