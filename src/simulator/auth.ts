import { createHash } from 'node:crypto';
import { Refusal } from './refusal.ts';
import type { Limits } from './rules.ts';

/** A token as configured: its text or the SHA-256 of it, and what it may do. */
export type TokenGiven = ({ readonly token: string } | { readonly sha256: string }) & {
  /** Names of permission groups, `SSL and Certificates Write`; everything where it is left out. */
  readonly permissions?: readonly string[];
  readonly owner?: 'user' | 'account';
};
export interface KeyGiven {
  readonly email: string;
  readonly key: string;
}

/** Tokens and keys that are known; where there is none at all, any is good. Holds hashes only. */
export interface Registry {
  readonly tokens: readonly TokenRow[];
  readonly keys: readonly KeyRow[];
}
export interface TokenRow {
  readonly sha256: string;
  readonly permissions: readonly string[] | null;
  readonly owner: 'user' | 'account';
}
export interface KeyRow {
  readonly email: string;
  readonly sha256: string;
}

/** Who asks, known by the hash of what was sent. */
export interface Credential {
  readonly kind: 'token' | 'key';
  readonly sha256: string;
  readonly email: string;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export function registryOf(tokens: readonly TokenGiven[], keys: readonly KeyGiven[]): Registry {
  return {
    tokens: tokens.map((given) => ({
      sha256: 'sha256' in given ? given.sha256 : sha256(given.token),
      permissions: given.permissions ?? null,
      owner: given.owner ?? 'user',
    })),
    keys: keys.map(({ email, key }) => ({ email, sha256: sha256(key) })),
  };
}

/** Reads who asks from the headers (names in lower case). */
export function identify(headers: Readonly<Record<string, string>>): Credential {
  const { authorization, 'x-auth-email': email, 'x-auth-key': key } = headers;
  if (authorization !== undefined) {
    const token = /^Bearer ([\w.~+/=-]+)$/.exec(authorization)?.[1];
    if (token === undefined) throw badHeader(6111, 'Invalid format for Authorization header');
    return { kind: 'token', sha256: sha256(token), email: '' };
  }
  if (email === undefined || key === undefined) throw new Refusal('authHeadersMissing');
  if (!/^[\w.-]+$/.test(key)) throw badHeader(6103, 'Invalid format for X-Auth-Key header');
  return { kind: 'key', sha256: sha256(key), email };
}

/** Refuses credentials that are not known or may not do this; `groups` null needs only a known credential. */
export function createGuard(
  registry: Registry,
  limits: Limits,
): (credential: Credential, groups: readonly string[] | null, now: number) => void {
  const tokens = new Map(registry.tokens.map((token) => [token.sha256, token]));
  const open = registry.tokens.length === 0 && registry.keys.length === 0;
  const failures = new Map<string, { count: number; since: number }>();

  function fail(credential: Credential, now: number): Refusal {
    const known = failures.get(credential.sha256);
    const entry = known === undefined || now - known.since >= limits.window ? { count: 0, since: now } : known;
    entry.count += 1;
    failures.set(credential.sha256, entry);
    if (limits.authFailures > 0 && entry.count > limits.authFailures) return new Refusal('tooManyAuthFailures');
    return new Refusal(credential.kind === 'token' ? 'tokenUnknown' : 'keyUnknown');
  }

  return (credential, groups, now) => {
    if (open) return;
    if (credential.kind === 'key') {
      const { email, sha256: hash } = credential;
      if (!registry.keys.some((key) => key.email === email && key.sha256 === hash)) throw fail(credential, now);
      return;
    }
    const token = tokens.get(credential.sha256);
    if (token === undefined) throw fail(credential, now);
    if (groups === null || token.permissions === null) return;
    if (!token.permissions.some((name) => groups.includes(name))) throw new Refusal('tokenLacksPermission');
  };
}

function badHeader(code: number, message: string): Refusal {
  return new Refusal('headersInvalid', { chain: [{ code, message }] });
}
