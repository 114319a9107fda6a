import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Source } from './source.ts';

/** Keys from the root of the document, list indexes as text. */
export type Path = readonly string[];

/** One file as data, and where each part of it stands. */
export interface Tree {
  readonly source: Source;
  /** Plain data. Parts that an alias repeats are shared, so it must never be changed. */
  readonly data: Readonly<Record<string, unknown>>;
  /** How many steps of a path exist, and the offset of the last of them. Sees through aliases and merge keys. */
  find(path: Path, on: 'key' | 'value'): { readonly depth: number; readonly offset: number };
}

export interface Entry {
  readonly key: Node;
  readonly value: Node | null;
}

/** A mapping's own and merged entries, in order; the own one wins. */
export type EntriesOf = (map: YAMLMap) => ReadonlyMap<string, Entry>;
/** What an alias stands for; anything else stands for itself. */
export type Follow = (node: unknown) => unknown;

/** The entries of mappings, each worked out once. */
export function createEntriesOf(follow: Follow): EntriesOf {
  const known = new WeakMap<YAMLMap, ReadonlyMap<string, Entry>>();
  const entriesOf: EntriesOf = (map) => {
    const before = known.get(map);
    if (before !== undefined) return before;
    const entries = new Map<string, Entry>();
    known.set(map, entries);
    const merged: unknown[] = [];
    for (const { key, value } of map.items) {
      if (!isScalar(key)) continue;
      if (isMergeKey(key)) merged.push(value);
      else if (!entries.has(String(key.value))) entries.set(String(key.value), { key, value: value as Node | null });
    }
    for (const source of merged.flatMap((value) => mergeSources(follow(value)))) {
      const from = follow(source);
      if (!isMap(from)) continue;
      for (const [name, entry] of entriesOf(from)) if (!entries.has(name)) entries.set(name, entry);
    }
    return entries;
  };
  return entriesOf;
}

/** A plain `<<`. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && (key.type === undefined || key.type === 'PLAIN');
}

/** The mappings that a merge key names: one, or those of a list. */
export function mergeSources(value: unknown): readonly unknown[] {
  return isSeq(value) ? value.items : [value];
}

/**
 * Of every mapping and list of the data, the offsets of its entries, in order: of a mapping's key and value, of an item.
 * They stay when the syntax tree goes, which takes fifteen times as much memory as what it says.
 */
export type Places = ReadonlyMap<unknown, readonly number[]>;

/** The places of a mapping, merged entries included. */
export function placesOf(
  data: Readonly<Record<string, unknown>>,
  entries: ReadonlyMap<string, Entry>,
  follow: Follow,
): readonly number[] {
  const places: number[] = [];
  for (const name of Object.keys(data)) {
    const entry = entries.get(name);
    places.push(entry ? startOf(entry.key) : 0, entry ? startOf(spot(entry, follow)) : 0);
  }
  return places;
}

/** Makes the look-up of places. */
export function createFind(data: unknown, places: Places, start: number): Tree['find'] {
  const orders = new Map<unknown, ReadonlyMap<string, number>>();
  const orderOf = (mapping: object): ReadonlyMap<string, number> => {
    const order = orders.get(mapping) ?? new Map(Object.keys(mapping).map((name, index) => [name, index]));
    orders.set(mapping, order);
    return order;
  };
  return (path, on) => {
    let whole = data;
    let offset = start;
    for (const [depth, step] of path.entries()) {
      const offsets = places.get(whole);
      if (offsets === undefined) return { depth, offset };
      const onValue = depth === path.length - 1 && on === 'value';
      const index = Array.isArray(whole)
        ? Number(step)
        : 2 * (orderOf(whole as object).get(step) ?? Number.NaN) + (onValue ? 1 : 0);
      const place = offsets[index];
      if (place === undefined) return { depth, offset };
      offset = place;
      whole = (whole as Record<string, unknown>)[step];
    }
    return { depth: path.length, offset };
  };
}

/** Where a value is shown: itself where it is a scalar or on the key's line; the key where it is a block beneath. */
function spot(entry: Entry, follow: Follow): Node {
  const value = entry.value;
  if (value === null || value.range == null) return entry.key;
  if (isAlias(value)) return isScalar(follow(value)) ? (follow(value) as Node) : entry.key;
  if (isScalar(value)) return value.source === '' && value.type === 'PLAIN' ? entry.key : value;
  return 'flow' in value && value.flow === true ? value : entry.key;
}

export const startOf = (node: Node): number => node.range?.[0] ?? 0;
