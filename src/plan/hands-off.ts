import equal from 'fast-deep-equal';
import type { Prune, ScopeWant } from '../model/document.ts';
import { gather } from '../model/gather.ts';
import { indexOf } from '../model/index-of.ts';
import type { Kind, WantedThing } from '../model/kind.ts';
import type { ScopeLive } from '../model/live.ts';
import { type Attributes, asLive, type Thing } from '../model/thing.ts';

/** Both sides of a scope, complete: what is not ours to change stands in `after` as it stands in `before`. */
export interface Sides {
  readonly before: readonly Thing[];
  readonly after: readonly Thing[];
  /** What is live, not in the file, and not pruned. */
  readonly unmanaged: readonly Thing[];
}

/**
 * Copies what is not ours into the wanted state, so that no later phase has a branch for it. Order is kept: what is
 * live comes first, as it was shown, and what is new comes after it.
 */
export function sidesOf(kinds: readonly Kind[], want: ScopeWant, live: ScopeLive): Sides {
  const sides = kinds.map((kind) => sidesOfKind(kind, want, live));
  const before = gather(sides, (side) => side.before);
  const after = gather(sides, (side) => side.after);
  const unmanaged = gather(sides, (side) => side.unmanaged);
  if (areSame(before, after)) return { before, after: before, unmanaged };
  const held = heldByReference(before, after);
  return {
    before,
    after: held.size === 0 ? after : inOrder(before, [...after, ...held]),
    unmanaged: [...unmanaged, ...held],
  };
}

function sidesOfKind(kind: Kind, want: ScopeWant, live: ScopeLive): Sides {
  const before = kind.shows(live, want);
  const wanted = kind.wanted(want);
  if (wanted === undefined) return { before, after: before, unmanaged: [] };
  const twins = new Map(before.map((thing) => [thing.id, thing]));
  const things = wanted.things.map((thing) => filled(thing, twins.get(thing.id))).filter((thing) => thing !== null);
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  const kept = before.filter((thing) => !byId.has(thing.id) && !wanted.absent?.(thing));
  const verdicts = new Map(kept.map((thing) => [thing, wanted.tolerates?.(thing, before, live) ?? false]));
  const leftAlone = isPruned(want.prune, kind) ? ['unmanaged'] : ['unmanaged', false];
  const unmanaged = kept.filter((thing) => leftAlone.includes(verdicts.get(thing) ?? false));
  const stays = new Set([...kept.filter((thing) => verdicts.get(thing)), ...unmanaged]);
  const gone = new Set(before.filter((thing) => !byId.has(thing.id) && !stays.has(thing)));
  return {
    before,
    after: [
      ...before.map((thing) => byId.get(thing.id) ?? thing).filter((thing) => !gone.has(thing)),
      ...things.filter(({ id }) => !twins.has(id)),
    ],
    unmanaged,
  };
}

/**
 * A wanted thing with every field that the file leaves out taken from its live twin, or from the defaults; null where
 * that is nothing. One that says no more than its twin is the twin itself, which tells at a glance that nothing changes.
 */
function filled(thing: WantedThing, twin: Thing | undefined): Thing | null {
  const { kind, id, refs } = thing;
  const attributes = withDefaults(thing, twin);
  if (thing.isNothing?.(attributes)) return null;
  // The twin's address is the same text, and two copies of it would be kept.
  const whole = { kind, id, address: (twin ?? thing).address, refs, attributes };
  if (twin === undefined) return whole;
  if (equal(attributes, twin.attributes) && equal(refs, twin.refs)) return twin;
  return twin.row === undefined ? whole : asLive(whole, twin.row, twin.status);
}

function withDefaults({ attributes, defaults }: WantedThing, twin: Thing | undefined): Attributes {
  const open = Object.keys(attributes).filter((name) => attributes[name] === undefined);
  if (open.length === 0) return attributes as Attributes;
  const source = { ...(defaults as Attributes), ...twin?.attributes };
  const given = Object.keys(attributes).filter((name) => attributes[name] !== undefined);
  return Object.fromEntries([
    ...open.map((name) => [name, source[name] ?? null] as const),
    ...given.map((name) => [name, attributes[name] ?? null] as const),
  ]);
}

const isPruned = (prune: Prune, kind: Kind): boolean =>
  typeof prune === 'boolean' ? prune : prune.includes(kind.name);

const areSame = (before: readonly Thing[], after: readonly Thing[]): boolean =>
  before.length === after.length && before.every((thing, place) => thing === after[place]);

/** What would be deleted though something that stays refers to it. */
function heldByReference(before: readonly Thing[], after: readonly Thing[]): ReadonlySet<Thing> {
  const there = indexOf(after);
  const gone = before.filter((thing) => there(thing) === undefined);
  if (gone.length === 0) return new Set();
  const goneAt = indexOf(gone);
  return new Set(gather(after, ({ refs }) => refs.flatMap((ref) => goneAt(ref) ?? [])));
}

/** The same things, the live ones in the order in which they were shown, the new ones behind them. */
export function inOrder(before: readonly Thing[], things: readonly Thing[]): readonly Thing[] {
  const [live, given] = [indexOf(before), indexOf(things)];
  const stays = before.map((thing) => given(thing)).filter((thing) => thing !== undefined);
  return [...stays, ...things.filter((thing) => live(thing) === undefined)];
}
