import { gunzipSync } from 'node:zlib';

/** A request as it goes on the wire. */
export interface Message {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Puts a message on the wire, once. */
export type Transport = (message: Message) => Sending;
export interface Sending {
  /** What has arrived when nothing more will. Never rejects. */
  readonly arrival: Promise<Arrival>;
  /** Ends it at once, wherever it is. */
  cut(why: Cut): void;
}

/** What messages are put on, for the time of a run. */
export interface Network {
  readonly send: Transport;
  /** Lets go of all connections, whatever is under way on them. */
  close(): Promise<void>;
}
/** Milliseconds. */
export interface Timeouts {
  readonly connect: number;
  readonly headers: number;
  readonly body: number;
  /** Without a request. */
  readonly idle: number;
}

/** What arrived of an answer: all of it, a part and the reason, or nothing but the reason. */
export interface Arrival {
  readonly status?: number;
  readonly headers: HeadersLike;
  readonly text?: string;
  /** Why the text is missing. */
  readonly error?: unknown;
  /** For sure the server has not looked at the request: it can be sent again, whatever it is. */
  readonly unseen?: boolean;
}
/** `Headers`, as far as they are read. */
export interface HeadersLike {
  get(name: string): string | null;
}

/** Why a request of ours was cut short. */
export class Cut extends Error {
  readonly word: string;

  constructor(word: string) {
    super(word);
    this.word = word;
  }
}

/** The bytes of an answer while they come in; `add` throws a Cut beyond 32 MiB. */
export function createBody() {
  const parts: Uint8Array[] = [];
  let size = 0;
  return {
    add(part: Uint8Array): void {
      size += part.byteLength;
      if (size > MAX_BODY) throw new Cut(TOO_LARGE);
      parts.push(part);
    },
    bytes: (): Uint8Array => (parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)),
  };
}

/** An answer of which the last byte is here, unpacked. */
export function arrived(begun: Pick<Arrival, 'status' | 'headers'>, bytes: Uint8Array): Arrival {
  try {
    // An answer without a body (a 204, a refusal of few words) may name the encoding that a body would have had.
    const isPacked = bytes.byteLength > 0 && GZIP.test(begun.headers.get('content-encoding') ?? '');
    return { ...begun, text: textOf(isPacked ? gunzipSync(bytes, { maxOutputLength: MAX_BODY }) : bytes) };
  } catch (error) {
    const isBomb = error instanceof RangeError;
    return { ...begun, error: isBomb ? new Cut(TOO_LARGE) : error };
  }
}

/** By the letter of HTTP its case is no matter, and its old name stands for it. */
const GZIP = /^(x-)?gzip$/i;

export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export const NO_HEADERS: HeadersLike = { get: () => null };
export const MAX_BODY = 32 * 1024 * 1024;
/** The word of undici, and of all that connects. */
export const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT';
export const TOO_LARGE = 'answer of more than 32 MiB';
