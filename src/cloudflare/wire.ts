import type { ApiRequest } from '../model/api.ts';
import { InternalError } from '../model/fault.ts';
import { Cut, type Message, type Transport } from './arrival.ts';
import { type Outcome, outcomeOf } from './exchange.ts';
import { rayOf } from './failure.ts';
import type { Harmless } from './harmless.ts';
import { INTERRUPTED } from './retry.ts';

export interface WireOptions {
  readonly transport: Transport;
  readonly harmless: Harmless;
  /** Milliseconds for one attempt as a whole. */
  readonly total: number;
  readonly alarm?: Alarm;
  readonly signal?: AbortSignal;
  trace?(line: string): void;
}
/** Rings after so many milliseconds, unless what it returns was called before. */
export type Alarm = (ms: number, ring: () => void) => () => void;

/** Makes the message of a request; its address can't leave the base URL, whatever its path is made of. */
export function compose(
  baseUrl: string,
  { method, path, query, body }: ApiRequest,
  headers: Message['headers'],
): Message {
  const text = `${baseUrl}${path}`;
  const url = path.startsWith('/') && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.href !== text) throw new InternalError(`${path} is no path of the API`);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  if (body === undefined) return { method, url, headers };
  return { method, url, headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** Puts messages on the wire, one attempt each, with the time that it may take. Never throws. */
export function createWire(options: WireOptions): (message: Message) => Promise<Outcome> {
  const { transport, harmless, total, signal, trace, alarm = realAlarm } = options;
  const underWay = new Set<(why: Cut) => void>();
  // One listener for all: a signal that lives as long as the run must not gather one for each request.
  signal?.addEventListener(
    'abort',
    () => {
      for (const cut of underWay) cut(new Cut(INTERRUPTED));
    },
    // Without `once`, Node 20 never lets go of a signal that depends on others.
    { once: true },
  );

  return async (message) => {
    const started = performance.now();
    const { arrival, cut } = transport(message);
    underWay.add(cut);
    if (signal?.aborted) cut(new Cut(INTERRUPTED));
    const calm = alarm(total, () => cut(new Cut(`no whole answer in ${Math.ceil(total / 1000)} s`)));
    const outcome = outcomeOf(await arrival, harmless);
    underWay.delete(cut);
    calm();
    trace?.(traceOf(message, outcome, performance.now() - started));
    return outcome;
  };
}

/** No header and no body: the one holds the credentials, the other may hold a key. */
function traceOf({ method, url }: Message, { status, errors, fault, headers }: Outcome, ms: number): string {
  const codes = errors.map((error) => error.code).join(', ');
  const facts = [status ?? 'no answer', codes && `codes ${codes}`, fault, rayOf(headers)].filter(Boolean);
  return `${method} ${url.href} → ${facts.join(', ')} (${Math.round(ms)} ms)`;
}

/** Real time, which is the network's. It keeps no process alive. */
function realAlarm(ms: number, ring: () => void): () => void {
  const timer = setTimeout(ring, ms).unref();
  return () => clearTimeout(timer);
}
