import type { Harmless } from './harmless.ts';

/** What an answer says, whatever its status; `fault` where it is no envelope at all. */
export interface Envelope {
  readonly success: boolean;
  readonly result: unknown;
  readonly info: unknown;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
  readonly fault?: string;
}

/**
 * Reads `{success, errors, messages, result, result_info}`. Only `errors` is looked at for errors:
 * code 10000 in `messages` means "This API Token is valid and active".
 */
export function readEnvelope(text: string, contentType: string, harmless: Harmless): Envelope {
  let body: unknown;
  try {
    body = MAY_HOLD_KEYS.test(text) ? JSON.parse(text, withoutKeys) : JSON.parse(text);
  } catch {
    return garbled(text === '' ? 'empty body' : `not JSON${nameOf(text, contentType, harmless)}`);
  }
  if (!isObject(body)) return garbled('not an API envelope');
  const raw = [...readErrors(body.errors), ...readBareError(body)].slice(0, MAX_ERRORS);
  const errors = raw.map(({ code, message }) => ({ code, message: harmless(message) }));
  if (typeof body.success !== 'boolean' && errors.length === 0) return garbled('not an API envelope');
  return { success: body.success === true, result: body.result ?? null, info: body.result_info, errors };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The specification lists `private_key` among the fields of a certificate. No recorded answer holds it; none gets in. */
function withoutKeys(key: string, value: unknown): unknown {
  return key === 'private_key' ? undefined : value;
}

/** Walking through every value costs more than reading them; a name may also be written with `\\u` in it. */
const MAY_HOLD_KEYS = /private_key|\\u/;

function garbled(fault: string): Envelope {
  return { success: false, result: null, info: undefined, errors: [], fault };
}

function nameOf(text: string, contentType: string, harmless: Harmless): string {
  const title = /<title>([^<]{1,200})/i.exec(text.slice(0, 4096))?.[1];
  const type = contentType.split(';')[0] ?? '';
  return harmless(`${type === '' ? '' : ` but ${type}`}${title === undefined ? '' : ` “${title.trim()}”`}`).replace(
    /^(?=.)/,
    ' ',
  );
}

/** `error_chain` holds the precise reason behind a vague code (6003 → 6111), so it follows its error. */
function readErrors(errors: unknown, depth = 0): Envelope['errors'] {
  const list = Array.isArray(errors) ? errors : errors === undefined || errors === null ? [] : [errors];
  return list.slice(0, MAX_ERRORS).flatMap((error: unknown) => {
    if (typeof error === 'string') return [{ code: 0, message: error }];
    if (!isObject(error)) return [];
    const chain = depth < 3 ? readErrors(error.error_chain, depth + 1) : [];
    return [{ code: readCode(error.code), message: readMessage(error.message) }, ...chain];
  });
}

/** The gateway in front of the API answers `{"code": 971, "error": "Please wait …"}` at times, without an envelope. */
function readBareError(body: Readonly<Record<string, unknown>>): Envelope['errors'] {
  if (typeof body.success === 'boolean' || typeof body.code !== 'number') return [];
  return [{ code: body.code, message: readMessage(body.error ?? body.message) }];
}

function readCode(code: unknown): number {
  const number = typeof code === 'string' ? Number(code) : code;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : 0;
}

function readMessage(message: unknown): string {
  return typeof message === 'string' ? message : '';
}

const MAX_ERRORS = 10;
