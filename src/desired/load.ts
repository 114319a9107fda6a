import type { Desired, Material } from '../model/document.ts';
import { type Fault, InputError } from '../model/fault.ts';
import { entriesOf } from './data.ts';
import type { ScopeNote } from './desk.ts';
import type { DesiredDoor } from './door.ts';
import { createFaults, type Faults } from './faults.ts';
import { findFiles, readSource } from './files.ts';
import { readMaterials } from './material.ts';
import { mergeTrees } from './merge.ts';
import { parseTree } from './parse.ts';
import { readPolicy } from './policy.ts';
import { LOOSE_ENDS, RULES, SCOPE_RULES } from './rules/index.ts';
import { readScopes } from './scopes.ts';
import { addShapeFaults } from './shape.ts';
import type { Source } from './source.ts';
import type { Tree } from './tree.ts';

/**
 * Reads the files that are meant by `paths` (none: `cf-mtls.yaml` or the folder `cf-mtls`) into what they want.
 * Throws InputError with every fault of every file; what `--allow` could lift is returned as a remark.
 */
export function loadDesired(paths: readonly string[], door: DesiredDoor): Desired {
  const sources: Source[] = [];
  const trees: Tree[] = [];
  const faults = createFaults(
    () => sources,
    () => trees,
  );
  for (const path of findFiles(paths, door, faults)) {
    const source = readSource(path, door, faults);
    if (source === null) continue;
    sources.push(source);
    const tree = parseTree(source, faults);
    if (tree !== null) trees.push(tree);
    if (source.text.length > LARGE) door.collect?.();
  }
  const areAllRead = faults.count === 0;
  for (const tree of trees) addVersionFault(tree, faults);
  const data = mergeTrees(trees, faults, door);
  addShapeFaults(data, faults);
  const isWhole = areAllRead && Object.keys(data).every((key) => SECTIONS.has(key));
  const { materials, ...meant } = readMeaning(data, isWhole, door, faults);
  const remarks = faults.all();
  if (remarks.some(isFinal)) throw new InputError(remarks);
  return { files: sources.map(({ name }) => name).sort(), certificates: materials, ...meant, remarks };
}

/** A syntax tree takes a hundred times as much as its text; that of a large file goes before the next one is read. */
const LARGE = 500_000;

/**
 * Resolves what the document says, and judges whether it makes sense. Of one that is not whole, since a file could not be
 * read or a section is misspelt, only what stands for itself: every reference to what is missing would be a fault.
 */
function readMeaning(
  data: Readonly<Record<string, unknown>>,
  isWhole: boolean,
  door: DesiredDoor,
  faults: Faults,
): Pick<Desired, 'policy' | 'scopes'> & { readonly materials: ReadonlyMap<string, Material> } {
  const materials = readMaterials(data.certificates, door, faults);
  const { policy, prune } = readPolicy(data.policy, faults);
  if (!isWhole) return { materials, policy, scopes: [] };
  const known = new Set(entriesOf(data.certificates).map(([label]) => label));
  const scopes: ScopeNote[] = [];
  for (const scope of readScopes(data, { materials, known }, prune, faults)) {
    for (const finding of SCOPE_RULES.flatMap((rule) => rule.judge(scope))) faults.add(finding);
    const { want, path, labels, settings } = scope;
    scopes.push({ want, path, labels, settings });
  }
  const context = { materials, scopes, policy, now: door.now() };
  for (const finding of RULES.flatMap((rule) => rule.judge(context))) faults.add(finding);
  if (faults.all().some(isFinal)) return { materials, policy, scopes: [] };
  for (const finding of LOOSE_ENDS.flatMap((rule) => rule.judge(context))) faults.add(finding);
  return { materials, policy, scopes: scopes.map(({ want }) => want) };
}

function addVersionFault(tree: Tree, faults: Faults): void {
  if (Object.hasOwn(tree.data, 'version')) return;
  const at = tree.source.position(tree.find([], 'value').offset);
  const message = 'The file does not say its version.';
  faults.addAt(tree.source, at, { message, advice: 'Begin every file with `version: 1`.' });
}

/** Errors that end the command here, since no option lifts them. */
const isFinal = (fault: Fault): boolean => fault.severity === 'error' && fault.refusal === undefined;

const SECTIONS: ReadonlySet<string> = new Set(['version', 'certificates', 'zones', 'accounts', 'policy']);
