import { dirname, join, relative, resolve, sep } from 'node:path';
import type { AdoptedFile, Existing } from '../adopt/files.ts';
import { type DesiredDoor, loadDesired } from '../desired/index.ts';
import { type Fault, InputError } from '../model/fault.ts';
import type { Door } from './door.ts';

/** Where an import writes. */
export interface Folder {
  /** As it was given. */
  readonly name: string;
  readonly path: string;
}

export function openFolder(name: string, { files }: Door): Folder {
  return { name, path: resolve(files.cwd, name) };
}

/** What is there already, to be added to; undefined where there is nothing. Throws an InputError where it is not valid. */
export function existingIn(folder: Folder, { files }: Door): Existing | undefined {
  if (!hasYaml(folder.path, files)) return undefined;
  const desired = loadDesired([folder.path], files);
  return {
    desired,
    files: desired.files.map((name) => {
      const path = resolve(files.cwd, name);
      return { path: relative(folder.path, path).split(sep).join('/'), text: files.readFile(path).toString('utf8') };
    }),
    occupied: (path, text) => ![undefined, text].includes(textAt(folder, path, files)),
  };
}

/** The files that are not there yet with the same text. */
export function changedFiles(folder: Folder, wanted: readonly AdoptedFile[], { files }: Door): readonly AdoptedFile[] {
  return wanted.filter(({ path, text }) => textAt(folder, path, files) !== text);
}

/** Throws an InputError that names every file that would be overwritten. */
export function checkOverwrites(folder: Folder, changed: readonly AdoptedFile[], { files }: Door): void {
  const there = changed.filter(({ path }) => textAt(folder, path, files) !== undefined);
  if (there.length === 0) return;
  throw new InputError(
    there.map(
      ({ path }): Fault => ({
        severity: 'error',
        message: `${join(folder.name, path)} is there already and would be overwritten; nothing was written`,
        advice: '--merge adds to it, --force overwrites it, and another --out leaves it alone.',
      }),
    ),
  );
}

/** Reads the folder as it is going to be, so that nothing is written that the next command could not read. */
export function checkWhole(folder: Folder, changed: readonly AdoptedFile[], { files }: Door): void {
  loadDesired([folder.path], asWritten(folder, changed, files));
}

/** The files as they are going to be. */
export function asWritten(folder: Folder, changed: readonly AdoptedFile[], files: DesiredDoor): DesiredDoor {
  const texts = new Map(changed.map(({ path, text }) => [join(folder.path, path), text]));
  const folders = new Set([...texts.keys()].flatMap((path) => foldersAbove(path)));
  return {
    ...files,
    readFile: (path) => {
      const text = texts.get(path);
      return text === undefined ? files.readFile(path) : Buffer.from(text);
    },
    readDir: (path) => {
      if (texts.has(path)) return null;
      const added = [...texts.keys(), ...folders].filter((it) => dirname(it) === path).map((it) => relative(path, it));
      const names = folders.has(path) ? namesIn(path, files) : files.readDir(path);
      return names === null ? null : [...new Set([...names, ...added])];
    },
  };
}

/** Writes the files, each whole or not at all, in their order. */
export async function saveInto(folder: Folder, changed: readonly AdoptedFile[], door: Door): Promise<void> {
  for (const path of new Set(changed.map((file) => dirname(join(folder.path, file.path))))) await door.makeFolder(path);
  for (const { path, text } of changed) await door.save(join(folder.path, path), text);
}

function foldersAbove(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...foldersAbove(above)];
}

function textAt(folder: Folder, path: string, files: DesiredDoor): string | undefined {
  try {
    return files.readFile(join(folder.path, path)).toString('utf8');
  } catch {
    return undefined;
  }
}

function hasYaml(path: string, files: DesiredDoor): boolean {
  return namesIn(path, files).some((name) => {
    if (name.startsWith('.')) return false;
    return /\.ya?ml$/i.test(name) || hasYaml(join(path, name), files);
  });
}

/** The names in a folder; none where there is no such folder. */
function namesIn(path: string, files: DesiredDoor): readonly string[] {
  try {
    return files.readDir(path) ?? [];
  } catch {
    return [];
  }
}
