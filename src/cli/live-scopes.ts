import { everyAccount, everyZone, zonesNamed } from '../live/scopes.ts';
import { ApiError } from '../model/api.ts';
import { type Fault, InputError, inputError } from '../model/fault.ts';
import { globTest } from '../model/glob.ts';
import { groupBy } from '../model/group.ts';
import { normalizeHostname } from '../model/hostname.ts';
import type { Scope } from '../model/live.ts';
import type { Options } from './args.ts';
import type { Connected } from './door.ts';

/** A zone or account that could not be found or read, and why. */
export interface ScopeFailure {
  readonly scope: string;
  readonly error: string;
}

/**
 * The zones and accounts that `--zone`, `--account` and `--all` choose from what the token can see. Where zones of one
 * name are chosen, that of a chosen account is meant.
 */
export async function liveScopes(
  { zone = [], account = [], all }: Options,
  connected: Connected,
): Promise<{ readonly scopes: readonly Scope[]; readonly failures: readonly ScopeFailure[] }> {
  if (all) {
    const zones = await everyZone(connected.api);
    return oncePerName([...zones, ...(await everyAccount(connected.api, zones))], []);
  }
  const [names, globs] = [zone.filter((word) => !isGlob(word)), zone.filter(isGlob)];
  const found = await connected.findZones(names.map((name) => ({ name: zoneName(name) })));
  const failures: ScopeFailure[] = [];
  const scopes: Scope[] = [];
  for (const [scope, it] of found) {
    const twins = 'message' in it ? await twinsOf(scope, connected) : [it];
    if ('message' in it && twins.length === 0) failures.push({ scope, error: it.message });
    scopes.push(...twins);
  }
  if (globs.length > 0) scopes.push(...matching(globs, await everyZone(connected.api), 'zone'));
  const accounts = await chosenAccounts(account, connected);
  const once = oncePerName([...new Map(scopes.map((scope) => [scope.id, scope])).values()], accounts);
  return { scopes: [...once.scopes, ...accounts], failures: [...failures, ...once.failures] };
}

/** The zones of a name that did not lead to one; none where there are not several. */
async function twinsOf(name: string, { api }: Connected): Promise<readonly Scope[]> {
  try {
    const zones = await zonesNamed(api, name);
    return zones.length > 1 ? zones : [];
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

/** Whether an account was read only because everything was asked for, and has no Access that could hold anything. */
export function hasNoAccess({ all }: Options, error: unknown): boolean {
  return all === true && error instanceof ApiError && error.has(ACCESS_NOT_ENABLED);
}
const ACCESS_NOT_ENABLED = 9999;

/** Throws unless the words of the command line go together. */
export function checkChoice({ zone, account, all }: Options, command: string): void {
  const some = zone !== undefined || account !== undefined;
  if (all && some) throw inputError('--all stands beside --zone or --account', 'Leave one of them out.');
  if (!all && !some)
    throw inputError(`${command} needs to know what to read`, 'Give it --zone NAME, --account ID, or --all.');
}

async function chosenAccounts(words: readonly string[], { api }: Connected): Promise<readonly Scope[]> {
  const ids = [...new Set(words.filter((word) => !isGlob(word)).map(accountId))];
  const globs = words.filter(isGlob);
  const known = ids.map((id): Scope => ({ kind: 'account', name: id, id, accountId: id }));
  if (globs.length === 0) return known;
  const matched = matching(globs, await everyAccount(api, []), 'account');
  return [...known, ...matched.filter(({ id }) => !ids.includes(id))];
}

function matching(globs: readonly string[], scopes: readonly Scope[], kind: string): readonly Scope[] {
  const tests = globs.map((glob) => ({ glob, test: globTest(glob.toLowerCase()) }));
  const idle = tests.filter(({ test }) => !scopes.some(({ name }) => test(name)));
  if (idle.length > 0)
    throw new InputError(
      idle.map(
        ({ glob }): Fault => ({
          severity: 'error',
          message: `--${kind} ${glob} matches no ${kind} that the token can see`,
        }),
      ),
    );
  return scopes.filter(({ name }) => tests.some(({ test }) => test(name)));
}

/** A name can stand in several accounts, and once in a set of files: that of the one account which was chosen. */
function oncePerName(
  scopes: readonly Scope[],
  accounts: readonly Scope[],
): {
  readonly scopes: readonly Scope[];
  readonly failures: readonly ScopeFailure[];
} {
  const isChosen = ({ accountId }: Scope): boolean => accounts.some(({ id }) => id === accountId);
  const groups = [...groupBy(scopes, ({ kind, name }) => `${kind} ${name}`).values()].map((group) => {
    const chosen = group.filter(isChosen);
    return chosen.length === 1 ? chosen : group;
  });
  return {
    scopes: groups.flatMap((group) => (group.length === 1 ? group : [])),
    failures: groups.flatMap((group) => {
      const [first] = group;
      if (first === undefined || group.length === 1) return [];
      const holders = group.map(({ accountId: id }) => id ?? 'unknown').sort();
      return [
        {
          scope: first.name,
          error: `stands in several accounts (${holders.join(', ')}), and one set of files can hold one of them: choose with --zone ${first.name} --account ID, which reads the Access of that account too`,
        },
      ];
    }),
  };
}

const isGlob = (word: string): boolean => /[*?]/.test(word);

function zoneName(word: string): string {
  const name = normalizeHostname(word);
  if (name === null) throw inputError(`--zone ${word} is not the name of a zone`);
  return name;
}

function accountId(word: string): string {
  if (/^[0-9a-f]{32}$/i.test(word)) return word.toLowerCase();
  throw inputError(`--account ${word} is not the id of an account`, 'It has 32 hexadecimal digits.');
}
