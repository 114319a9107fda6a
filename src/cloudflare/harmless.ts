import { scrub } from '../model/secret.ts';
import type { Credentials } from './credentials.ts';
import type { KeyEcho } from './key-echo.ts';

/** Makes a text of the API fit to be printed: one line, bounded, without escape sequences, keys or our own token. */
export type Harmless = (text: string) => string;

/** The cleaner for one client; it knows the credentials and the keys that were sent, since a server may echo them. */
export function harmlessFor(credentials: Credentials, keys: Pick<KeyEcho, 'isIn'>): Harmless {
  const secret = 'token' in credentials ? credentials.token : credentials.key;
  const conceal = (text: string) =>
    secret.length < SHORTEST_SECRET ? text : text.replaceAll(secret, '[credentials removed]');
  return (given) => {
    const text = given.slice(0, SOURCE_BOUND);
    // Of a text that repeats a part of a key no part can be trusted.
    return keys.isIn(text) ? '[removed: it repeats a private key]' : bound(printable(conceal(scrub(text))));
  };
}

function printable(text: string): string {
  return text.replace(ESCAPE_SEQUENCE, '').replace(UNPRINTABLE, ' ').replace(/ {2,}/g, ' ').trim();
}

function bound(text: string): string {
  return text.length > BOUND ? `${text.slice(0, BOUND)}…` : text;
}

/** Real ones have 37 characters and more. A made-up token like `token` must not tear words out of messages. */
const SHORTEST_SECRET = 16;
const BOUND = 500;
/** Nothing beyond this can reach the output, so a message of many megabytes costs no time. */
const SOURCE_BOUND = 20_000;
/** CSI and OSC sequences whole, so that no `[31m` is left standing. */
const ESCAPE_SEQUENCE = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g;
/** Control characters, line separators, and the marks that reorder what is read (bidi). */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
