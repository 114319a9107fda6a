import { addressOf, shortFingerprint } from '../model/address.ts';
import { ApiError } from '../model/api.ts';
import type { AccessCertificateWant, ScopeWant } from '../model/document.ts';
import type { Kind, KindRefusal, PlanningState, Progress, Tools } from '../model/kind.ts';
import type { AccessCertificateRow, ScopeLive } from '../model/live.ts';
import type { Change, Step, Thing } from '../model/thing.ts';
import { accessLock, accessPath, WRITE } from './lists.ts';
import { contentOf, isAmbiguous, md5OfRow, WrongAnswerError } from './uploads.ts';

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
    const task = { row: before?.row ?? null, name, fingerprint };
    const taken = new Set(state.before.flatMap((thing) => (thing.kind === NAME ? hostnames(thing) : [])));
    const gained = wants.filter((hostname) => !had.includes(hostname));
    const lost = had.filter((hostname) => !wants.includes(hostname));
    // A hostname that another certificate holds comes after the upload, where a refusal names it alone.
    const atOnce = before === null ? gained.filter((hostname) => !taken.has(hostname)) : [];
    const later = gained.filter((hostname) => !atOnce.includes(hostname));
    const renamed = before !== null && after !== null && before.attributes.name !== after.attributes.name;
    const covered = lost.filter((hostname) => covers(state.after, hostname));
    const self = { kind: NAME, id: (before ?? after)?.id ?? '' } as const;
    const gaining = state.changes.filter((it) => it.kind === NAME && it.after !== null && it.id !== self.id);
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
              after: gaining.map(({ kind, id }) => ({ kind, id })),
            },
          ]
        : []),
      ...(after === null ? [{ stage: 'delete' as const, summary: `delete ${address}`, task }] : []),
    ];
  },

  refuse: (state) => [...uncovered(state), ...replaced(state)],

  loses(change, state) {
    const gone = hostnames(change.before).filter((hostname) => !covers(state.after, hostname));
    const isHeir = (it: Change) =>
      it.after !== null &&
      hostnames(change.before).some(
        (name) => hostnames(it.after).includes(name) && !hostnames(it.before).includes(name),
      );
    const hasHeir = state.changes.some((it) => it.kind === NAME && isHeir(it));
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
    if (step.stage === 'await') return untilListed(step, live);
    const row = rowOf(step, live);
    if (step.stage === 'delete') return row === undefined ? 'done' : 'waiting';
    if (row === undefined) return 'waiting';
    return step.stage === 'dissociate' ? untilReleased(step, row) : untilGained(step, row);
  },
  watches: () => [LIST],
};

/** Entries with their identity: the first MD5 of the bundle, counted where several entries share it. */
function identified(entries: readonly AccessCertificateWant[]) {
  const seen = new Map<string, number>();
  return entries.flatMap((entry) => {
    if (entry.certificate === 'none') return [];
    const md5s = entry.certificate.md5s;
    const md5 = md5s[0] ?? entry.certificate.fingerprint;
    const nth = (seen.get(md5) ?? 0) + 1;
    seen.set(md5, nth);
    return [{ entry, md5, md5s, id: nth === 1 ? md5 : `${md5}#${nth}` }];
  });
}

/** Live rows with the entry that means them: by any fingerprint of the bundle, of those by name, of those the oldest. */
function paired(rows: readonly AccessCertificateRow[], want: ScopeWant) {
  const free = [...rows].sort((one, other) => (one.created_at ?? '').localeCompare(other.created_at ?? ''));
  const entries = identified(want.access.certificates ?? []);
  const take = (fits: (row: AccessCertificateRow) => boolean) => {
    const place = free.findIndex(fits);
    return place < 0 ? undefined : free.splice(place, 1)[0];
  };
  const found = new Map<string, AccessCertificateRow>();
  const matches = (md5s: readonly string[], row: AccessCertificateRow) => md5s.includes(md5OfRow(row));
  for (const byName of [true, false]) {
    for (const { id, entry, md5s } of entries) {
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

const hostnamesOf = (row: AccessCertificateRow): readonly string[] =>
  [...(row.associated_hostnames ?? [])].map((hostname) => hostname.toLowerCase()).sort();

const hostnames = (thing: Thing | null): readonly string[] =>
  (thing?.attributes.associated_hostnames as readonly string[] | undefined) ?? [];

const covers = (things: readonly Thing[], hostname: string): boolean =>
  things.some((thing) => thing.kind === NAME && hostnames(thing).includes(hostname));

const listed = (word: string, names: readonly string[]): string =>
  names.length === 0
    ? ''
    : `${word} ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;

function uncovered({ before, after, want }: PlanningState): readonly KindRefusal[] {
  const all = new Set(before.flatMap((thing) => (thing.kind === NAME ? hostnames(thing) : [])));
  const bare = [...all].filter((hostname) => !covers(after, hostname));
  if (bare.length === 0) return [];
  return [
    {
      name: 'access-hostname-uncovered',
      message: `${bare.length} Access hostname${bare.length === 1 ? ' loses its' : 's lose their'} last CA${listed(':', bare)}. Add ${bare.length === 1 ? 'it' : 'them'} to another certificate of ${want.name}, or allow it.`,
    },
  ];
}

/** The CA behind one name changes in one step, though clients still carry certificates of the old one. */
function replaced({ changes }: PlanningState): readonly KindRefusal[] {
  const own = changes.filter(({ kind }) => kind === NAME);
  return own.flatMap((created) => {
    const name = created.after?.attributes.name;
    const old = own.find(
      (it) => it.after === null && it.before?.attributes.name === name && hostnames(it.before).length > 0,
    );
    if (created.before !== null || old === undefined) return [];
    return [
      {
        name: 'access-ca-replaced' as const,
        message: `the CA of ${created.address} changes in one step: clients that carry certificates of the old one (${old.address}) would be turned away. Keep the old CA under its own key, add the new one as a second entry with the same hostnames, and take the old one out in a later commit.`,
      },
    ];
  });
}

/** The row that a step speaks of: by id where it was live, else the newest upload of this content and name. */
function rowOf({ task }: Step, live: ScopeLive): AccessCertificateRow | undefined {
  const rows = live.lists[LIST] ?? [];
  if (task.row !== null) return rows.find(({ id }) => id === task.row);
  return rows.findLast((row) => md5OfRow(row) === task.fingerprint && row.name === task.name);
}

async function upload(step: Step, tools: Tools): Promise<void> {
  const material = tools.material(String(step.task.fingerprint));
  const body = {
    name: step.task.name,
    certificate: contentOf(material).pem,
    associated_hostnames: step.task.hostnames,
  };
  const known = new Set((tools.live().lists[LIST] ?? []).map(({ id }) => id));
  const { row, ...trace } = await tools.patiently(`${step.address} can be uploaded`, isUpdating, async () => {
    try {
      const { result, ...answered } = await tools.api.request<AccessCertificateRow>({
        method: 'POST',
        path: accessPath(tools.scope),
        body,
        permission: WRITE.access,
      });
      return { row: result, ...answered };
    } catch (error) {
      if (!isAmbiguous(error)) throw error;
      // Access may take a CA twice, so it is never sent again: either the list shows it in time, or we say so.
      return { row: await tools.patiently(`the list shows ${step.address}`, (it) => it === error, adopt) };
      async function adopt(): Promise<AccessCertificateRow> {
        const rows = (await tools.read(LIST)).lists[LIST] ?? [];
        const found = rows.find(
          (it) => !known.has(it.id) && md5OfRow(it) === step.task.fingerprint && it.name === step.task.name,
        );
        if (found === undefined) throw error;
        return found;
      }
    }
  });
  if (!material.md5s.includes(md5OfRow(row))) throw new WrongAnswerError(material, md5OfRow(row));
  tools.remember(LIST, row);
  tools.done(step, trace);
}

/** Adds or releases hostnames on what is live now, so that nothing of another hand is lost. */
async function update(step: Step, tools: Tools): Promise<void> {
  const { lost = [], gained = [], covered = [] } = step.task as Record<string, readonly string[]>;
  const trace = await tools.patiently(`${step.address} can be updated`, isUpdating, async () => {
    const live = await tools.read(LIST);
    const row = rowOf(step, live);
    if (row === undefined) throw new Error(`${step.address} is no longer there; plan again`);
    const bare = covered.filter(
      (hostname) => !(live.lists[LIST] ?? []).some((it) => it.id !== row.id && hostnamesOf(it).includes(hostname)),
    );
    if (bare.length > 0)
      throw new Error(`${step.address} keeps its hostnames: no other CA holds ${bare.join(', ')} yet. Plan again`);
    const associated = [...new Set([...hostnamesOf(row), ...gained])]
      .filter((hostname) => !lost.includes(hostname))
      .sort();
    const { result, ...answered } = await tools.api.request<AccessCertificateRow>({
      method: 'PUT',
      path: `${accessPath(tools.scope)}/${row.id}`,
      body: { name: step.task.name, associated_hostnames: associated },
      permission: WRITE.access,
    });
    return answered;
  });
  tools.done(step, trace);
}

async function deleteCleared(step: Step, tools: Tools): Promise<void> {
  const isBusy = (error: unknown) =>
    error instanceof HoldsHostnamesError || (error instanceof ApiError && error.has(12132));
  const trace = await tools.patiently(`${step.address} can be deleted`, isBusy, async () => {
    const row = rowOf(step, await tools.read(LIST));
    if (row === undefined) return {};
    if (hostnamesOf(row).length > 0)
      throw new HoldsHostnamesError(
        `${step.address} still holds ${hostnamesOf(row).join(', ')}; it is not deleted. Plan again`,
      );
    try {
      return await tools.api.request({
        method: 'DELETE',
        path: `${accessPath(tools.scope)}/${row.id}`,
        permission: WRITE.access,
      });
    } catch (error) {
      if (error instanceof ApiError && (error.has(12135) || error.failure.status === 404)) return {};
      throw error;
    }
  });
  tools.done(step, trace);
}
class HoldsHostnamesError extends Error {}

/** «previous certificate settings still being updated»: one code with «has active associations», told apart by its words. */
export function isUpdating(error: unknown): boolean {
  return error instanceof ApiError && error.has(12132) && /still being updated/i.test(error.message);
}

/** Access knows no status: what is listed can be used. */
function untilListed({ id }: Step, live: ScopeLive): Progress {
  const [md5] = id.split('#');
  return (live.lists[LIST] ?? []).some((row) => md5OfRow(row) === md5) ? 'done' : 'waiting';
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
