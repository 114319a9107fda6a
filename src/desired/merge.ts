import { resolve } from 'node:path';
import equal from 'fast-deep-equal';
import { type DesiredDoor, realPathOf } from './door.ts';
import type { Faults } from './faults.ts';
import { quote } from './redact.ts';
import type { Path, Tree } from './tree.ts';

type Mapping = Record<string, unknown>;

/** Joins the files by key. A leaf (a list is one) may be repeated with the same value and never with another. */
export function mergeTrees(trees: readonly Tree[], faults: Faults, door: DesiredDoor): Mapping {
  const merged: Mapping = {};
  const context = { trees, faults, door, own: new Set([merged]) };
  for (const tree of trees) into(merged, withoutAnchors(tree.data), [], tree, context);
  return merged;
}

interface Context {
  readonly trees: readonly Tree[];
  readonly faults: Faults;
  readonly door: DesiredDoor;
  /** What was made here. Everything else may be shared by aliases, and is copied before anything is merged into it. */
  readonly own: Set<Mapping>;
}

function into(target: Mapping, from: Readonly<Mapping>, path: Path, tree: Tree, context: Context): void {
  for (const [key, value] of Object.entries(from)) {
    if (!Object.hasOwn(target, key)) {
      target[key] = value;
      continue;
    }
    const before = target[key];
    const here = [...path, key];
    if (isMapping(before) && isMapping(value)) {
      const mapping = ownCopy(before, context);
      target[key] = mapping;
      into(mapping, value, here, tree, context);
    } else if (!same(before, value, here, tree, context)) conflict(here, tree, context);
  }
}

function ownCopy(mapping: Mapping, { own }: Context): Mapping {
  if (own.has(mapping)) return mapping;
  const copy = { ...mapping };
  own.add(copy);
  return copy;
}

function conflict(path: Path, tree: Tree, context: Context): void {
  const first = firstWith(path, tree, context);
  const [other, advice] = isFile(path)
    ? ['leads to another file here', 'A path is relative to the file in which it stands: say it once.']
    : ['has another value here', 'Files are merged by key: say each thing once, or the same everywhere.'];
  context.faults.addAt(tree.source, tree.source.position(tree.find(path, 'value').offset), {
    message: `${quote(path.at(-1) ?? '')} ${other} than in the file before.`,
    also: first.source.position(first.find(path, 'value').offset),
    advice,
  });
}

/** Paths are compared by where they lead: the same words in two folders name two files. */
function same(one: unknown, other: unknown, path: Path, tree: Tree, context: Context): boolean {
  if (!isFile(path) || typeof one !== 'string' || typeof other !== 'string')
    return isOdd(one) || isOdd(other) || equal(one, other);
  const { folder } = firstWith(path, tree, context).source;
  const place = (from: string, file: string) => realPathOf(resolve(from, file), context.door);
  return place(folder, one) === place(tree.source.folder, other);
}

/** Lists of anything but text are a fault of shape, which is stated later. */
const isOdd = (value: unknown): boolean => Array.isArray(value) && value.some((item) => typeof item === 'object');

function firstWith(path: Path, tree: Tree, { trees }: Context): Tree {
  return trees.find((other) => other.find(path, 'value').depth === path.length) ?? tree;
}

const isFile = (path: Path): boolean => path.length === 4 && path[0] === 'certificates' && path[3] === 'file';

/** Keys that begin with `x-` hold anchors, which no other file can see. */
function withoutAnchors(data: Readonly<Mapping>): Mapping {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !key.startsWith('x-')));
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
