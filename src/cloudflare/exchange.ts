import { type Arrival, CONNECT_TIMEOUT, Cut, type HeadersLike } from './arrival.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import type { Harmless } from './harmless.ts';

/** What came of one request on the wire, in facts; nothing is judged here. */
export interface Outcome extends Envelope {
  /** Undefined where no answer came. */
  readonly status?: number;
  /** The connection's own word where the answer is missing or cut: `ECONNRESET`, `UND_ERR_HEADERS_TIMEOUT` … */
  readonly broken?: string;
  readonly headers: HeadersLike;
  /** Where a redirect pointed; it is never followed. */
  readonly location?: string;
}

/** Reads what has arrived as an answer of the API. */
export function outcomeOf({ text, error, ...begun }: Arrival, harmless: Harmless): Outcome {
  const { status = 0, headers } = begun;
  if (status >= 300 && status <= 399) {
    const location = harmless(headers.get('location') ?? 'nowhere');
    return { ...begun, ...EMPTY, location, fault: `redirect to ${location}` };
  }
  if (text === undefined) {
    const broken = brokenBy(error, harmless);
    return { ...begun, ...EMPTY, broken, fault: broken };
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
function brokenBy(error: unknown, harmless: Harmless): string {
  let deepest = 'unknown fault';
  let at: unknown = error;
  for (let depth = 0; at instanceof Error && depth < 5; depth += 1) {
    if (at instanceof Cut) return at.word;
    if ('code' in at && typeof at.code === 'string') return isUnconnected(at) ? CONNECT_TIMEOUT : harmless(at.code);
    deepest = at.message;
    at = at.cause ?? (at instanceof AggregateError ? at.errors[0] : undefined);
  }
  return harmless(deepest);
}

/** The same word comes from a socket that was open; only while connecting is it sure that nothing was sent. */
function isUnconnected(error: Error & { readonly code?: unknown; readonly syscall?: unknown }): boolean {
  return error.code === 'ETIMEDOUT' && (error instanceof AggregateError || error.syscall === 'connect');
}
