import type { ErrorObject } from 'ajv';
import { didYouMean, nearest } from '../model/nearest.ts';
import { asMapping } from './data.ts';
import type { Faults, Finding } from './faults.ts';
import { quote } from './redact.ts';
import { validateShape } from './schema.ts';
import type { Path } from './tree.ts';
import { blankAdvice, expected, isTruthWord, shownValue, specialCase } from './words.ts';

/** States every mistake of shape in the words of the person who made it, one fault a mistake. */
export function addShapeFaults(data: unknown, faults: Faults): void {
  if (validateShape(data)) return;
  const errors = (validateShape.errors ?? []).filter(isTelling);
  const blamed = new Set<string>();
  for (const error of errors) {
    if (error.keyword === 'required' && isMisspelt(error, errors)) continue;
    if (error.keyword === 'maxProperties' && hasUnknownKey(error, errors)) continue;
    const finding = describe(error);
    const place = [finding.on ?? 'value', ...(finding.path ?? [])].join('\n');
    if (blamed.has(place) && error.keyword !== 'required') continue;
    blamed.add(place);
    faults.add(finding);
  }
}

/** Errors that only repeat another one, from around it or from a branch that was not meant. */
function isTelling({ keyword, schemaPath, instancePath, params }: ErrorObject): boolean {
  if (keyword === 'if' || keyword === 'propertyNames' || schemaPath.includes('/oneOf/')) return false;
  return !(keyword === 'required' && instancePath === '' && params.missingProperty === 'version');
}

/** Whether the key that is missing stands there under a wrong name, which is a fault of its own. */
function isMisspelt(missing: ErrorObject, errors: readonly ErrorObject[]): boolean {
  return errors.some(
    ({ keyword, instancePath, params, parentSchema }) =>
      keyword === 'additionalProperties' &&
      instancePath === missing.instancePath &&
      nearest(String(params.additionalProperty), knownKeys(parentSchema)) === missing.params.missingProperty,
  );
}

/** Whether there are too many keys because one of them is unknown. */
function hasUnknownKey(crowded: ErrorObject, errors: readonly ErrorObject[]): boolean {
  return errors.some(
    (error) => error.keyword === 'additionalProperties' && error.instancePath === crowded.instancePath,
  );
}

function describe(error: ErrorObject): Finding {
  const path = pathOf(error.instancePath);
  const { params, parentSchema, propertyName } = error;
  if (propertyName !== undefined) return describeKey(propertyName, [...path, propertyName], expected(error));
  if (error.data === null || error.data === '') return blank(path);
  if (error.keyword === 'additionalProperties')
    return unknownKey(String(params.additionalProperty), path, knownKeys(parentSchema));
  const special = specialCase(error, path);
  if (special !== null) return { ...rivals(error, path), ...special };
  const name = nameOf(path);
  switch (error.keyword) {
    case 'required': {
      const key = quote(String(params.missingProperty));
      return {
        path,
        on: 'key',
        message: `${name} has no ${key}.`,
        advice: `Add ${key}: ${name} must be ${expected(error)}.`,
      };
    }
    case 'minProperties':
    case 'maxProperties':
      return {
        ...rivals(error, path),
        on: 'key',
        message: `${name} must be ${expected(error)}.`,
        advice: isEmpty(error.data) ? 'Write what is meant.' : 'Keep the one that is meant.',
      };
    case 'minItems':
      return { path, on: 'key', message: `${name} is an empty list.`, advice: 'Write at least one item.' };
    case 'uniqueItems': {
      const list = error.data as readonly unknown[];
      const at = [...path, String(Math.max(Number(params.i), Number(params.j)))];
      const item = quote(String(list[Number(params.i)]));
      return { path: at, message: `${item} is listed twice.`, advice: 'Keep one of them.' };
    }
    case 'enum': {
      const words = (params.allowedValues as readonly unknown[]).filter((word) => typeof word === 'string');
      const hint = typeof error.data === 'string' ? didYouMean(error.data, words) : '';
      if (parentSchema?.$comment !== undefined) break;
      const message = `${shownValue(error, path)} is not known here${hint || '.'}`;
      return { path, message, advice: `Known are: ${words.join(', ')}.` };
    }
  }
  const given = shownValue(error, path);
  return { path, message: `${name} must be ${expected(error)}, but is ${given}.`, advice: adviceFor(error) };
}

/** The places of two keys of which only one may stand there: they may come from two files. */
function rivals({ keyword, data }: ErrorObject, path: Path): Pick<Finding, 'path' | 'also'> {
  const keys = Object.keys(asMapping(data) ?? {});
  const given = { maxProperties: keys, oneOf: keys.filter((key) => ENTRY.includes(key)) }[keyword] ?? [];
  const [one, other] = given;
  return one === undefined || other === undefined ? { path } : { path: [...path, one], also: [...path, other] };
}

function describeKey(key: string, path: Path, words: string): Finding {
  if (key === '') {
    return {
      path,
      on: 'key',
      message: 'A key is blank.',
      advice: 'Write the name that is meant, or take the line out.',
    };
  }
  return { path, on: 'key', message: `The key ${quote(key)} must be ${words}.`, advice: 'Change the key.' };
}

function unknownKey(key: string, path: Path, known: readonly string[]): Finding {
  const special = specialCase({ keyword: 'additionalProperties', key }, path);
  if (special !== null) return { path: [...path, key], on: 'key', ...special };
  const message = `The key ${quote(key)} is not known here${didYouMean(key, known) || '.'}`;
  return { path: [...path, key], on: 'key', message, advice: `Known here are: ${known.join(', ')}.` };
}

function blank(path: Path): Finding {
  return { path, on: 'key', message: `${nameOf(path)} is blank.`, advice: blankAdvice(path) };
}

function adviceFor({ keyword, data, parentSchema }: ErrorObject): string {
  const isSwitchWord = typeof data === 'string' && /^(on|off|yes|no)$/i.test(data);
  if (parentSchema?.type === 'boolean' && isSwitchWord) return 'In YAML 1.2 only `true` and `false` are truth values.';
  // Of a number, an id or a duration they are not what is wrong.
  const isOther = ['const', 'pattern', 'format'].includes(keyword) || parentSchema?.type === 'integer';
  if (typeof data === 'string' && isTruthWord(data) && !isOther) return 'Take the quotes away.';
  const examples: unknown = parentSchema?.examples;
  const [example] = Array.isArray(examples) ? (examples as readonly unknown[]) : [];
  return example === undefined ? 'Change the value.' : `For example: ${JSON.stringify(example)}`;
}

/** `keep` for a key, `an item of `keep`` for an item of its list. */
function nameOf(path: Path): string {
  const last = path.at(-1) ?? 'the file';
  return /^\d+$/.test(last) && path.length > 1 ? `An item of ${quote(path.at(-2) ?? '')}` : quote(last);
}

const isEmpty = (data: unknown): boolean => Object.keys(asMapping(data) ?? {}).length === 0;

function knownKeys(parentSchema: ErrorObject['parentSchema']): readonly string[] {
  return Object.keys(asMapping(parentSchema?.properties) ?? {});
}

function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What a label stands for. */
const ENTRY: readonly string[] = ['certificate', 'fingerprint'];
