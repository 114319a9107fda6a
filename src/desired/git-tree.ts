import { isAbsolute, join, relative, resolve } from 'node:path';
import { eachSideBySide } from '../model/side-by-side.ts';
import type { DesiredDoor } from './door.ts';
import { git } from './git.ts';

/** The files of a commit, as `readFile` and `readDir` give those of a folder. Git is slower than they are allowed to be. */
export interface GitTree {
  readonly door: DesiredDoor;
  /** Fetches what was asked for in vain since the last time. False: nothing was. */
  fetchMissing(): Promise<boolean>;
}

/** Opens the tree of a commit. What the commit and the working tree have in common is read from the latter. */
export async function gitTree(commit: string, door: DesiredDoor): Promise<GitTree> {
  const [prefix = '', up = ''] = ((await git(door, ['rev-parse', '--show-prefix', '--show-cdup'])) ?? '').split('\n');
  const top = resolve(door.cwd, up);
  const changed = await git(door, ['diff-index', '-z', '--name-only', commit]);
  const differs = new Set(changed?.split('\0'));
  const found = new Map<string, Buffer | string[] | null>();
  const missing = new Set<string>();

  const folders = new Map<string, Promise<Folder>>();
  const folder = (path: string): Promise<Folder> => {
    const listed =
      folders.get(path) ?? git(door, ['ls-tree', '-z', '--full-tree', `${commit}:${path}`]).then(entriesIn);
    folders.set(path, listed);
    return listed;
  };
  const blob = async (path: string): Promise<Buffer | null> => {
    const text = await git(door, ['show', `${commit}:${path}`]);
    return text === null ? null : Buffer.from(text);
  };

  /** What stands at a path (from the top), links followed. */
  const find = async (path: string, links: number): Promise<Buffer | string[] | null> => {
    const parts = path.split('/').filter((part) => part !== '');
    for (const [depth, name] of parts.entries()) {
      const above = parts.slice(0, depth).join('/');
      const mode = (await folder(above)).get(name);
      const here = parts.slice(0, depth + 1).join('/');
      if (mode === LINK) {
        const target = links > 0 ? await blob(here) : null;
        if (target === null) return null;
        const to = join(above, `${target}`);
        // What stands outside the repository is in no commit: a folder there is as empty as a submodule.
        if (isAbsolute(`${target}`) || to.startsWith('..')) return isYaml(name) ? null : [];
        return find(join(to, ...parts.slice(depth + 1)), links - 1);
      }
      if (mode === FOLDER) continue;
      if (mode === undefined || depth < parts.length - 1) return null;
      // What it held is not in this repository: it is as empty as in a fresh clone.
      if (mode === SUBMODULE) return [];
      return changed === null || differs.has(here) ? blob(here) : door.readFile(resolve(top, here));
    }
    return [...(await folder(parts.join('/'))).keys()];
  };

  const look = (path: string): Buffer | string[] => {
    const it = found.get(path);
    if (it === undefined) missing.add(path);
    if (it) return it;
    throw Object.assign(new Error(`${path} is not in ${commit}`), { code: 'ENOENT' });
  };

  return {
    door: {
      ...door,
      readFile: (path) => {
        const it = look(path);
        if (Array.isArray(it)) throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
        return it;
      },
      readDir: (path) => {
        const it = look(path);
        return Array.isArray(it) ? it : null;
      },
    },
    async fetchMissing() {
      const paths = [...missing];
      missing.clear();
      await eachSideBySide(paths, ABREAST, async (path) => {
        const inside = join(prefix, relative(door.cwd, path));
        found.set(path, inside.startsWith('..') ? null : await find(inside, MOST_LINKS).catch(() => null));
      });
      return paths.length > 0;
    },
  };
}

const isYaml = (name: string): boolean => /\.ya?ml$/i.test(name);

/** The mode of every name in a folder. */
type Folder = ReadonlyMap<string, string>;

function entriesIn(listed: string | null): Folder {
  const rows = (listed ?? '').split('\0').filter((row) => row !== '');
  return new Map(rows.map((row) => [row.slice(row.indexOf('\t') + 1), row.slice(0, 6)]));
}

const [FOLDER, LINK, SUBMODULE] = ['040000', '120000', '160000'];
const MOST_LINKS = 16;
const ABREAST = 8;
