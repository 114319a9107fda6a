import { type Reason, Refusal } from './refusal.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The JSON object of a request body; anything else is refused. */
export function readBody(text: string, contentType: string | undefined): Fields {
  if (!/^application\/json\b/i.test(contentType ?? '')) {
    throw new Refusal('invalidRequest', { message: 'Content-Type must be application/json' });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('malformedJson');
  }
  if (!isFields(value)) throw new Refusal('malformedJson', { message: 'The request body must be a JSON object' });
  return value;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One required field of this type. The message names the field and never quotes its value. */
export function required<T extends keyof FieldTypes>(
  fields: Fields,
  name: string,
  type: T,
  reason: Reason = 'invalidRequest',
): FieldTypes[T] {
  const value = fields[name];
  if (value === undefined) throw invalid(reason, `${name} is required`);
  if (!CHECKS[type](value)) throw invalid(reason, `${name} must be ${WORDS[type]}`);
  return value as FieldTypes[T];
}

/** One field that may be left out. */
export function optional<T extends keyof FieldTypes>(
  fields: Fields,
  name: string,
  type: T,
  reason: Reason = 'invalidRequest',
): FieldTypes[T] | undefined {
  return fields[name] === undefined ? undefined : required(fields, name, type, reason);
}

/** A refusal that says what is wrong, in the words of the part of the API that it comes from. */
export function invalid(reason: Reason, message: string): Refusal {
  const prefix = reason === 'accessInvalid' ? 'access.api.error.invalid_request: ' : '';
  return new Refusal(reason, { message: `${prefix}${message}` });
}

interface FieldTypes {
  string: string;
  boolean: boolean;
  objects: readonly Fields[];
  strings: readonly string[];
}

const CHECKS: { readonly [T in keyof FieldTypes]: (value: unknown) => boolean } = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  objects: (value) => Array.isArray(value) && value.every(isFields),
  strings: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

const WORDS: { readonly [T in keyof FieldTypes]: string } = {
  string: 'a string',
  boolean: 'a boolean',
  objects: 'an array of objects',
  strings: 'an array of strings',
};
