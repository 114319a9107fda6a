import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import { didYouMean } from '../model/nearest.ts';
import { entriesOf } from './data.ts';
import type { Faults } from './faults.ts';
import { quote } from './redact.ts';
import type { Source } from './source.ts';
import { createPlaces, type Places, spot, startOf } from './tree.ts';

export interface Converted {
  readonly data: unknown;
  readonly places: Places;
}

type Mapping = Record<string, unknown>;

/** Where an entry of a mapping is shown: its key, and its value. */
interface Spot {
  readonly key: number;
  readonly value: number;
}

/** The syntax tree as plain data. Aliases are followed once each and shared, and what they would unfold to is counted. */
export function convert(root: Node, source: Source, faults: Faults): Converted {
  const anchors = new Map<string, Node>();
  const targets = new Map<unknown, Node>();
  const done = new Map<Node, unknown>();
  const open = new Set<Node>();
  const places = createPlaces();
  const sizeOf = createSizeOf();
  const follow = (node: unknown): unknown => (isAlias(node) ? targets.get(node) : node);
  let bomb = false;
  /** How many values more there are with every alias unfolded, and how many entries come from merge keys. */
  let repeated = 0;
  let merged = 0;
  const fault = (at: number, message: string, advice: string, also?: number): null => {
    const place = also === undefined ? {} : { also: source.position(also) };
    faults.addAt(source, source.position(at), { message, advice, ...place });
    return null;
  };

  const visit = (node: unknown, key: string): unknown => {
    if (bomb) return null;
    if (isAlias(node)) return alias(node, key);
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (node.tag !== undefined && !TAGS.test(node.tag)) {
      const message = `The YAML tag ${quote(node.tag)} has no meaning here.`;
      return fault(startOf(node), message, 'Write the value without a tag.');
    }
    if (isScalar(node)) return scalar(node, key);
    const before = repeated;
    if (node.anchor !== undefined) open.add(node);
    const data = isMap(node) ? mapping(node) : sequence(node, key);
    if (open.delete(node)) done.set(node, data);
    defuse(node, repeated - before);
    return data;
  };

  const alias = (node: Node & { source: string }, key: string): unknown => {
    const at = startOf(node);
    const target = anchors.get(node.source);
    if (target === undefined) {
      const hint = didYouMean(node.source, anchors.keys());
      return fault(at, `No anchor ${quote(`&${node.source}`)} stands before this${hint || '.'}`, 'Define it first.');
    }
    if (open.has(target)) return fault(at, `The anchor ${quote(`&${node.source}`)} contains itself.`, 'Take it out.');
    targets.set(node, target);
    if (isScalar(target)) return scalar(target, key);
    const data = done.get(target);
    repeated += sizeOf(data) - 1;
    return data;
  };

  const defuse = (node: Node, more: number): void => {
    if (bomb || (more <= MOST_REPEATED && merged <= MOST_REPEATED)) return;
    bomb = true;
    const advice = 'Repeat less, or divide the file into several.';
    fault(startOf(node), `The aliases of this file unfold to more than ${MOST_REPEATED} values.`, advice);
  };

  const sequence = (node: Node & { items: unknown[] }, key: string): unknown[] => {
    const data = node.items.map((item) => visit(item, `${key}[]`));
    const offsets = node.items.map((item) => startOf(item as Node));
    places.note(data, offsets);
    return data;
  };

  const mapping = (node: YAMLMap): Mapping => {
    const data: Mapping = {};
    const spots = new Map<string, Spot>();
    const merges: unknown[] = [];
    for (const pair of node.items) {
      const key = pair.key as Scalar & Node;
      const value = pair.value as Node | null;
      const name = String(key.value);
      if (key.anchor !== undefined) anchors.set(key.anchor, key);
      const first = spots.get(name);
      if (isMergeKey(key)) {
        merges.push(...mergeSources(value, key));
        if (first) continue;
      } else {
        const advice = 'The same key twice in one mapping: keep one of them.';
        if (first) fault(startOf(key), `The key ${quote(name)} stands here twice.`, advice, first.key);
        if (name === '__proto__') fault(startOf(key), 'The key `__proto__` is not allowed.', 'Take another name.');
        data[name] = visit(value, name);
      }
      spots.set(name, { key: startOf(key), value: startOf(spot(key, value, follow)) });
    }
    if (merges.length > 0) merge(merges, data, spots);
    const offsets: number[] = [];
    for (const name of Object.keys(data)) offsets.push(spots.get(name)?.key ?? 0, spots.get(name)?.value ?? 0);
    places.note(data, offsets);
    return data;
  };

  /** Adds what merge keys name, unless the mapping has a key of its own or an earlier one for it. */
  const merge = (from: readonly unknown[], data: Mapping, spots: Map<string, Spot>): void => {
    let added = 0;
    for (const source of from) {
      for (const [index, [name, value]] of entriesOf(source).entries()) {
        if (Object.hasOwn(data, name)) continue;
        data[name] = value;
        spots.set(name, { key: places.at(source, 2 * index) ?? 0, value: places.at(source, 2 * index + 1) ?? 0 });
        repeated += sizeOf(value);
        added += 1;
      }
    }
    merged += Math.max(0, added - from.length);
  };

  /** The data that a merge key names, which counts only as entries of the mapping that it is merged into. */
  const mergeSources = (value: unknown, key: Node): readonly unknown[] => {
    const before = repeated;
    const data = visit(value, '<<');
    repeated = before - 1;
    const node = follow(value);
    const named = isSeq(node) ? node.items.map(follow) : [node];
    if (!named.every((one) => isMap(one) || one === undefined))
      fault(startOf(key), 'A merge key `<<` takes a mapping, or a list of mappings.', 'Write `<<: *anchor`.');
    return isSeq(node) && Array.isArray(data) ? data : [data];
  };

  return { data: visit(root, ''), places };
}

/** A plain `<<`. */
function isMergeKey(key: Scalar): boolean {
  return key.value === '<<' && (key.type === undefined || key.type === 'PLAIN');
}

/** Counts the values of data with all that aliases repeat, and looks at each part once. */
function createSizeOf(): (data: unknown) => number {
  const sizes = new Map<unknown, number>();
  const sizeOf = (data: unknown): number => {
    if (typeof data !== 'object' || data === null) return 1;
    const size = sizes.get(data) ?? Object.values(data).reduce((sum: number, part) => sum + sizeOf(part), 1);
    sizes.set(data, size);
    return size;
  };
  return sizeOf;
}

/** Ids, labels and durations are read as written, whatever YAML takes them for; only numbers of the schema are numbers. */
function scalar(node: Scalar, key: string): unknown {
  const { value } = node;
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' && NUMERIC_KEYS.has(key)) return value;
  return typeof value === 'string' ? value : (node.source ?? String(value));
}

/** The whole numbers of the schema. Its text is not read for them: every start would wait for that. */
export const NUMERIC_KEYS: ReadonlySet<string> = new Set([
  'version',
  'max_delete_percent',
  'max_delete_total',
  'max_failures',
  'expiry_warning_days',
  'attempts',
]);
const TAGS = /^(tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)|!)$/;
const MOST_REPEATED = 300_000;
