import { dirname, join, relative, resolve, sep } from 'node:path';
import { inputError } from '../model/fault.ts';
import { groupBy } from '../model/group.ts';
import { type DesiredDoor, isAbsent, realPathOf, whyUnreadable } from './door.ts';
import type { Faults, Finding } from './faults.ts';
import { quote } from './redact.ts';
import { createSource, type Source } from './source.ts';

/** The files that the user means: those named, else `cf-mtls.yaml` or the folder `cf-mtls`. Absolute, each once. */
export function findFiles(paths: readonly string[], door: DesiredDoor, faults: Faults): readonly string[] {
  const named = paths.length > 0 ? paths : [usualPath(door)];
  const found = named.flatMap((path) => {
    const absolute = resolve(door.cwd, path);
    const before = faults.count;
    const files = filesAt(absolute, 0, door, faults)?.sort() ?? [absolute];
    if (files.length > 0 || faults.count > before) return files;
    throw inputError(
      `The folder ${quote(path)} holds no YAML file.`,
      'Files are found by their endings .yaml and .yml.',
    );
  });
  // One that links lead to is read once, under the first of its names.
  const byPlace = groupBy(found, (path) => realPathOf(path, door));
  return [...byPlace.values()].flatMap(([first = '']) => first);
}

/** What is there, readable or not, where files are looked for when none are named. */
export function usualPaths(door: DesiredDoor): readonly string[] {
  const { cwd } = door;
  const isThere = (look: () => unknown): boolean => {
    try {
      return look() !== null;
    } catch (error) {
      return !isAbsent(error);
    }
  };
  return [
    ...(isThere(() => door.readFile(resolve(cwd, 'cf-mtls.yaml'))) ? ['cf-mtls.yaml'] : []),
    ...(isThere(() => door.readDir(resolve(cwd, 'cf-mtls'))) ? ['cf-mtls'] : []),
  ];
}

/** Reads a file as text, or states why that cannot be. */
export function readSource(path: string, door: DesiredDoor, faults: Faults): Source | null {
  const name = displayName(path, door);
  let bytes: Buffer;
  try {
    bytes = door.readFile(path);
  } catch (error) {
    faults.add({
      message: `The file ${quote(name)} ${whyUnreadable(error)}.`,
      advice: 'Name a file or folder with -f.',
    });
    return null;
  }
  if (bytes.length > LARGEST_FILE) {
    const size = (bytes.length / 1024 / 1024).toFixed(1);
    const message = `The file ${quote(name)} is too large: ${size} MiB, where 8 MiB are the most.`;
    faults.add({ message, advice: 'Divide it into several files; they are merged by key.' });
    return null;
  }
  try {
    return createSource(name, dirname(path), new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    const at = { file: name, line: firstBadLine(bytes), col: 1 };
    const source = createSource(name, dirname(path), new TextDecoder('utf-8').decode(bytes));
    faults.addAt(source, at, { message: 'The file is not UTF-8.', advice: 'Save it as UTF-8.' });
    return null;
  }
}

/** A path as people see it: relative to where they stand, with forward slashes. */
export function displayName(path: string, door: DesiredDoor): string {
  return (relative(door.cwd, path) || '.').split(sep).join('/');
}

function usualPath(door: DesiredDoor): string {
  const [path, other] = usualPaths(door);
  if (other !== undefined) {
    throw inputError('Both `cf-mtls.yaml` and the folder `cf-mtls` are here.', 'Say with -f which of them is meant.');
  }
  if (path !== undefined) return path;
  throw inputError(
    'Neither `cf-mtls.yaml` nor a folder `cf-mtls` is here.',
    'Name a file or folder with -f, or change to the folder that holds them.',
  );
}

/** The YAML files of a folder; null where there is none. */
function filesAt(folder: string, depth: number, door: DesiredDoor, faults: Faults): string[] | null {
  let names: string[] | null;
  try {
    names = door.readDir(folder);
  } catch (error) {
    if (depth === 0 && isAbsent(error)) return null;
    faults.add(unlisted(displayName(folder, door), error));
    return [];
  }
  if (names === null) return null;
  if (depth > DEEPEST) {
    const advice = 'A symbolic link may lead back to a folder above it.';
    throw inputError(
      `Folders lie in folders more than ${DEEPEST} deep at ${quote(displayName(folder, door))}.`,
      advice,
    );
  }
  return names
    .filter((name) => !name.startsWith('.') && name !== LOST_AND_FOUND)
    .flatMap((name) => {
      const path = join(folder, name);
      return filesAt(path, depth + 1, door, faults) ?? (/\.ya?ml$/i.test(name) ? [path] : []);
    });
}

/** It may be a folder (a mount that is missing, another user's): passed over, it would empty what its files name. */
function unlisted(name: string, error: unknown): Finding {
  const why = isAbsent(error) ? 'is a symbolic link to what does not exist' : whyUnreadable(error);
  return {
    message: `${quote(name)} ${why}.`,
    advice: 'Make it readable, or take it away: what its files name would count as gone.',
  };
}

function firstBadLine(bytes: Buffer): number {
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end === -1 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end === -1) return 1;
    start = end + 1;
  }
}

const LARGEST_FILE = 8 * 1024 * 1024;
/** Stands at the top of many volumes, and only root may look into it. */
const LOST_AND_FOUND = 'lost+found';
const DEEPEST = 16;
