import { dirname, join, relative, resolve, sep } from 'node:path';
import { inputError } from '../model/fault.ts';
import { type DesiredDoor, whyUnreadable } from './door.ts';
import type { Faults } from './faults.ts';
import { quote } from './redact.ts';
import { createSource, type Source } from './source.ts';

/** The files that the user means: those named, else `cf-mtls.yaml` or the folder `cf-mtls`. Absolute, each once. */
export function findFiles(paths: readonly string[], door: DesiredDoor): readonly string[] {
  const named = paths.length > 0 ? paths : [defaultPath(door)];
  const found = named.flatMap((path) => {
    const absolute = resolve(door.cwd, path);
    if (listFolder(door, absolute) === null) return [absolute];
    const files = filesBelow(door, absolute, 0).sort();
    if (files.length > 0) return files;
    throw inputError(
      `The folder ${quote(path)} holds no YAML file.`,
      'Files are found by their endings .yaml and .yml.',
    );
  });
  return [...new Set(found)];
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

function defaultPath(door: DesiredDoor): string {
  const folder = listFolder(door, resolve(door.cwd, 'cf-mtls')) !== null;
  const file = exists(door, resolve(door.cwd, 'cf-mtls.yaml'));
  if (folder && file) {
    throw inputError('Both `cf-mtls.yaml` and the folder `cf-mtls` are here.', 'Say with -f which of them is meant.');
  }
  if (folder) return 'cf-mtls';
  if (file) return 'cf-mtls.yaml';
  throw inputError(
    'Neither `cf-mtls.yaml` nor a folder `cf-mtls` is here.',
    'Name a file or folder with -f, or change to the folder that holds them.',
  );
}

function filesBelow(door: DesiredDoor, folder: string, depth: number): string[] {
  if (depth > DEEPEST) {
    const advice = 'A symbolic link may lead back to a folder above it.';
    throw inputError(
      `Folders lie in folders more than ${DEEPEST} deep at ${quote(displayName(folder, door))}.`,
      advice,
    );
  }
  const names = (listFolder(door, folder) ?? []).filter((name) => !name.startsWith('.'));
  return names.flatMap((name) => {
    const path = join(folder, name);
    if (listFolder(door, path) !== null) return filesBelow(door, path, depth + 1);
    return /\.ya?ml$/i.test(name) ? [path] : [];
  });
}

function listFolder(door: DesiredDoor, path: string): string[] | null {
  try {
    return door.readDir(path);
  } catch {
    return null;
  }
}

function exists(door: DesiredDoor, path: string): boolean {
  try {
    door.readFile(path);
    return true;
  } catch (error) {
    return !/does not exist/.test(whyUnreadable(error));
  }
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
const DEEPEST = 16;
