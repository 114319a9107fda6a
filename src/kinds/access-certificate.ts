import { addressOf, shortFingerprint } from '../model/address.ts';
import type { Kind, PlanningState, Progress } from '../model/kind.ts';
import type { AccessCertificateRow } from '../model/live.ts';
import type { Change, Step } from '../model/thing.ts';
import { accessRefusals, coveredIn, gainedIn, hostnames, listed, takenIn, without } from './access-coverage.ts';
import { identified, md5sOf, paired } from './access-entries.ts';
import { deleteCleared, hostnamesOf, rowOf, update, upload } from './access-writes.ts';
import { accessLock } from './lists.ts';

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
    const md5s = md5sOf((before ?? after)?.id, state.want);
    const task = { row: before?.row ?? null, name, fingerprint, md5s, wants };
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
              task,
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

  refuse: accessRefusals,

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

/** Whether a certificate comes under the name of one that goes. */
const isReplaced = ({ before }: Change, { changes }: PlanningState): boolean =>
  changes.some((it) => it.kind === NAME && it.before === null && it.after?.attributes.name === before?.attributes.name);

function untilGained({ stage, task }: Step, row: AccessCertificateRow): Progress {
  const expected = (stage === 'upload' ? task.hostnames : task.wants) as readonly string[];
  const live = hostnamesOf(row);
  return row.name === task.name && expected.every((hostname) => live.includes(hostname)) ? 'done' : 'waiting';
}

function untilReleased({ task }: Step, row: AccessCertificateRow): Progress {
  const live = hostnamesOf(row);
  return (task.lost as readonly string[]).some((hostname) => live.includes(hostname)) ? 'waiting' : 'done';
}
