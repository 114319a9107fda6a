import type { ErrorObject } from 'ajv';
import { looksLikeMaterial, quote } from './redact.ts';
import type { Path } from './tree.ts';

/** What a place of the schema wants, as the end of "must be …". Patterns and choices say it in their `$comment`. */
export function expected({ keyword, params, parentSchema }: ErrorObject): string {
  if (keyword === 'minimum') return `at least ${String(params.limit)}`;
  if (keyword === 'maximum') return `at most ${String(params.limit)}`;
  const comment: unknown = parentSchema?.$comment;
  if (typeof comment === 'string') return comment;
  return TYPES[String(params.type)] ?? 'something else';
}

/** What stands there instead, as the end of "but is …": never material, and never what is under `private_key`. */
export function shownValue({ data, parentSchema }: ErrorObject, path: Path): string {
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return 'a mapping';
  if (path.includes('private_key')) return 'other text';
  // In a frame it may look right: only its quotes are wrong.
  const isQuoted = typeof data === 'string' && (parentSchema?.type === 'integer' || isTruthWord(data));
  return isQuoted ? `the text ${quote(data)}` : quote(String(data));
}

/** A text that would be a truth value without the quotes, which templates like to add. */
export const isTruthWord = (text: string): boolean => /^(true|false)$/i.test(text);

/** What to write in place of a blank: the word or the empty set that removes, where there is one. */
export function blankAdvice(path: Path): string {
  const [last = '', parent = '', above = ''] = [...path].reverse();
  const isEntry =
    parent === 'hostnames' || parent === 'hostname_settings' || (parent === 'certificates' && above === 'access');
  // What is missing from a section that is there is removed, as far as it prunes.
  if (isEntry) return 'A blank removes nothing: write `none` to remove it, or write what it is to be.';
  if (last === 'keep') return 'A blank keeps nothing: name what may stay, or write `[]`.';
  const word =
    last === 'certificate' && parent === 'authenticated_origin_pulls'
      ? 'none'
      : ['hostnames', 'hostname_settings'].includes(last) || (last === 'certificates' && parent === 'access')
        ? '{}'
        : ['hostname_certificates', 'associated_hostnames'].includes(last)
          ? '[]'
          : null;
  if (word === null) return 'A blank means nothing: write a value, or leave the key out.';
  return `A blank removes nothing: write \`${word}\` to remove, or leave the key out to leave things as they are.`;
}

type Case = { readonly on?: 'key' | 'value'; readonly message: string; readonly advice: string };
type Question =
  | Pick<ErrorObject, 'keyword' | 'data'>
  | { readonly keyword: 'additionalProperties'; readonly key: string };

/** Mistakes that deserve words of their own. */
export function specialCase(question: Question, path: Path): Case | null {
  const last = path.at(-1);
  const key = 'key' in question ? question.key : null;
  if (last === 'private_key' && (key === 'pem' || (key === null && question.keyword === 'type'))) return INLINE_KEY;
  if (path.includes('private_key') && 'data' in question && looksLikeMaterial(String(question.data))) return INLINE_KEY;
  if (last === 'certificate' && key === 'exec') {
    return {
      message: 'A certificate cannot come from `exec`, which is for private keys only.',
      advice: 'A certificate is public: use `file`, `pem` or `env`.',
    };
  }
  if (last === 'policy' && path.length === 1 && key === 'allow') {
    return {
      message: '`allow` cannot stand in the policy at the top.',
      advice:
        'An exception must not stay open everywhere: put it into the `policy` of the zone or account that it is for.',
    };
  }
  if (question.keyword === 'oneOf') return entryCase(question);
  return null;
}

function entryCase(question: Question): Case {
  const both =
    'data' in question && typeof question.data === 'object' && question.data !== null && 'fingerprint' in question.data;
  return both
    ? {
        on: 'key',
        message: 'This label has both `certificate` and `fingerprint`.',
        advice: 'Keep `certificate`: the fingerprint follows from it.',
      }
    : {
        on: 'key',
        message: 'This label has neither `certificate` nor `fingerprint`.',
        advice: 'Add `certificate: { file: … }`.',
      };
}

/** For a private key that stands where only the place of one may. */
export const INLINE_KEY: Case = {
  on: 'key',
  message: 'A private key cannot stand in the file.',
  advice:
    'Say where it can be had: `private_key: { env: NAME }`, `{ file: … }` or `{ exec: [ … ] }`. If it was committed, replace it.',
};

const TYPES: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  array: 'a list',
  object: 'a mapping',
};
