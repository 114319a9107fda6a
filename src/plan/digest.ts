import { createHash } from 'node:crypto';
import type { Plan, PlanChange } from '../model/plan.ts';
import type { Json } from '../model/thing.ts';

/** What a plan promises, as `sha256:` and 64 digits: two plans with one digest do the same to the same state. */
export function digestOf({
  format_version,
  inputs,
  refusals,
  scopes,
  changes,
}: Pick<Plan, 'format_version' | 'inputs' | 'refusals' | 'scopes' | 'changes'>): string {
  const allowed = refusals.filter((refusal) => refusal.allowed).map(({ name, scope }) => ({ name, scope }));
  const hash = createHash('sha256');
  hash.update(`{"allowed":${canonical(allowed)},"api":${canonical(inputs.api)},"changes":[`);
  // A hundred at a time: the text of all is larger than the plan, and a text for each takes half as long again.
  const ordered = inOrder(changes);
  for (let start = 0; start < ordered.length; start += 100) {
    if (start > 0) hash.update(',');
    hash.update(textsOf(ordered.slice(start, start + 100)));
  }
  const names = scopes.map(({ name, id }) => ({ name, id }));
  hash.update(`],"format_version":${canonical(format_version)},"scopes":${canonical(names)},`);
  return `sha256:${hash.update(`"targets":${canonical(inputs.targets)}}`).digest('hex')}`;
}

/** In the order of their texts, which begin with action and address; what is alike in both is rare. */
function inOrder(changes: readonly PlanChange[]): readonly PlanChange[] {
  const isPlain = changes.every(({ address }) => PLAIN_ADDRESS.test(address));
  const byAddress = isPlain ? byUnit : (one: string, other: string) => byCodePoint(canonical(one), canonical(other));
  return [...changes].sort(
    (one, other) =>
      byUnit(one.action, other.action) ||
      byAddress(one.address, other.address) ||
      byCodePoint(textsOf([one]), textsOf([other])),
  );
}

/** ASCII that JSON gives as it is, and that comes after the quote at its end. */
const PLAIN_ADDRESS = /^[#-[\]-~]*$/;

function textsOf(changes: readonly PlanChange[]): string {
  const all = changes.map(({ action, address, after, before, kind, scope }) => ({
    action,
    address,
    after,
    before,
    kind,
    scope,
  }));
  const areInOrder = changes.every(({ before, after }) => isInOrder(before) && isInOrder(after));
  return areInOrder ? JSON.stringify(all).slice(1, -1) : all.map(canonical).join();
}

/** JSON with keys and lists in code-point order, so that the order of a file does not matter. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${sorted(value.map(canonical)).join(',')}]`;
  if (value === null || typeof value !== 'object' || isInOrder(value)) return JSON.stringify(value);
  const fields = value as { readonly [key: string]: Json };
  const members = sorted(Object.keys(fields)).map((key) => `${JSON.stringify(key)}:${canonical(fields[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

/**
 * Whether JSON gives it in this order already, as it does most changes of a large plan, and at a tenth of the time. What
 * is in a list never is: its keys are digits.
 */
function isInOrder(value: Json | undefined): boolean {
  if (value === null || typeof value !== 'object') return value !== undefined;
  const fields = value as { readonly [key: string]: Json };
  let last = '';
  for (const key in fields) {
    if (key <= last || !PLAIN.test(key) || !isInOrder(fields[key])) return false;
    last = key;
  }
  return true;
}
const PLAIN = /^[a-z_]+$/;

const sorted = (texts: string[]): readonly string[] => texts.sort(comparing(texts));

/** Compares code points. JavaScript compares UTF-16 units, which is the same, and faster, without surrogates. */
const comparing = (texts: readonly string[]): ((one: string, other: string) => number) =>
  texts.some((text) => SURROGATE.test(text)) ? byCodePoint : byUnit;

const SURROGATE = /[\ud800-\udfff]/;
const byCodePoint = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
const byUnit = (one: string, other: string): number => {
  if (one === other) return 0;
  return one < other ? -1 : 1;
};
