import equal from 'fast-deep-equal';
import { indexOf } from '../model/index-of.ts';
import type { Change, Thing } from '../model/thing.ts';

/** What must change in a scope so that `before` becomes `after`, in the order of the two lists. */
export function diff(scope: string, before: readonly Thing[], after: readonly Thing[]): readonly Change[] {
  const [have, want] = [indexOf(before), indexOf(after)];
  return [
    ...after.flatMap((thing) => changeOf(scope, have(thing) ?? null, thing)),
    ...before.filter((thing) => want(thing) === undefined).flatMap((thing) => changeOf(scope, thing, null)),
  ];
}

function changeOf(scope: string, before: Thing | null, after: Thing | null): readonly Change[] {
  if (before !== null && after !== null && equal(before.attributes, after.attributes)) return NOTHING;
  const thing = after ?? before;
  if (thing === null) return [];
  const { kind, id, address } = thing;
  return [{ kind, id, address, scope, before, after, reasons: reasonsFor(before, after) }];
}

const NOTHING: readonly Change[] = [];

function reasonsFor(before: Thing | null, after: Thing | null): readonly string[] {
  if (before === null) return ['not live yet'];
  if (after === null) return ['live, and not in the file'];
  return Object.keys(after.attributes)
    .filter((name) => !equal(before.attributes[name], after.attributes[name]))
    .map((name) => `${name} differs`);
}
