import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import schema from '../../schemas/desired-state.schema.json' with { type: 'json' };
import { didYouMean } from '../model/nearest.ts';
import type { Faults } from './faults.ts';
import { quote } from './redact.ts';
import type { Source } from './source.ts';
import { createEntriesOf, type EntriesOf, isMergeKey, mergeSources, type Places, placesOf, startOf } from './tree.ts';

export interface Converted {
  readonly data: unknown;
  readonly places: Places;
}

/** The syntax tree as plain data. Aliases are followed once each and shared, and what they would unfold to is counted. */
export function convert(root: Node, source: Source, faults: Faults): Converted {
  const anchors = new Map<string, Node>();
  const targets = new WeakMap<Node, Node>();
  const done = new Map<unknown, Size & { readonly data: unknown }>();
  const open = new Set<unknown>();
  const places = new Map<unknown, readonly number[]>();
  const follow = (node: unknown): unknown => (isAlias(node) ? targets.get(node) : node);
  const entriesOf: EntriesOf = createEntriesOf(follow);
  let bomb = false;
  let merged = 0;
  const fault = (node: Node, message: string, advice: string, also?: Node): null => {
    const place = (where: Node) => source.position(where.range?.[0] ?? 0);
    faults.addAt(source, place(node), { message, advice, ...(also ? { also: place(also) } : {}) });
    return null;
  };

  const visit = (node: unknown, key: string): unknown => {
    if (bomb) return null;
    if (isAlias(node)) return alias(node, key);
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (node.tag !== undefined && !TAGS.test(node.tag)) {
      return fault(node, `The YAML tag ${quote(node.tag)} has no meaning here.`, 'Write the value without a tag.');
    }
    if (isScalar(node)) return scalar(node, key);
    open.add(node);
    const result = isMap(node) ? mapping(node) : sequence(node, key);
    open.delete(node);
    done.set(node, result);
    defuse(node, result);
    return result.data;
  };

  const alias = (node: Node & { source: string }, key: string): unknown => {
    const target = anchors.get(node.source);
    if (target === undefined) {
      const hint = didYouMean(node.source, anchors.keys());
      return fault(node, `No anchor ${quote(`&${node.source}`)} stands before this${hint || '.'}`, 'Define it first.');
    }
    if (open.has(target)) return fault(node, `The anchor ${quote(`&${node.source}`)} contains itself.`, 'Take it out.');
    targets.set(node, target);
    return isScalar(target) ? scalar(target, key) : done.get(target)?.data;
  };

  /** How many values a node has: as written, and with every alias unfolded. */
  const sum = (nodes: Iterable<unknown>): Size => {
    const size = { own: 1, whole: 1 };
    for (const node of nodes) {
      const part = done.get(follow(node));
      size.own += isAlias(node) ? 1 : (part?.own ?? 1);
      size.whole += part?.whole ?? 1;
    }
    return size;
  };

  const defuse = (node: Node, { own, whole }: Size): void => {
    if (bomb || (whole - own <= MOST_REPEATED && merged <= MOST_REPEATED)) return;
    bomb = true;
    const advice = 'Repeat less, or divide the file into several.';
    fault(node, `The aliases of this file unfold to more than ${MOST_REPEATED} values.`, advice);
  };

  const sequence = (node: Node & { items: unknown[] }, key: string) => {
    const data = node.items.map((item) => visit(item, `${key}[]`));
    places.set(
      data,
      node.items.map((item) => startOf(item as Node)),
    );
    return { data, ...sum(node.items) };
  };

  const mapping = (node: YAMLMap) => {
    const data: Record<string, unknown> = {};
    const values = new Map<unknown, unknown>();
    const seen = new Map<string, Node>();
    for (const pair of node.items) {
      const keyNode = pair.key as Scalar & Node;
      const name = String(keyNode.value);
      if (keyNode.anchor !== undefined) anchors.set(keyNode.anchor, keyNode);
      const first = seen.get(name);
      const advice = 'The same key twice in one mapping: keep one of them.';
      if (first !== undefined && !isMergeKey(keyNode))
        fault(keyNode, `The key ${quote(name)} stands here twice.`, advice, first);
      if (name === '__proto__') fault(keyNode, 'The key `__proto__` is not allowed.', 'Take another name.');
      seen.set(name, keyNode);
      values.set(pair.value, visit(pair.value, name));
      if (name === 'private_key') hide(pair.value);
      if (isMergeKey(keyNode)) checkMerge(pair.value, keyNode);
    }
    const entries = entriesOf(node);
    for (const [name, { value }] of entries) {
      data[name] = values.has(value) ? values.get(value) : mergedData(value, name);
    }
    places.set(data, placesOf(data, entries, follow));
    merged += Math.max(0, entries.size - values.size);
    const { whole } = sum([...entries.values()].map(({ value }) => value));
    return { data, own: sum(values.keys()).own, whole };
  };

  /** The data of a merged entry, which was converted where it stands. */
  const mergedData = (value: unknown, key: string): unknown => {
    const target = follow(value);
    return isScalar(target) ? scalar(target, key) : (done.get(target)?.data ?? null);
  };

  const checkMerge = (value: unknown, at: Node): void => {
    const named = mergeSources(follow(value)).map(follow);
    if (named.every((one) => isMap(one) || one === undefined)) return;
    fault(at, 'A merge key `<<` takes a mapping, or a list of mappings.', 'Write `<<: *anchor`.');
  };

  const hide = (value: unknown): void => {
    for (const node of [value, follow(value)]) {
      const range = (node as Node | null | undefined)?.range;
      if (range) source.secretRanges.push([range[0], range[1]]);
    }
  };

  return { data: visit(root, ''), places };
}

/** Ids, labels and durations are read as written, whatever YAML takes them for; only numbers of the schema are numbers. */
function scalar(node: Scalar, key: string): unknown {
  const { value } = node;
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' && NUMERIC_KEYS.has(key)) return value;
  return typeof value === 'string' ? value : (node.source ?? String(value));
}

function numericKeys(part: unknown, found: Set<string> = new Set()): ReadonlySet<string> {
  if (typeof part !== 'object' || part === null) return found;
  for (const [name, value] of Object.entries(part)) {
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'integer') found.add(name);
    numericKeys(value, found);
  }
  return found;
}

const NUMERIC_KEYS = numericKeys(schema);
const TAGS = /^(tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)|!)$/;
const MOST_REPEATED = 300_000;

interface Size {
  readonly own: number;
  readonly whole: number;
}
