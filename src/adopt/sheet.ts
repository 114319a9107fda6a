import {
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { normalizeHostname } from '../model/hostname.ts';

/** The way to a mapping or list: keys from the root of the document. */
export type Path = readonly string[];

/** One YAML file that is being written, or added to; its comments and its order stay. */
export class Sheet {
  /** Its path as it is shown and saved. */
  readonly path: string;
  readonly #document: Document;
  readonly #before: string | null;
  #touched = false;

  private constructor(path: string, document: Document, before: string | null) {
    this.path = path;
    this.#document = document;
    this.#before = before;
  }

  static blank(path: string, heading: string): Sheet {
    const document = new Document({ version: 1 });
    document.commentBefore = commentText(heading);
    return new Sheet(path, document, null);
  }

  /** A file that is there already and was found to be valid. */
  static of(path: string, text: string): Sheet {
    const options = { stringKeys: true, merge: true, uniqueKeys: false } as const;
    return new Sheet(path, parseDocument(text, options) as Document, text);
  }

  /** How many steps of a path stand in this file itself, anchors and merge keys left aside. */
  depth(path: Path): number {
    let node: unknown = this.#document.contents;
    for (const [depth, step] of path.entries()) {
      const pair = isMap(node) ? pairIn(node, step) : undefined;
      if (pair === undefined) return depth;
      node = pair.value;
    }
    return path.length;
  }

  /** Adds an entry to the mapping at a path, which is made where it is missing. False where an anchor shares it. */
  add(path: Path, key: string, value: Node | string | boolean, comment?: string): boolean {
    const map = this.#mapAt(path);
    if (map === null) return false;
    const pair = this.#document.createPair(key, value) as Pair<Scalar, Node>;
    if (comment !== undefined) pair.key.commentBefore = commentText(comment);
    // What carries a comment of its own at its end needs air, or that would seem to belong to what follows.
    const last = map.items.at(-1)?.value;
    if (isMap(last) && last.comment) pair.key.spaceBefore = true;
    if (map.items.length === 0) map.flow = false;
    map.items.push(pair);
    this.#touched = true;
    return true;
  }

  /** Adds texts to the list at a path, which is made where it is missing. False where an anchor shares it. */
  extend(
    path: Path,
    texts: readonly { readonly text: string; readonly comment?: string }[],
    comment?: string,
  ): boolean {
    const map = this.#mapAt(path.slice(0, -1));
    const key = path.at(-1) ?? '';
    if (map === null) return false;
    const items = texts.map(({ text, comment: above }) => {
      const item = this.#document.createNode(text) as Scalar;
      if (above !== undefined) item.commentBefore = commentText(above);
      return item;
    });
    const pair = pairIn(map, key);
    if (pair === undefined) {
      const list = this.#document.createNode([]) as YAMLSeq;
      list.items.push(...items);
      return this.add(path.slice(0, -1), key, list, comment);
    }
    if (!isSeq(pair.value) || pair.value.anchor !== undefined) return false;
    if (pair.value.items.length === 0) pair.value.flow = false;
    pair.value.items.push(...items);
    this.#touched = true;
    return true;
  }

  /** A comment at the end of the mapping at a path. */
  remark(path: Path, comment: string): void {
    const map = this.#mapAt(path);
    if (map === null) return;
    map.comment = [map.comment, commentText(comment)].filter(Boolean).join('\n');
    this.#touched = true;
  }

  /** A mapping on one line. */
  line(value: Readonly<Record<string, string | boolean>>): Node {
    return this.#document.createNode(value, { flow: true }) as Node;
  }

  block(value: object): Node {
    return this.#document.createNode(value) as Node;
  }

  /** Adds an entry to a mapping that is being made. */
  put(mapping: Node, key: string, value: Node | string): void {
    if (isMap(mapping)) mapping.items.push(this.#document.createPair(key, value) as Pair<Scalar, Node>);
  }

  /** A comment at the end of a mapping that is being made. */
  after(mapping: Node, comment: string): void {
    mapping.comment = commentText(comment);
  }

  /** The file as it is to be; one to which nothing was added keeps every byte. */
  text(): string {
    if (this.#before !== null && !this.#touched) return this.#before;
    return this.#document.toString({ lineWidth: 0, indent: indentOf(this.#before ?? '') });
  }

  #mapAt(path: Path): YAMLMap | null {
    let map: unknown = this.#document.contents;
    for (const step of path) {
      if (!isOwn(map)) return null;
      let pair = pairIn(map, step);
      if (pair === undefined) {
        if (map.items.some(isMerge)) return null;
        pair = this.#document.createPair(step, {}) as Pair<Scalar, Node>;
        if (map.items.length === 0) map.flow = false;
        map.items.push(pair);
      }
      map = pair.value;
    }
    return isOwn(map) ? map : null;
  }
}

/** What is said once and meant in several places must not grow in all of them. */
const isOwn = (node: unknown): node is YAMLMap<Scalar, Node> =>
  isMap(node) && !isAlias(node) && node.anchor === undefined;

const isMerge = ({ key }: Pair): boolean => isScalar(key) && key.value === '<<';

/** An entry by its key, in whatever spelling it is written. */
function pairIn(map: YAMLMap, name: string): Pair<Scalar, Node> | undefined {
  return map.items.find(({ key }) => {
    const text = isScalar(key) ? String(key.source ?? key.value) : '';
    return text === name || text.toLowerCase() === name || normalizeHostname(text) === name;
  }) as Pair<Scalar, Node> | undefined;
}

/** Every line of a comment, with the space that YAML writers put after the `#`. */
const commentText = (text: string): string =>
  text
    .split('\n')
    .map((line) => ` ${line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?')}`)
    .join('\n');

/** The indentation that a file uses, so that adding to it changes no other line. */
function indentOf(text: string): number {
  const spaces = /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return Math.min(Math.max(spaces, 1), 8);
}
