import { dirname, relative, resolve } from 'node:path';
import { InputError, inputError } from '../model/fault.ts';
import { normalizeHostname } from '../model/hostname.ts';
import { asMapping, entriesOf } from './data.ts';
import { type DesiredDoor, isAbsent } from './door.ts';
import { createFaults } from './faults.ts';
import { displayName, findFiles, readSource } from './files.ts';
import { gitFiles } from './git.ts';
import { parseTree } from './parse.ts';
import { quote } from './redact.ts';
import { createSource, type Source } from './source.ts';

/**
 * The hostnames that stood under `hostnames` of each zone in an earlier version of the files: those of a folder, or
 * those that git has at a commit. Nothing else is taken from it, and no reference in it is followed.
 */
export async function previousHostnames(
  previous: string,
  paths: readonly string[],
  door: DesiredDoor,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const sources: Source[] = [];
  const faults = createFaults(
    () => sources,
    () => [],
  );
  if (isFolder(previous, door)) {
    for (const path of findFiles([previous], door, faults)) {
      const source = readSource(path, door, faults);
      if (source !== null) sources.push(source);
    }
  } else {
    const named = (paths.length > 0 ? paths : DEFAULTS).map(
      (path) => relative(door.cwd, resolve(door.cwd, path)) || '.',
    );
    for (const { path, text } of await gitFiles(previous, named, door))
      sources.push(createSource(`${previous}:${path}`, dirname(resolve(door.cwd, path)), text));
  }
  const found = new Map<string, Set<string>>();
  for (const source of sources) collect(parseTree(source, faults)?.data, found);
  if (faults.count > 0) throw new InputError(faults.all());
  return found;
}

const DEFAULTS = ['cf-mtls.yaml', 'cf-mtls'];

function isFolder(path: string, door: DesiredDoor): boolean {
  const absolute = resolve(door.cwd, path);
  try {
    if (door.readDir(absolute) !== null) return true;
  } catch (error) {
    return !isAbsent(error);
  }
  throw inputError(
    `--previous ${quote(displayName(absolute, door))} is a file`,
    'Name the folder that holds the earlier version, or a commit',
  );
}

function collect(data: unknown, found: Map<string, Set<string>>): void {
  for (const [name, zone] of entriesOf(asMapping(data)?.zones)) {
    const known = normalizeHostname(name);
    if (known === null) continue;
    const hostnames = found.get(known) ?? new Set<string>();
    found.set(known, hostnames);
    const pulls = asMapping(asMapping(zone)?.authenticated_origin_pulls);
    for (const [text] of entriesOf(pulls?.hostnames)) {
      const hostname = normalizeHostname(text);
      if (hostname !== null) hostnames.add(hostname);
    }
  }
}
