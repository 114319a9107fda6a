import equal from 'fast-deep-equal';
import type { Faults } from './faults.ts';
import { quote } from './redact.ts';
import type { Path, Tree } from './tree.ts';

type Mapping = Record<string, unknown>;

/** Joins the files by key. A leaf (a list is one) may be repeated with the same value and never with another. */
export function mergeTrees(trees: readonly Tree[], faults: Faults): Mapping {
  const merged: Mapping = {};
  const context = { trees, faults, own: new Set([merged]) };
  for (const tree of trees) into(merged, withoutAnchors(tree.data), [], tree, context);
  return merged;
}

interface Context {
  readonly trees: readonly Tree[];
  readonly faults: Faults;
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
    } else if (!same(before, value)) conflict(here, tree, context);
  }
}

function ownCopy(mapping: Mapping, { own }: Context): Mapping {
  if (own.has(mapping)) return mapping;
  const copy = { ...mapping };
  own.add(copy);
  return copy;
}

function conflict(path: Path, tree: Tree, { trees, faults }: Context): void {
  const first = trees.find((other) => other.find(path, 'value').depth === path.length) ?? tree;
  faults.addAt(tree.source, tree.source.position(tree.find(path, 'value').offset), {
    message: `${quote(path.at(-1) ?? '')} has another value here than in the file before.`,
    also: first.source.position(first.find(path, 'value').offset),
    advice: 'Files are merged by key: say each thing once, or the same everywhere.',
  });
}

/** Keys that begin with `x-` hold anchors, which no other file can see. */
function withoutAnchors(data: Readonly<Mapping>): Mapping {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !key.startsWith('x-')));
}

/** Lists of anything but text are a fault of shape, which is stated later. */
function same(one: unknown, other: unknown): boolean {
  const odd = (value: unknown): boolean => Array.isArray(value) && value.some((item) => typeof item === 'object');
  return odd(one) || odd(other) || equal(one, other);
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
