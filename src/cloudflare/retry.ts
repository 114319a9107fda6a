import type { ApiRequest } from '../model/api.ts';
import type { Policy } from '../model/document.ts';
import { type HeadersLike, TOO_LARGE } from './arrival.ts';
import type { Outcome } from './exchange.ts';

/** What an outcome means for the request. `uncertain`: a write may have been carried out all the same. */
export interface Verdict {
  readonly next: 'done' | 'retry' | 'throttled' | 'final';
  readonly uncertain: boolean;
}
export type Method = ApiRequest['method'];
export type Facts = Pick<Outcome, 'status' | 'success' | 'errors' | 'broken' | 'unseen' | 'fault' | 'location'>;

/** Judges by meaning, not by status alone: the first rule that fits decides. */
export function classify(facts: Facts): Verdict {
  const verdict = RULES.find(([, applies]) => applies(facts))?.[2] ?? FINAL;
  return facts.unseen ? { ...verdict, uncertain: false } : verdict;
}

/** Whether a DELETE that was sent before, its answer lost, now finds nothing left to delete. */
export function isGone(facts: Facts): boolean {
  if (facts.errors.some((error) => error.code === 7003)) return false;
  return facts.status === 404 || facts.errors.some((error) => GONE_CODES.has(error.code) || GONE.test(error.message));
}

/** Milliseconds before the attempt after this one (1 is the first): doubling, capped, up to a quarter less by chance. */
export function backoff(retry: Policy['retry'], attempt: number, random: () => number): number {
  return Math.min(retry.max, retry.base * 2 ** (attempt - 1)) * (1 - random() / 4);
}

/** Milliseconds that `Retry-After` asks for, given in seconds or as a date; the server's own clock counts where it tells it. */
export function retryAfter(headers: HeadersLike, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const until = Date.parse(text);
  const serverNow = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(until) ? undefined : Math.max(0, until - (Number.isNaN(serverNow) ? now : serverNow));
}

/** Codes that mean "slow down"; 971 comes inside any status, a 200 included. */
export const THROTTLE_CODES: ReadonlySet<number> = new Set([971, 10100]);
export const INTERRUPTED = 'interrupted';

const DONE: Verdict = { next: 'done', uncertain: false };
const THROTTLED: Verdict = { next: 'throttled', uncertain: false };
const THROTTLED_UNCERTAIN: Verdict = { next: 'throttled', uncertain: true };
const RETRY: Verdict = { next: 'retry', uncertain: false };
const RETRY_UNCERTAIN: Verdict = { next: 'retry', uncertain: true };
const FINAL: Verdict = { next: 'final', uncertain: false };
const FINAL_UNCERTAIN: Verdict = { next: 'final', uncertain: true };

/** The whole order of judgement; what no rule fits is final: refusals (4xx, or `success: false`) and redirects. */
const RULES: readonly (readonly [name: string, applies: (facts: Facts) => boolean, verdict: Verdict])[] = [
  ['971 or 10100 beside a success', (facts) => facts.success && hasCode(facts, THROTTLE_CODES), THROTTLED_UNCERTAIN],
  ['success', ({ success }) => success, DONE],
  ['429, whatever its body', ({ status }) => status === 429, THROTTLED],
  ['971 or 10100 inside any status', (facts) => hasCode(facts, THROTTLE_CODES), THROTTLED],
  ['stopped by ourselves', ({ broken }) => broken === INTERRUPTED || broken === TOO_LARGE, FINAL_UNCERTAIN],
  ['the server could not prove who it is', ({ broken }) => UNTRUSTED.test(broken ?? ''), FINAL],
  ['TLS went wrong', ({ broken }) => /^(EPROTO|ERR_SSL_)/.test(broken ?? ''), FINAL_UNCERTAIN],
  ['reset, timed out or cut', ({ broken }) => broken !== undefined, RETRY_UNCERTAIN],
  // Fresh tokens are refused now and then until they are known everywhere. Nothing was carried out.
  ['a fresh token', (facts) => facts.status === 403 && says(facts, /unable to authenticate request/i), RETRY],
  // 10001 is also "Method not allowed for token", which is final, and 1000 has other readings too.
  ['a transient code', (facts) => isTransient(facts), RETRY_UNCERTAIN],
  ['not offered at all', ({ status }) => status === 501 || status === 505, FINAL],
  ['408 and 5xx', ({ status = 0 }) => status === 408 || status >= 500, RETRY_UNCERTAIN],
  ['a 2xx that is no envelope', ({ status = 0, fault }) => status < 300 && fault !== undefined, RETRY_UNCERTAIN],
];

function hasCode(facts: Facts, codes: ReadonlySet<number>): boolean {
  return facts.errors.some((error) => codes.has(error.code));
}

function says(facts: Facts, words: RegExp): boolean {
  return facts.errors.some((error) => words.test(error.message));
}

function isTransient({ errors }: Facts): boolean {
  return errors.some(
    ({ code, message }) =>
      (code === 1000 && /request timeout|internal server error/i.test(message)) ||
      (code === 10001 && /internal (server )?error/i.test(message)),
  );
}

export const UNTRUSTED = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/** 1414: its deletion is under way; 1415: invalid, or deleted. */
const GONE_CODES: ReadonlySet<number> = new Set([1414, 1415, 1551, 1552, 1553, 12135]);
const GONE = /already (been )?deleted/i;
