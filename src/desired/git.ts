import { inputError } from '../model/fault.ts';
import type { DesiredDoor } from './door.ts';
import { quote, visible } from './redact.ts';

/** The YAML files that git has below these paths (relative to the working directory) at a commit. */
export async function gitFiles(
  ref: string,
  paths: readonly string[],
  door: DesiredDoor,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  // A name that begins with a dash would be an option of git, and one with a colon names a file.
  if (!/^[^-:\s][^:\s]*$/.test(ref)) throw unknownRef(ref);
  const commit = await git(door, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  if (commit === null) throw unknownRef(ref);
  const id = commit.trim();
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

/** What a git command prints; null where it fails. */
async function git(door: DesiredDoor, words: readonly string[]): Promise<string | null> {
  const argv = ['git', '-C', door.cwd, ...words];
  const result = await door.run?.(argv, TIMEOUT_MS).catch((error: unknown) => error);
  if (result === undefined || result instanceof Error || typeof result !== 'object' || result === null) {
    throw inputError(
      '--previous needs git, and git could not be run',
      'Install git, or name a folder in place of a commit',
    );
  }
  const { code, stdout } = result as { readonly code: number | null; readonly stdout: string };
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
