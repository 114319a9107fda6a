import { setTimeout as delay } from 'node:timers/promises';
import type { ApiRequest } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import { InternalError } from '../model/fault.ts';
import { Cut, exchange, type FetchInit, type FetchLike, type Outcome } from './exchange.ts';
import { rayOf } from './failure.ts';
import type { Harmless } from './harmless.ts';
import { INTERRUPTED } from './retry.ts';

export interface WireOptions {
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

/** A request as it goes on the wire. */
export interface Message {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
}

/** Makes the message of a request; its address can't leave the base URL, whatever its path is made of. */
export function compose(baseUrl: string, { method, path, query, body }: ApiRequest): Message {
  const text = `${baseUrl}${path}`;
  const url = path.startsWith('/') && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.href !== text) throw new InternalError(`${path} is no path of the API`);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  return { method, url: url.href, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
}

/** Puts messages on the wire, one attempt each, with the headers and the time that it may take. Never throws. */
export function createWire(options: WireOptions): (message: Message) => Promise<Outcome> {
  const { headers, harmless, total, signal, trace, dispatcher, patience = realTime } = options;
  const underWay = new Set<AbortController>();
  // One listener for all: a signal that lives as long as the run must not gather one for each request.
  signal?.addEventListener('abort', () => {
    for (const controller of underWay) controller.abort(new Cut(INTERRUPTED));
  });

  return async (message) => {
    const controller = new AbortController();
    const done = new AbortController();
    underWay.add(controller);
    patience(total, done.signal).then(
      () => controller.abort(new Cut(`no whole answer in ${Math.ceil(total / 1000)} s`)),
      () => {},
    );
    const started = performance.now();
    const { url, ...rest } = message;
    const init: FetchInit = {
      ...rest,
      headers: message.body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
      redirect: 'manual',
      signal: controller.signal,
      ...(dispatcher === undefined ? {} : { dispatcher }),
    };
    const outcome = await exchange(options.fetch, url, init, harmless);
    underWay.delete(controller);
    done.abort();
    trace(traceOf(message, outcome, performance.now() - started));
    return outcome;
  };
}

/** No header and no body: the one holds the credentials, the other may hold a key. */
function traceOf({ method, url }: Message, { status, errors, fault, headers }: Outcome, ms: number): string {
  const codes = errors.map((error) => error.code).join(', ');
  const facts = [status ?? 'no answer', codes && `codes ${codes}`, fault, rayOf(headers)].filter(Boolean);
  return `${method} ${url} → ${facts.join(', ')} (${Math.round(ms)} ms)`;
}

function realTime(ms: number, signal?: AbortSignal): Promise<void> {
  return delay(ms, undefined, { ref: false, ...(signal ? { signal } : {}) });
}
