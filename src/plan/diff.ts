import equal from 'fast-deep-equal';
import { type Change, refKey, type Thing } from '../model/thing.ts';

/** What must change in a scope so that `before` becomes `after`, in the order of the two lists. */
export function diff(scope: string, before: readonly Thing[], after: readonly Thing[]): readonly Change[] {
  const have = new Map(before.map((thing) => [refKey(thing), thing]));
  const want = new Map(after.map((thing) => [refKey(thing), thing]));
  return [
    ...after.flatMap((thing) => changeOf(scope, have.get(refKey(thing)) ?? null, thing)),
    ...before.filter((thing) => !want.has(refKey(thing))).flatMap((thing) => changeOf(scope, thing, null)),
  ];
}

function changeOf(scope: string, before: Thing | null, after: Thing | null): readonly Change[] {
  if (before !== null && after !== null && equal(before.attributes, after.attributes)) return [];
  const thing = after ?? before;
  if (thing === null) return [];
  const { kind, id, address } = thing;
  return [{ kind, id, address, scope, before, after, reasons: reasonsFor(before, after) }];
}

function reasonsFor(before: Thing | null, after: Thing | null): readonly string[] {
  if (before === null) return ['not live yet'];
  if (after === null) return ['live, and not in the file'];
  return Object.keys(after.attributes)
    .filter((name) => !equal(before.attributes[name], after.attributes[name]))
    .map((name) => `${name} differs`);
}
