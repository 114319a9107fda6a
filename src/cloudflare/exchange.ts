import { type Arrival, CONNECT_TIMEOUT, Cut, type HeadersLike } from './arrival.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import type { Harmless } from './harmless.ts';

/** What came of one request on the wire, in facts; nothing is judged here. */
export interface Outcome extends Envelope {
  /** Undefined where no answer came. */
  readonly status?: number;
  /** The connection's own word where the answer is missing or cut: `ECONNRESET`, `UND_ERR_HEADERS_TIMEOUT` … */
  readonly broken?: string;
  /** For sure the server has not looked at the request. */
  readonly unseen?: boolean;
  readonly headers: HeadersLike;
  /** Where a redirect pointed; it is never followed. */
  readonly location?: string;
}

/** Reads what has arrived as an answer of the API. */
export function outcomeOf({ text, error, unseen, ...begun }: Arrival, harmless: Harmless): Outcome {
  const { status = 0, headers } = begun;
  if (status >= 300 && status <= 399) {
    const location = harmless(headers.get('location') ?? 'nowhere');
    return { ...begun, ...EMPTY, location, fault: `redirect to ${location}` };
  }
  if (text === undefined) {
    const why = breakOf(error, harmless);
    return { ...begun, ...EMPTY, ...why, fault: why.broken, unseen: unseen ?? why.unseen };
  }
  return { ...begun, ...readBody(status, text, headers.get('content-type') ?? '', harmless) };
}

const EMPTY = { success: false, result: null, info: undefined, errors: [] } as const;

function readBody(status: number, text: string, type: string, harmless: Harmless): Envelope {
  if (status === 204) return { ...EMPTY, success: true };
  const envelope = readEnvelope(text, type, harmless);
  if (!envelope.success || status < 400) return envelope;
  return { ...envelope, success: false, fault: 'success: true in an error status' };
}

/** Undici says the word itself, fetch hides it in `cause`, and a refused connection may be an AggregateError. */
function breakOf(error: unknown, harmless: Harmless): { readonly broken: string; readonly unseen: boolean } {
  let broken = 'unknown fault';
  let unseen = false;
  let at: unknown = error;
  for (let depth = 0; at instanceof Error && depth < 5; depth += 1) {
    if (at instanceof Cut) return { broken: at.word, unseen };
    unseen ||= isUnconnected(at);
    broken = at.message;
    if ('code' in at && typeof at.code === 'string') return { broken: harmless(at.code), unseen };
    at = at.cause ?? (at instanceof AggregateError ? at.errors[0] : undefined);
  }
  return { broken: harmless(broken), unseen };
}

/** Only while connecting is it sure that nothing was sent: a host can be unreachable after it has carried out a request. */
function isUnconnected(error: Error & { readonly code?: unknown; readonly syscall?: unknown }): boolean {
  const isBefore = error.syscall === 'connect' || error.syscall === 'getaddrinfo';
  return isBefore || error instanceof AggregateError || error.code === CONNECT_TIMEOUT;
}
