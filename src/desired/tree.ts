import { isAlias, isScalar, type Node } from 'yaml';
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

/**
 * Of every mapping and list of a file, the offsets of its entries, in order: of a mapping's keys and values, of a list's
 * items. They stay when the syntax tree goes, which takes fifteen times as much memory as what it says.
 */
export interface Places {
  note(data: unknown, offsets: readonly number[]): void;
  at(data: unknown, index: number): number | undefined;
}

/** All offsets stand in one list, since an array for each mapping would take five times the memory of what it holds. */
export function createPlaces(): Places {
  const starts = new Map<unknown, number>();
  const all: number[] = [];
  return {
    note: (data, offsets) => {
      starts.set(data, all.length);
      for (const offset of offsets) all.push(offset);
    },
    at: (data, index) => all[(starts.get(data) ?? Number.NaN) + index],
  };
}

/** Makes the look-up of places. */
export function createFind(data: unknown, places: Places, start: number): Tree['find'] {
  const orders = new Map<unknown, ReadonlyMap<string, number>>();
  const orderOf = (mapping: object): ReadonlyMap<string, number> => {
    const order = orders.get(mapping) ?? new Map(Object.keys(mapping).map((name, index) => [name, index]));
    orders.set(mapping, order);
    return order;
  };
  const indexOf = (whole: unknown, step: string): number | undefined => {
    if (typeof whole !== 'object' || whole === null) return undefined;
    if (!Array.isArray(whole)) return orderOf(whole).get(step);
    return Number(step) < whole.length ? Number(step) : undefined;
  };
  return (path, on) => {
    let whole = data;
    let offset = start;
    for (const [depth, step] of path.entries()) {
      const index = indexOf(whole, step);
      if (index === undefined) return { depth, offset };
      const onValue = depth === path.length - 1 && on === 'value';
      offset = places.at(whole, Array.isArray(whole) ? index : 2 * index + (onValue ? 1 : 0)) ?? offset;
      whole = (whole as Record<string, unknown>)[step];
    }
    return { depth: path.length, offset };
  };
}

/** Where an entry is shown: at its value where that is a scalar or on the key's line, else at the key. */
export function spot(key: Node, value: Node | null, follow: (node: unknown) => unknown): Node {
  if (value === null || value.range == null) return key;
  if (isAlias(value)) return isScalar(follow(value)) ? (follow(value) as Node) : key;
  if (isScalar(value)) return value.source === '' && value.type === 'PLAIN' ? key : value;
  return 'flow' in value && value.flow === true ? value : key;
}

export const startOf = (node: Node): number => node.range?.[0] ?? 0;
