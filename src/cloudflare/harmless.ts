import { scrub } from '../model/secret.ts';
import type { Credentials } from './credentials.ts';

/** Makes a text of the API fit to be printed: one line, bounded, without escape sequences, keys or our own token. */
export type Harmless = (text: string) => string;

/** The cleaner for one client; it knows the credentials and the keys that were sent, since a server may echo them. */
export function harmlessFor(credentials: Credentials): { readonly harmless: Harmless; sends(body: unknown): void } {
  const secret = 'token' in credentials ? credentials.token : credentials.key;
  const keys = new Set<string>();
  const conceal = (text: string) =>
    secret.length < SHORTEST_SECRET ? text : text.replaceAll(secret, '[credentials removed]');
  return {
    harmless: (text) => bound(printable(withoutPieces(keys, conceal(scrub(text.slice(0, SOURCE_BOUND)))))),
    sends(body) {
      const key = (body as { readonly private_key?: unknown } | undefined)?.private_key;
      if (typeof key === 'string') keys.add(key.replace(/-----[^-]*-----|\s/g, ''));
    },
  };
}

/** Takes out what is a piece of a key: bare, without its frame, in lines of any length, or percent-encoded. */
function withoutPieces(keys: ReadonlySet<string>, text: string): string {
  if (keys.size === 0) return text;
  return text.replace(BASE64, (run) => {
    const plain = run
      .replace(/%(2B|2F|3D)/gi, decodeURIComponent)
      .replaceAll('-', '+')
      .replaceAll('_', '/');
    for (let at = 0; at + PIECE <= plain.length; at += 1) {
      const piece = plain.slice(at, at + PIECE);
      for (const key of keys) if (key.includes(piece)) return '[private key removed]';
    }
    return run;
  });
}

function printable(text: string): string {
  return text.replace(ESCAPE_SEQUENCE, '').replace(UNPRINTABLE, ' ').replace(/ {2,}/g, ' ').trim();
}

function bound(text: string): string {
  return text.length > BOUND ? `${text.slice(0, BOUND)}…` : text;
}

/** Real ones have 37 characters and more. A made-up token like `token` must not tear words out of messages. */
const SHORTEST_SECRET = 16;
/** So many characters of a key in a row are no accident. */
const PIECE = 16;
const BASE64 = /(?:[\w+/=-]|%2B|%2F|%3D){16,}/gi;
const BOUND = 500;
/** Nothing beyond this can reach the output, so a message of many megabytes costs no time. */
const SOURCE_BOUND = 20_000;
/** CSI and OSC sequences whole, so that no `[31m` is left standing. */
const ESCAPE_SEQUENCE = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g;
/** Control characters, line separators, and the marks that reorder what is read (bidi). */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
