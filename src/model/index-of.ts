import type { Ref } from './thing.ts';

/** Finds things by kind and id; for the many things of a large zone, without a text made for each. */
export function indexOf<T extends Ref>(things: readonly T[]): (ref: Ref) => T | undefined {
  const kinds = new Map<string, Map<string, T>>();
  for (const thing of things) {
    const ids = kinds.get(thing.kind) ?? new Map<string, T>();
    if (ids.size === 0) kinds.set(thing.kind, ids);
    ids.set(thing.id, thing);
  }
  return ({ kind, id }) => kinds.get(kind)?.get(id);
}
