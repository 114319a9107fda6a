import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import schema from '../../schemas/desired-state.schema.json' with { type: 'json' };
import type { Faults } from './faults.ts';
import { didYouMean } from './nearest.ts';
import { quote } from './redact.ts';
import type { Source } from './source.ts';
import { addSyntaxFaults } from './syntax.ts';
import { createEntriesOf, createFind, type EntriesOf, isMergeKey, mergeSources, type Tree } from './tree.ts';

/** Reads one file as YAML 1.2 with merge keys. Null, and faults, where that cannot be. */
export function parseTree(source: Source, faults: Faults): Tree | null {
  const document = parse(source, faults);
  if (document === null) return null;
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) {
    const advice = 'Begin with `version: 1`. To manage nothing on purpose, take the file away.';
    faults.addAt(source, { file: source.name, line: 1, col: 1 }, { message: 'The file is empty.', advice });
    return null;
  }
  const before = faults.count;
  const { data, follow, entriesOf } = convert(root, source, faults);
  if (faults.count > before) return null;
  if (!isMap(root)) {
    const at = source.position(root.range?.[0] ?? 0);
    faults.addAt(source, at, {
      message: 'The file must be a mapping at its top.',
      advice: 'Begin with `version: 1`, then `certificates:`, `zones:`, `accounts:` and `policy:`.',
    });
    return null;
  }
  return { source, data: data as Tree['data'], find: createFind(root, follow, entriesOf) };
}

function parse(source: Source, faults: Faults): Document.Parsed | null {
  const { lineCounter } = source;
  try {
    const options = { lineCounter, stringKeys: true, merge: true, uniqueKeys: false, prettyErrors: false } as const;
    const document = parseDocument(source.text, options);
    if (document.errors.length === 0) return document as Document.Parsed;
    addSyntaxFaults(document.errors, source, faults);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const advice = 'Nothing that can be said here needs more than ten levels.';
    faults.addAt(source, source.position(0), { message: 'The file is nested too deeply.', advice });
  }
  return null;
}

/** The syntax tree as plain data. Aliases are followed once each and shared, and what they would unfold to is counted. */
function convert(root: Node, source: Source, faults: Faults) {
  const anchors = new Map<string, Node>();
  const targets = new WeakMap<Node, Node>();
  const done = new Map<unknown, { readonly data: unknown; readonly size: number }>();
  const open = new Set<unknown>();
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

  const sizeOf = (node: unknown): number => done.get(follow(node))?.size ?? 1;

  const grown = (node: Node, size: number): number => {
    if (size <= LARGEST || bomb) return size;
    bomb = true;
    fault(node, 'The aliases of this file unfold to more than a million values.', 'Write out what you mean.');
    return size;
  };

  const sequence = (node: Node & { items: unknown[] }, key: string) => {
    const data = node.items.map((item) => visit(item, `${key}[]`));
    return {
      data,
      size: grown(
        node,
        node.items.reduce<number>((sum, item) => sum + sizeOf(item), 1),
      ),
    };
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
    let size = 1;
    const entries = entriesOf(node);
    merged += entries.size - seen.size;
    for (const [name, { value }] of entries) {
      data[name] = values.has(value) ? values.get(value) : mergedData(value, name);
      size += sizeOf(value);
    }
    return { data, size: grown(node, Math.max(size, merged)) };
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

  return { data: visit(root, ''), follow, entriesOf };
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
const LARGEST = 1_000_000;
