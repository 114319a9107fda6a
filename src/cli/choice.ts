import { createHash } from 'node:crypto';
import { desiredAt, differsInMeaning } from '../desired/index.ts';
import type { Desired, ScopeWant } from '../model/document.ts';
import { InputError } from '../model/fault.ts';
import { globTest } from '../model/glob.ts';
import { paragraph } from '../report/harmless.ts';
import type { Door } from './door.ts';

/** Everything that a command line says about which zones and accounts are meant. */
export interface Choosing {
  readonly zones: readonly string[];
  readonly accounts: readonly string[];
  readonly changedSince: string | null;
  /** `I/N`. */
  readonly shard: string | null;
  /** As given with `--file`: where the files of an earlier commit stood. */
  readonly paths: readonly string[];
}

/** The scopes that the words, the shard and the commit choose together. */
export async function choose(desired: Desired, choosing: Choosing, door: Door): Promise<readonly ScopeWant[]> {
  const { changedSince, shard } = choosing;
  const named = chosenScopes(desired, choosing.zones, choosing.accounts);
  const inShard = shardTest(shard);
  const chosen = named.filter(({ name }) => inShard(name));
  const tell = (part: readonly ScopeWant[], whole: readonly ScopeWant[], does: string): void =>
    door.stderr.write(`${part.length} of ${whole.length} zones and accounts ${does}; the others are not read\n`);
  if (shard !== null) tell(chosen, named, `belong to shard ${shard}`);
  if (changedSince === null) return chosen;
  const before = await desiredAt(changedSince, choosing.paths, door.files);
  if ('faults' in before) {
    const [first] = before.faults;
    const place = first?.at === undefined ? '' : `${first.at.file}:${first.at.line}:${first.at.col} `;
    const why = first === undefined ? '' : ` ${paragraph(`${place}${first.message}`)}`;
    door.stderr.write(
      `The files of ${changedSince} are not valid, so every zone and account counts as changed.${why}\n`,
    );
    return chosen;
  }
  const known = new Map(before.scopes.map((scope) => [`${scope.kind} ${scope.name}`, scope]));
  const changed = chosen.filter((want) => differsInMeaning(want, known.get(`${want.kind} ${want.name}`)));
  tell(changed, chosen, `differ from ${changedSince}`);
  return changed;
}

/** What a reader must know of a plan of fewer scopes than the files name, wherever it is shown; undefined where it is whole. */
export function narrowed(
  chosen: readonly ScopeWant[],
  { scopes }: Desired,
  { zones, accounts, shard, changedSince }: Partial<Choosing>,
): string | undefined {
  if (chosen.length === scopes.length) return undefined;
  const words = [
    ...(zones?.length ? ['--zone'] : []),
    ...(accounts?.length ? ['--account'] : []),
    ...(shard ? [`--shard ${shard}`] : []),
    ...(changedSince ? [`--changed-since ${changedSince}`] : []),
  ];
  const by = words.length === 0 ? '' : ` (${words.join(', ')})`;
  return `This is not the whole plan: it covers ${chosen.length} of ${scopes.length} zones and accounts${by}, and says nothing of the others.`;
}

/** Whether a name is in the part `I/N`. Its own hash says so, so that a new zone moves no other. */
export function shardTest(shard: string | null): (name: string) => boolean {
  const [part, parts] = (shard ?? '0/1').split('/').map(Number);
  return (name) => createHash('sha256').update(name).digest().readUIntBE(0, 6) % (parts ?? 1) === part;
}

/** Among how many shards the requests of a token are divided. */
export const shardsOf = (shard: string | undefined): number => Number(shard?.split('/')[1] ?? 1);

/** The scopes that `--zone` and `--account` choose; all of them without either. A word that chooses nothing is an error. */
export function chosenScopes(
  { scopes }: Desired,
  zones: readonly string[],
  accounts: readonly string[],
): readonly ScopeWant[] {
  if (zones.length === 0 && accounts.length === 0) return scopes;
  const words = [
    ...zones.map((word) => ({ word, kind: 'zone', test: globTest(word.toLowerCase()) })),
    ...accounts.map((word) => ({ word, kind: 'account', test: globTest(word.toLowerCase()) })),
  ];
  const idle = words.filter(({ kind, test }) => !scopes.some((scope) => scope.kind === kind && test(scope.name)));
  if (idle.length > 0)
    throw new InputError(
      idle.map(({ word, kind }) => ({
        severity: 'error',
        message: `--${kind} ${word} matches no ${kind} of the files`,
        advice: `The files name ${
          scopes
            .filter((scope) => scope.kind === kind)
            .map(({ name }) => name)
            .slice(0, 5)
            .join(', ') || `no ${kind}`
        }`,
      })),
    );
  return scopes.filter((scope) => words.some(({ kind, test }) => scope.kind === kind && test(scope.name)));
}
