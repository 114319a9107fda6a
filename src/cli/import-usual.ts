import { join, resolve, sep } from 'node:path';
import type { AdoptedFile } from '../adopt/files.ts';
import { type DesiredDoor, loadDesired, usualPaths } from '../desired/index.ts';
import { InputError, inputError } from '../model/fault.ts';
import type { Door } from './door.ts';
import { asWritten, type Folder } from './import-folder.ts';

/** Throws an InputError where commands without -f work, and would not any more after an import. */
export function checkUsual(folder: Folder, changed: readonly AdoptedFile[], { files }: Door): void {
  const after = asWritten(folder, changed, files);
  const [path, ...others] = usualPaths(files);
  if (path === undefined || others.length > 0) return;
  if (usualPaths(after).length > 1)
    throw inputError(
      'A folder `cf-mtls` beside `cf-mtls.yaml` would stop every command without -f; nothing was written',
      'Move `cf-mtls.yaml`, with the files that it names, into that folder and add --merge; or give another --out.',
    );
  if (!areWithin(path, folder, changed, files).includes(true) || !isSound(files) || isSound(after)) return;
  throw inputError(
    `Commands without -f read ${path} alone, which would rely on files beside it; nothing was written`,
    'Let all files stand in the folder `cf-mtls`, which is read whole, and give it as --out.',
  );
}

/** What commands without -f read in place of the files of an import; undefined where they read these, or ask for -f. */
export function readInstead(folder: Folder, changed: readonly AdoptedFile[], { files }: Door): string | undefined {
  const [path, ...others] = usualPaths(files);
  if (path === undefined || others.length > 0) return undefined;
  return areWithin(path, folder, changed, files).includes(false) ? path : undefined;
}

/** Of each YAML file of an import, whether it is read at a path. */
function areWithin(
  path: string,
  folder: Folder,
  changed: readonly AdoptedFile[],
  { cwd }: DesiredDoor,
): readonly boolean[] {
  const read = resolve(cwd, path);
  return changed
    .map((file) => join(folder.path, file.path))
    .filter((file) => file.endsWith('.yaml') || file.endsWith('.yml'))
    .map((file) => file === read || file.startsWith(read + sep));
}

/** Whether commands without -f do anything: files that manage nothing by themselves are meant to be read with others. */
function isSound(files: DesiredDoor): boolean {
  try {
    return loadDesired([], files).remarks.every(({ refusal }) => refusal?.name !== 'empty-document');
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
