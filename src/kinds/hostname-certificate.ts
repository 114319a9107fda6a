import { addressOf, shortFingerprint } from '../model/address.ts';
import type { Material, ScopeWant } from '../model/document.ts';
import type { Kind, Tools } from '../model/kind.ts';
import type { ScopeLive } from '../model/live.ts';
import { statusFacts } from '../model/status.ts';
import type { Step } from '../model/thing.ts';
import { meets } from './conflicts.ts';
import { isArriving, isLink, occupies } from './links.ts';
import { originPullsPath, WRITE } from './lists.ts';
import { certificateThings, untilActive, untilGone, uploadWithKey } from './uploads.ts';

type Attributes = { readonly fingerprint: string };
const NAME = 'hostname_certificate';
const STORE = 'hostname_certificates';

/** A client certificate that hostnames of a zone can be linked to. */
export const hostnameCertificate: Kind<Attributes> = {
  name: NAME,
  upload: 'certificate and key',
  referenceLimit: 100,
  capacity: {
    limit: 10,
    // What is going away leaves by itself; an upload waits for its place.
    taken: (live) =>
      (live.lists[STORE] ?? []).filter(({ status }) => statusFacts(status).occupies && !isLeaving(status)).length,
  },

  wanted(want) {
    if (!isManaged(want)) return undefined;
    return {
      things: [...materialsOf(want).values()].map(({ fingerprint, label }) => ({
        kind: NAME,
        id: fingerprint,
        address: addressOf(want.name, NAME, label),
        refs: [],
        attributes: { fingerprint },
      })),
      // Where links can't be listed, nobody knows what still uses a certificate.
      tolerates: (_thing, _before, live) => live.asked !== undefined && 'unmanaged',
    };
  },

  reads: (want) => (isManaged(want) ? [STORE, 'hostname_associations'] : []),

  shows(live, want) {
    const materials = materialsOf(want);
    return certificateThings(live, STORE, (id) => ({
      kind: NAME,
      id,
      address: addressOf(want.name, NAME, materials.get(id)?.label ?? shortFingerprint(id)),
      refs: [],
      attributes: { fingerprint: id },
    })) as ReturnType<typeof this.shows>;
  },

  steps({ before, after, address }) {
    if (before === null) return [{ stage: 'upload', summary: `upload ${address}`, task: {} }];
    if (after !== null) return [];
    return [{ stage: 'delete', summary: `delete ${address}`, task: { row: before.row ?? '' } }];
  },

  loses(change, { changes }) {
    if (change.after !== null) return [];
    const moved = changes.filter((it) => it.kind === 'hostname_association' && it.after !== null);
    const hasHeir = moved.some((it) => it.before?.refs.some(({ id }) => id === change.id));
    const heirs = new Set(moved.flatMap((it) => it.after?.refs.map(({ id }) => id) ?? []));
    const own = changes.filter((it) => it.kind === NAME);
    const spare = own.filter((it) => it.before === null && !heirs.has(it.id)).length;
    const orphans = own.filter(
      (it) => it.after === null && !moved.some((link) => link.before?.refs.some(({ id }) => id === it.id)),
    );
    // An unused certificate that is uploaded here stands for one unused one that goes.
    return hasHeir || orphans.indexOf(change) < spare ? [] : [change.address];
  },

  writes: (steps) => steps.length,

  async run(steps, tools) {
    for (const step of steps) {
      if (step.stage === 'upload') {
        await roomIn(tools, step);
        await uploadWithKey(step, tools, STORE, `${originPullsPath(tools.scope)}/hostnames/certificates`);
      } else await deleteUnused(step, tools);
    }
  },

  until: (step, live) => (step.stage === 'delete' ? untilGone(live, STORE, step) : untilActive(live, STORE, step.id)),
  watches: () => [STORE],
};

const isManaged = ({ originPulls }: ScopeWant): boolean =>
  originPulls.hostnames !== undefined || originPulls.hostnameCertificates !== undefined;

function materialsOf({ originPulls }: ScopeWant): ReadonlyMap<string, Material> {
  const materials = new Map<string, Material>();
  const add = (material: Material) => materials.set(material.fingerprint, material);
  for (const link of originPulls.hostnames?.values() ?? []) if (link !== 'none') add(link.certificate);
  originPulls.hostnameCertificates?.forEach(add);
  return materials;
}

const isLeaving = (status: string | undefined): boolean => status === 'pending_deletion';

/** Waits until what is being deleted has left a place for one more. */
async function roomIn(tools: Tools, step: Step): Promise<void> {
  const { limit } = hostnameCertificate.capacity ?? { limit: Number.POSITIVE_INFINITY };
  const taken = () => (tools.live().lists[STORE] ?? []).filter(({ status }) => statusFacts(status).occupies).length;
  if (taken() < limit) return;
  await tools.patiently(
    `there is room for ${step.address}`,
    (error) => error instanceof NoRoomError,
    async () => {
      await tools.read(STORE);
      if (taken() >= limit)
        throw new NoRoomError(`${limit} hostname certificates are in the zone, and the API takes no more`);
    },
  );
}
class NoRoomError extends Error {}

/** The second look: a certificate goes only if, read now, nothing refers to it. Whether it is there at all, its deletion tells. */
async function deleteUnused(step: Step, tools: Tools): Promise<void> {
  const row = String(step.task.row);
  const isBusy = (error: unknown) => error instanceof StillUsedError || meets('in use', 'deploying', 'busy')(error);
  const trace = await tools.patiently(`${step.address} is no longer in use`, isBusy, async () => {
    try {
      return await tools.api.requestAfter(async () => {
        checkUnused(step, await tools.current('hostname_associations'));
        if (!isThere(tools.live(), row)) return undefined;
        const path = `${originPullsPath(tools.scope)}/hostnames/certificates/${row}`;
        return { method: 'DELETE', path, permission: WRITE.certificates };
      });
    } catch (error) {
      if (meets('gone')(error)) return undefined;
      // Here an id that was just listed is called invalid: somebody else's deletion came first.
      if (meets('invalid')(error) && !isThere(await tools.read(STORE), row)) return undefined;
      throw error;
    }
  });
  tools.outdated(STORE);
  tools.done(step, trace);
}

function checkUnused({ address, task }: Step, { lists, asked }: ScopeLive): void {
  // Planned with the whole list before it; now only the hostnames that we name were asked for.
  if (asked !== undefined)
    throw new Error(
      `${address} stays: the API no longer lists the hostnames of this zone, and one may use it. Plan again`,
    );
  const rows = (lists.hostname_associations ?? []).filter(occupies);
  const stuck = rows.filter((row) => row.cert_id === task.row && row.status === 'deletion_timed_out');
  if (stuck.length > 0)
    throw new Error(
      `${address} stays: the link of ${few(stuck)} reads deletion_timed_out. Look at it in the dashboard`,
    );
  const links = rows.filter(isLink);
  const settled = links.filter((link) => link.cert_id === task.row && !isArriving(link));
  // A settled link stays until somebody voids it: no waiting helps, and it is not ours.
  if (settled.length > 0)
    throw new Error(`${address} stays: it is used by ${few(settled)}, which the plan did not know. Plan again`);
  const leaving = rows.filter((row) => row.cert_id === task.row && !isLink(row));
  if (leaving.length > 0) throw new StillUsedError(`the link of ${few(leaving)} has not left it yet`);
  const arriving = links.filter(isArriving);
  if (arriving.length > 0)
    throw new StillUsedError(`what ${few(arriving)} presents is still being changed, and may be this certificate`);
}

const isThere = ({ lists }: ScopeLive, row: string): boolean =>
  (lists[STORE] ?? []).some(({ id, status }) => id === row && statusFacts(status).live);

const few = (links: readonly { readonly hostname: string }[]): string =>
  links
    .slice(0, 5)
    .map(({ hostname }) => hostname)
    .join(', ') + (links.length > 5 ? ` and ${links.length - 5} more` : '');

class StillUsedError extends Error {
  constructor(why: string) {
    super(`${why}. It is not deleted; plan again`);
  }
}
