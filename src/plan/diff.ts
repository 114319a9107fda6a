import equal from 'fast-deep-equal';
import { gather } from '../model/gather.ts';
import { indexOf } from '../model/index-of.ts';
import type { Change, Thing } from '../model/thing.ts';

/** What must change in a scope so that `before` becomes `after`, in the order of the two lists. */
export function diff(
  scope: string,
  before: readonly Thing[],
  after: readonly Thing[],
  why: (thing: Thing) => string = () => 'not in the file',
): readonly Change[] {
  if (before === after) return NOTHING;
  const [have, want] = [indexOf(before), indexOf(after)];
  const stays = new Set(before);
  return [
    // By itself, not by its name: should the API list a hostname twice, neither row is a change of the other.
    ...gather(after, (thing) => (stays.has(thing) ? NOTHING : changeOf(scope, have(thing) ?? null, thing, why))),
    ...gather(before, (thing) => (want(thing) === undefined ? changeOf(scope, thing, null, why) : NOTHING)),
  ];
}

function changeOf(
  scope: string,
  before: Thing | null,
  after: Thing | null,
  why: (thing: Thing) => string,
): readonly Change[] {
  if (before !== null && after !== null && equal(before.attributes, after.attributes)) return NOTHING;
  const thing = after ?? before;
  if (thing === null) return [];
  const { kind, id, address } = thing;
  return [{ kind, id, address, scope, before, after, reasons: after === null ? [why(thing)] : NONE }];
}

const NOTHING: readonly Change[] = [];
const NONE: readonly string[] = [];
