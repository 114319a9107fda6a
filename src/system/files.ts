import { readdirSync } from 'node:fs';
import { inputError } from '../model/fault.ts';
import { scrub } from '../model/secret.ts';

/** The names in a folder; null where it is no folder. */
export function readDir(path: string): string[] | null {
  try {
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
    throw error;
  }
}

/** What can't be written whole (a full disk, a folder that is not there) leaves nothing behind. */
export async function save(path: string, text: string): Promise<void> {
  const { realpath, stat, writeFile } = await import('node:fs/promises');
  try {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) await replace(path, scrub(text));
    // The file that a link leads to is replaced, not the link; what is no file (/dev/stdout) has nothing to replace.
    else if (found.isFile()) await replace(await realpath(path), scrub(text));
    else await writeFile(path, scrub(text));
  } catch (error) {
    throw inputError(`${path} can't be written: ${error instanceof Error ? error.message : error}`);
  }
}

async function replace(path: string, text: string): Promise<void> {
  const { open, rename, rm } = await import('node:fs/promises');
  const { randomUUID } = await import('node:crypto');
  const draft = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    const file = await open(draft, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Makes a folder, and those above it. */
export async function makeFolder(path: string): Promise<void> {
  const { mkdir } = await import('node:fs/promises');
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw inputError(`${path} can't be made: ${error instanceof Error ? error.message : error}`);
  }
}
