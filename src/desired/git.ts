import { inputError } from '../model/fault.ts';
import type { DesiredDoor } from './door.ts';
import { quote, visible } from './redact.ts';

/** The YAML files that git has below these paths (relative to the working directory) at a commit. */
export async function gitFiles(
  ref: string,
  paths: readonly string[],
  door: DesiredDoor,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const id = await commitId(ref, door);
  if (id === null) throw unknownRef(ref);
  const listed = await git(door, ['ls-tree', '-r', '-z', '--name-only', id, '--', ...paths]);
  const names = (listed ?? '').split('\0').filter((name) => paths.includes(name) || isYaml(name));
  const files: { path: string; text: string }[] = [];
  for (const path of names) {
    const text = await git(door, ['show', `${id}:./${path}`]);
    if (text === null) throw inputError(`git can't show ${quote(path)} at ${quote(ref)}`);
    files.push({ path, text });
  }
  return files;
}

/** The id of the commit that a name stands for; null where git knows none. */
export async function commitId(ref: string, door: DesiredDoor): Promise<string | null> {
  // A name that begins with a dash would be an option of git, and one with a colon names a file.
  if (!/^[^-:\s][^:\s]*$/.test(ref)) return null;
  return (await git(door, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]))?.trim() ?? null;
}

/** What a git command prints in the working directory; null where it fails. */
export async function git(door: DesiredDoor, words: readonly string[]): Promise<string | null> {
  const argv = ['git', '-C', door.cwd, ...words];
  const result = await door.run?.(argv, TIMEOUT_MS).catch((error: unknown) => error);
  if (result === undefined || result instanceof Error || typeof result !== 'object' || result === null) {
    throw inputError('An earlier version of the files needs git, and git could not be run', 'Install git');
  }
  const { code, stdout } = result as { readonly code: number | null; readonly stdout: string };
  // Half an answer, or none, would count as a commit without files.
  if (code === null)
    throw inputError('An earlier version of the files needs git, and git was ended before it was done');
  return code === 0 ? stdout : null;
}

function unknownRef(ref: string): Error {
  return inputError(
    `--previous ${visible(ref)} is neither a folder nor a commit that git knows here`,
    'Name a commit, branch or tag; a shallow clone may have to fetch it first',
  );
}

/** Like the files of a folder: by their ending, and nothing hidden. */
const isYaml = (path: string): boolean =>
  /\.ya?ml$/i.test(path) && !path.split('/').some((part) => part.startsWith('.') && part !== '..');

const TIMEOUT_MS = 30_000;
