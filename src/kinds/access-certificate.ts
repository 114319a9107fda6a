import { addressOf, shortFingerprint } from '../model/address.ts';
import type { AccessCertificateWant, ScopeWant } from '../model/document.ts';
import type { Kind, KindRefusal, PlanningState, Progress } from '../model/kind.ts';
import type { AccessCertificateRow } from '../model/live.ts';
import { onceFor } from '../model/once.ts';
import type { Change, Step, Thing } from '../model/thing.ts';
import { deleteCleared, hostnamesOf, rowOf, update, upload } from './access-writes.ts';
import { accessLock } from './lists.ts';
import { md5OfRow } from './uploads.ts';

type Attributes = {
  readonly fingerprint: string;
  readonly name: string;
  readonly associated_hostnames: readonly string[];
};
const NAME = 'access_certificate';
const LIST = 'access_certificates';

/** A CA that Access trusts for its hostnames. */
export const accessCertificate: Kind<Attributes> = {
  name: NAME,
  upload: 'certificate',

  wanted(want) {
    const entries = want.access.certificates;
    if (entries === undefined) return undefined;
    const gone = new Set(entries.filter(({ certificate }) => certificate === 'none').map(({ name }) => name));
    return {
      things: identified(entries).map(({ id, entry, md5 }) => ({
        kind: NAME,
        id,
        address: addressOf(want.name, NAME, entry.key),
        refs: [],
        attributes: { fingerprint: md5, name: entry.name, associated_hostnames: entry.associatedHostnames },
        defaults: { associated_hostnames: [] },
      })),
      absent: ({ attributes }) => gone.has(attributes.name),
    };
  },

  reads: (want) => (want.access.certificates === undefined ? [] : [LIST]),

  shows(live, want) {
    return paired(live.lists[LIST] ?? [], want).map(({ id, row, entry, md5 }) => ({
      kind: NAME,
      id,
      address: addressOf(want.name, NAME, entry?.key ?? shortFingerprint(id)),
      refs: [],
      attributes: { fingerprint: md5, name: row.name, associated_hostnames: hostnamesOf(row) },
      row: row.id,
    }));
  },

  steps({ before, after, address }, state) {
    const [had, wants] = [hostnames(before), hostnames(after)];
    const name = (after ?? before)?.attributes.name ?? '';
    const fingerprint = (before ?? after)?.attributes.fingerprint ?? '';
    const task = { row: before?.row ?? null, name, fingerprint, md5s: md5sOf((before ?? after)?.id, state.want) };
    const gained = without(wants, had);
    const lost = without(had, wants);
    // A hostname that another certificate holds comes after the upload, where a refusal names it alone.
    const atOnce = before === null ? gained.filter((hostname) => !takenIn(state).has(hostname)) : [];
    const later = without(gained, atOnce);
    const renamed = before !== null && after !== null && before.attributes.name !== after.attributes.name;
    const covered = lost.filter((hostname) => coveredIn(state).has(hostname));
    const self = { kind: NAME, id: (before ?? after)?.id ?? '' } as const;
    return [
      ...(before === null
        ? [
            {
              stage: 'upload' as const,
              summary: `upload ${address}${listed(' for', atOnce)}`,
              task: { ...task, hostnames: atOnce },
            },
          ]
        : []),
      ...(later.length > 0 || renamed
        ? [
            {
              stage: 'associate' as const,
              summary: `${renamed ? `rename ${address} to ${name}` : `update ${address}`}${listed(': add', later)}`,
              task: { ...task, gained: later },
              needs: before === null ? [self] : [],
            },
          ]
        : []),
      ...(lost.length > 0
        ? [
            {
              stage: 'dissociate' as const,
              summary: `update ${address}${listed(': release', lost)}`,
              task: { ...task, lost, covered },
            },
          ]
        : []),
      ...(after === null ? [{ stage: 'delete' as const, summary: `delete ${address}`, task }] : []),
    ];
  },

  refuse: (state) => (state.changes.some(({ kind }) => kind === NAME) ? [...uncovered(state), ...replaced(state)] : []),

  loses(change, state) {
    const kept = new Set(hostnames(change.after));
    const taken = hostnames(change.before).filter((hostname) => !kept.has(hostname));
    const gone = taken.filter((hostname) => !coveredIn(state).has(hostname));
    const hasHeir = taken.some((hostname) => gainedIn(state).has(hostname)) || isReplaced(change, state);
    return [...gone, ...(change.after === null && !hasHeir ? [change.address] : [])];
  },
  weighs: (thing) => 1 + hostnames(thing).length,

  lock: accessLock,

  writes: (steps) => steps.length,

  async run(steps, tools) {
    for (const step of steps) {
      if (step.stage === 'upload') await upload(step, tools);
      else if (step.stage === 'delete') await deleteCleared(step, tools);
      else await update(step, tools);
      tools.outdated(LIST);
    }
  },

  until(step, live) {
    // Access knows no status: what it has taken can be used.
    if (step.stage === 'await') return 'done';
    const row = rowOf(step, live);
    if (step.stage === 'delete') return row === undefined ? 'done' : 'waiting';
    // Gone with its certificate, by somebody else's hand: released all the same.
    if (row === undefined) return step.stage === 'dissociate' ? 'done' : 'waiting';
    return step.stage === 'dissociate' ? untilReleased(step, row) : untilGained(step, row);
  },
  watches: () => [LIST],
};

/** Entries with their identity: the first MD5 of the bundle, counted where several entries share it. */
function identified(entries: readonly AccessCertificateWant[]) {
  const keys = new Map<string, string[]>();
  const meant = entries.flatMap((entry) => {
    if (entry.certificate === 'none') return [];
    const { md5s, fingerprint } = entry.certificate;
    const md5 = md5s[0] ?? fingerprint;
    keys.set(md5, [...(keys.get(md5) ?? []), entry.key].sort());
    return [{ entry, md5, md5s }];
  });
  // Counted by key, so that the order of the file makes no difference.
  const nthOf = (md5: string, key: string): number => (keys.get(md5)?.indexOf(key) ?? 0) + 1;
  return meant.map((it) => {
    const nth = nthOf(it.md5, it.entry.key);
    return { ...it, id: nth === 1 ? it.md5 : `${it.md5}#${nth}` };
  });
}

/** Every fingerprint by which Access may call what an entry means. */
function md5sOf(id: string | undefined, want: ScopeWant): readonly string[] {
  return identified(want.access.certificates ?? []).find((it) => it.id === id)?.md5s ?? [];
}

/** Live rows with the entry that means them: by any fingerprint of the bundle, of those by name, of those the oldest. */
function paired(rows: readonly AccessCertificateRow[], want: ScopeWant) {
  const free = [...rows].sort((one, other) => createdAt(one) - createdAt(other));
  const entries = identified(want.access.certificates ?? []);
  const take = (fits: (row: AccessCertificateRow) => boolean) => {
    const place = free.findIndex(fits);
    return place < 0 ? undefined : free.splice(place, 1)[0];
  };
  const inTurn = [...entries].sort((one, other) => (one.entry.key < other.entry.key ? -1 : 1));
  const found = new Map<string, AccessCertificateRow>();
  const matches = (md5s: readonly string[], row: AccessCertificateRow) => md5s.includes(md5OfRow(row));
  for (const byName of [true, false]) {
    for (const { id, entry, md5s } of inTurn) {
      if (found.has(id)) continue;
      const row = take((it) => matches(md5s, it) && (!byName || it.name === entry.name));
      if (row) found.set(id, row);
    }
  }
  const ids = new Set(entries.map(({ id }) => id));
  return [
    ...entries.flatMap(({ id, entry, md5 }) => {
      const row = found.get(id);
      return row ? [{ id, row, md5, entry }] : [];
    }),
    ...free.map((row) => {
      const md5 = md5OfRow(row);
      let id = md5;
      for (let nth = 2; ids.has(id); nth++) id = `${md5}#${nth}`;
      ids.add(id);
      return { id, row, md5, entry: undefined };
    }),
  ];
}

/** Times come with and without a fraction, so they are not compared as text. */
const createdAt = (row: AccessCertificateRow): number => Date.parse(row.created_at ?? '') || 0;

const hostnames = (thing: Thing | null): readonly string[] =>
  (thing?.attributes.associated_hostnames as readonly string[] | undefined) ?? [];

function without(names: readonly string[], others: readonly string[]): readonly string[] {
  const taken = new Set(others);
  return names.filter((name) => !taken.has(name));
}

const allOf = (things: readonly Thing[]): ReadonlySet<string> =>
  new Set(things.flatMap((thing) => (thing.kind === NAME ? hostnames(thing) : [])));

/** Hostnames of all certificates: as they are live, as they are to be, and those that one gains. */
const takenIn = onceFor(({ before }: PlanningState) => allOf(before));
const coveredIn = onceFor(({ after }: PlanningState) => allOf(after));
const gainedIn = onceFor(
  ({ changes }: PlanningState): ReadonlySet<string> =>
    new Set(
      changes.flatMap(({ kind, before, after }) => (kind === NAME ? without(hostnames(after), hostnames(before)) : [])),
    ),
);

/** Whether a certificate comes under the name of one that goes. */
const isReplaced = ({ before }: Change, { changes }: PlanningState): boolean =>
  changes.some((it) => it.kind === NAME && it.before === null && it.after?.attributes.name === before?.attributes.name);

const listed = (word: string, names: readonly string[]): string =>
  names.length === 0
    ? ''
    : `${word} ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;

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

/** The CA behind one name changes in one step, though clients still carry certificates of the old one. */
function replaced({ before, after }: PlanningState): readonly KindRefusal[] {
  const [had, has] = [before, after].map((things) => things.filter(({ kind }) => kind === NAME)) as [Thing[], Thing[]];
  const named = (things: readonly Thing[], { attributes }: Thing) =>
    things.filter((it) => it.attributes.name === attributes.name);
  const sameCa = (one: Thing, other: Thing) => one.attributes.fingerprint === other.attributes.fingerprint;
  return had.flatMap((old) => {
    const heirs = named(has, old);
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

function untilGained({ task }: Step, row: AccessCertificateRow): Progress {
  const expected = (task.gained ?? task.hostnames ?? []) as readonly string[];
  const live = hostnamesOf(row);
  return row.name === task.name && expected.every((hostname) => live.includes(hostname)) ? 'done' : 'waiting';
}

function untilReleased({ task }: Step, row: AccessCertificateRow): Progress {
  const live = hostnamesOf(row);
  return (task.lost as readonly string[]).some((hostname) => live.includes(hostname)) ? 'waiting' : 'done';
}
