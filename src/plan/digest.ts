import { createHash } from 'node:crypto';
import type { Plan } from '../model/plan.ts';
import type { Json } from '../model/thing.ts';

/** What a plan promises, as `sha256:` and 64 digits: two plans with one digest do the same to the same state. */
export function digestOf({
  format_version,
  inputs,
  refusals,
  scopes,
  changes,
}: Pick<Plan, 'format_version' | 'inputs' | 'refusals' | 'scopes' | 'changes'>): string {
  const promised = {
    format_version,
    api: inputs.api,
    targets: inputs.targets,
    allowed: refusals.filter(({ allowed }) => allowed).map(({ name, scope }) => ({ name, scope })),
    scopes: scopes.map(({ name, id }) => ({ name, id })),
    changes: changes.map(({ address, kind, scope, action, before, after }) => ({
      address,
      kind,
      scope,
      action,
      before,
      after,
    })),
  };
  return `sha256:${createHash('sha256').update(canonical(promised)).digest('hex')}`;
}

/** JSON with keys and lists in code-point order, so that the order of a file does not matter. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${sorted(value.map(canonical)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = value as { readonly [key: string]: Json };
  const members = sorted(Object.keys(fields)).map((key) => `${JSON.stringify(key)}:${canonical(fields[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

/** In the order of code points. JavaScript sorts by UTF-16 units, which is the same, and faster, without surrogates. */
function sorted(texts: string[]): readonly string[] {
  return texts.some((text) => SURROGATE.test(text)) ? texts.sort(byCodePoint) : texts.sort();
}

const SURROGATE = /[\ud800-\udfff]/;
const byCodePoint = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
