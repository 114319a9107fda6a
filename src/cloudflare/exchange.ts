import { type Envelope, readEnvelope } from './envelope.ts';
import type { Harmless } from './harmless.ts';

/** `fetch` as far as we use it; tests and the simulator hand in their own. */
export type FetchLike = (url: string, init: FetchInit) => Promise<Response>;
export interface FetchInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
  readonly dispatcher?: unknown;
}

/** What came of one request on the wire, in facts; nothing is judged here. */
export interface Outcome extends Envelope {
  /** Undefined where no answer came. */
  readonly status?: number;
  /** The connection's own word where the answer is missing or cut: `ECONNRESET`, `UND_ERR_HEADERS_TIMEOUT` … */
  readonly broken?: string;
  readonly headers: Headers;
  /** Where a redirect pointed; it is never followed. */
  readonly location?: string;
}

/** Sends one request and reads its answer whole, up to 32 MiB. Never throws. */
export async function exchange(send: FetchLike, url: string, init: FetchInit, harmless: Harmless): Promise<Outcome> {
  let response: Response | undefined;
  try {
    response = await send(url, init);
    const location = redirectOf(response, harmless);
    if (location !== undefined) return { ...answerOf(response), ...EMPTY, location, fault: `redirect to ${location}` };
    const text = await readText(response);
    const type = response.headers.get('content-type') ?? '';
    return { ...answerOf(response), ...readBody(response.status, text, type, harmless) };
  } catch (error) {
    const broken = brokenBy(error, init.signal, harmless);
    return { ...(response ? answerOf(response) : { headers: new Headers() }), ...EMPTY, broken, fault: broken };
  }
}

/** Why a request of ours was cut short, given as the reason of its AbortSignal. */
export class Cut extends Error {
  readonly word: string;

  constructor(word: string) {
    super(word);
    this.word = word;
  }
}

const EMPTY = { success: false, result: null, info: undefined, errors: [] } as const;

function answerOf(response: Response): { status: number; headers: Headers } {
  return { status: response.status, headers: response.headers };
}

function readBody(status: number, text: string, type: string, harmless: Harmless): Envelope {
  if (status === 204) return { ...EMPTY, success: true };
  const envelope = readEnvelope(text, type, harmless);
  if (!envelope.success || status < 400) return envelope;
  return { ...envelope, success: false, fault: 'success: true in an error status' };
}

function redirectOf(response: Response, harmless: Harmless): string | undefined {
  if (response.status < 300 || response.status > 399) return undefined;
  void response.body?.cancel().catch(() => {});
  return harmless(response.headers.get('location') ?? 'nowhere');
}

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > MAX_BODY) {
      void reader.cancel().catch(() => {});
      throw new Cut(TOO_LARGE);
    }
    parts.push(part.value);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** Real fetch hides the word in `cause`, nock throws it bare, and a refused connection may be an AggregateError. */
function brokenBy(error: unknown, signal: AbortSignal, harmless: Harmless): string {
  if (signal.aborted && signal.reason instanceof Cut) return signal.reason.word;
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

export const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT';
export const TOO_LARGE = 'answer of more than 32 MiB';
const MAX_BODY = 32 * 1024 * 1024;
