import type { KindRefusal, PlanningState } from '../model/kind.ts';
import { onceFor } from '../model/once.ts';
import type { Thing } from '../model/thing.ts';
import { identified } from './access-entries.ts';

const NAME = 'access_certificate';

/** What a change of this kind must not do without a word of permission. */
export function accessRefusals(state: PlanningState): readonly KindRefusal[] {
  const isTouched = state.changes.some(({ kind }) => kind === NAME);
  return isTouched ? [...uncovered(state), ...replaced(state)] : [];
}

/** The hostnames that a certificate is trusted for; none where there is no certificate. */
export const hostnames = (thing: Thing | null): readonly string[] =>
  (thing?.attributes.associated_hostnames as readonly string[] | undefined) ?? [];

/** Names without those others, in their order. */
export function without(names: readonly string[], others: readonly string[]): readonly string[] {
  const taken = new Set(others);
  return names.filter((name) => !taken.has(name));
}

/** Hostnames of all certificates: as they are live, as they are to be, and those that one gains. */
export const takenIn = onceFor(({ before }: PlanningState) => allOf(before));
export const coveredIn = onceFor(({ after }: PlanningState) => allOf(after));
export const gainedIn = onceFor(
  ({ changes }: PlanningState): ReadonlySet<string> =>
    new Set(
      changes.flatMap(({ kind, before, after }) => (kind === NAME ? without(hostnames(after), hostnames(before)) : [])),
    ),
);

/** The first few names after a word; nothing where there are none. */
export const listed = (word: string, names: readonly string[]): string =>
  names.length === 0
    ? ''
    : `${word} ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;

const allOf = (things: readonly Thing[]): ReadonlySet<string> =>
  new Set(things.flatMap((thing) => (thing.kind === NAME ? hostnames(thing) : [])));

function uncovered(state: PlanningState): readonly KindRefusal[] {
  const { want } = state;
  const bare = without([...takenIn(state)], [...coveredIn(state)]);
  if (bare.length === 0) return [];
  return [
    {
      name: 'access-hostname-uncovered',
      message: `${bare.length} Access hostname${bare.length === 1 ? ' loses its' : 's lose their'} last CA${listed(':', bare)}. Add ${bare.length === 1 ? 'it' : 'them'} to another certificate of ${want.name}, or allow it.`,
    },
  ];
}

/**
 * The CA under one key changes in one step, though clients still carry certificates of the old one. What is live has a
 * name and no key: the old CA is known by its name, under which another one comes, or which is the key of one that takes
 * its hostnames.
 */
function replaced({ before, after, want }: PlanningState): readonly KindRefusal[] {
  const [had, has] = [before, after].map((things) => things.filter(({ kind }) => kind === NAME)) as [Thing[], Thing[]];
  const keys = new Map(identified(want.access.certificates ?? []).map(({ id, entry }) => [id, entry.key]));
  // A CA that has stood beside the old one for its hostnames is a rotation in two steps.
  const gains = (thing: Thing, old: Thing) =>
    without(hostnames(thing), had.filter((it) => sameCa(it, thing)).flatMap(hostnames)).some((it) =>
      hostnames(old).includes(it),
    );
  const isUnder = (thing: Thing, old: Thing) =>
    thing.attributes.name === old.attributes.name || (keys.get(thing.id) === old.attributes.name && gains(thing, old));
  const sameCa = (one: Thing, other: Thing) => one.attributes.fingerprint === other.attributes.fingerprint;
  return had.flatMap((old) => {
    const heirs = has.filter((it) => isUnder(it, old));
    if (heirs.length === 0 || heirs.some((heir) => sameCa(heir, old))) return [];
    const trusted = has.filter((it) => sameCa(it, old)).flatMap(hostnames);
    const left = hostnames(old).filter((hostname) => !trusted.includes(hostname));
    if (left.length === 0) return [];
    return [
      {
        name: 'access-ca-replaced' as const,
        message: `the CA of ${heirs[0]?.address} changes in one step: clients that carry certificates of the old one (${old.address}) would be turned away${listed(' from', left)}. Keep the old CA under its own key, add the new one as a second entry with the same hostnames, and take the old one out in a later commit.`,
      },
    ];
  });
}
