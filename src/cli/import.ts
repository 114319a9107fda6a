import { type AdoptedFile, filesFor, SCHEMA_FILE } from '../adopt/files.ts';
import type { Found } from '../adopt/found.ts';
import { look } from '../adopt/look.ts';
import { defaultPolicy } from '../desired/index.ts';
import { readScope } from '../live/read.ts';
import { InternalError, inputError } from '../model/fault.ts';
import type { Scope } from '../model/live.ts';
import type { ListName } from '../model/names.ts';
import { eachSideBySide } from '../model/side-by-side.ts';
import { harmless, paragraph } from '../report/harmless.ts';
import { count } from '../report/width.ts';
import type { Arguments } from './args.ts';
import { counter } from './count.ts';
import { hostnamesToAsk } from './discovery.ts';
import type { Connected, Door } from './door.ts';
import {
  changedFiles,
  checkOverwrites,
  checkWhole,
  existingIn,
  type Folder,
  openFolder,
  saveInto,
} from './import-folder.ts';
import { checkUsual, readInstead } from './import-usual.ts';
import { checkChoice, hasNoAccess, liveScopes, type ScopeFailure } from './live-scopes.ts';
import { withApi } from './plan.ts';
import { schemaText } from './schema.ts';
import { unwritten } from './unwritten.ts';
import { nothingWanted } from './wants.ts';

/** `cf-mtls import`: writes files from what is live. Exits 3 where some scopes could not be read and others were written. */
export async function importLive(args: Arguments, door: Door): Promise<number> {
  const { options } = args;
  checkChoice(options, 'import');
  if (options.out === undefined) throw inputError('import needs a folder to write to', 'Give it --out DIR.');
  if (options.merge && options.force)
    throw inputError(
      '--merge stands beside --force',
      '--merge adds to the files that are there, --force overwrites them.',
    );
  const folder = openFolder(options.out, door);
  const existing = options.merge ? existingIn(folder, door) : undefined;
  return withApi(args, door, existing?.desired.policy ?? defaultPolicy(), async (connected) => {
    const { found, failures } = await readAll(args, connected, door);
    if (door.stop.aborted) throw inputError('Interrupted before everything was read; nothing was written');
    const { files, notes } = filesFor(found, existing);
    const schema = existing === undefined ? [{ path: SCHEMA_FILE, text: schemaText('desired-state') }] : [];
    const changed = found.length === 0 ? [] : changedFiles(folder, [...schema, ...files], door);
    if (changed.length > 0) {
      if (existing === undefined && !options.force) checkOverwrites(folder, changed, door);
      checkWhole(folder, changed, door);
      checkUsual(folder, changed, door);
      await saveInto(folder, changed, door);
    }
    for (const note of notes) door.stderr.write(`Note: ${paragraph(note)}\n`);
    for (const { scope, error } of failures)
      door.stderr.write(`Error: ${harmless(scope)} could not be read: ${paragraph(error)}\n`);
    door.stdout.write(summary(found, failures.length > 0, changed, folder, connected.api.requests));
    const instead = readInstead(folder, changed, door);
    if (instead !== undefined) door.stdout.write(`Without -f ${folder.name}, commands read ${instead} alone.\n`);
    if (failures.length === 0 && unwritten(door) === undefined) return 0;
    return changed.length > 0 ? 3 : 1;
  });
}

/** Reads scope by scope, and keeps of each only what goes into the files. */
async function readAll(
  { options }: Arguments,
  connected: Connected,
  door: Door,
): Promise<{ readonly found: readonly Found[]; readonly failures: readonly ScopeFailure[] }> {
  const { scopes, failures: missing } = await liveScopes(options, connected);
  const { api } = connected;
  const discovery = {
    discover: options.discover === undefined ? null : 'dns',
    previous: options.previous ?? null,
    paths: options.file ?? [],
  } as const;
  const toAsk = await hostnamesToAsk(discovery, api, door);
  const found: Found[] = [];
  const failures = [...missing];
  const step = counter(scopes.length, 'zones and accounts', door);
  await eachSideBySide(scopes, options.parallelism ?? 8, async (scope) => {
    try {
      const live = await readScope(scope, LISTS[scope.kind], toAsk(scope, []), { api, lists: door.registry.lists });
      const want = nothingWanted(scope);
      found.push(
        look(
          live,
          door.registry.kinds.flatMap((kind) => kind.shows(live, want)),
        ),
      );
    } catch (error) {
      if (error instanceof InternalError || !(error instanceof Error)) throw error;
      if (hasNoAccess(options, error))
        door.stderr.write(`Note: ${scope.name}: Access is not enabled, so there is nothing to import.\n`);
      else failures.push({ scope: scope.name, error: error.message });
    }
    step();
  });
  return { found, failures };
}

const LISTS: Readonly<Record<Scope['kind'], readonly ListName[]>> = {
  zone: ['zone_certificates', 'zone_enablement', 'tls_client_auth', 'hostname_certificates', 'hostname_associations'],
  account: ['access_certificates', 'access_hostname_settings'],
};

function summary(
  found: readonly Found[],
  hasFailed: boolean,
  changed: readonly AdoptedFile[],
  folder: Folder,
  requests: number,
): string {
  const zones = found.filter(({ scope }) => scope.kind === 'zone').length;
  const read = `Read ${count(zones, 'zone')} and ${count(found.length - zones, 'account')} with ${count(requests, 'request')}.`;
  const written = `Wrote ${count(changed.length, 'file')} to ${folder.name}. See what they mean: cf-mtls plan -f ${folder.name}`;
  return `${read}\n${changed.length > 0 ? written : whyNothing(found, hasFailed)}\n`;
}

function whyNothing({ length: read }: readonly Found[], hasFailed: boolean): string {
  if (read === 0)
    return hasFailed ? 'Nothing was written: nothing could be read.' : 'Nothing to write: there is nothing to import.';
  return `Nothing to write: the files hold ${hasFailed ? 'all that could be read' : 'it all'}.`;
}
