import { groupBy } from '../model/group.ts';
import { comparable } from '../model/hostname.ts';
import type { Tools } from '../model/kind.ts';
import type { AssociationRow, ScopeLive } from '../model/live.ts';
import { isOnItsWay } from '../model/status.ts';
import type { Step } from '../model/thing.ts';
import { meets } from './conflicts.ts';
import { hostnameCertificate } from './hostname-certificate.ts';
import { isLink, occupies } from './links.ts';
import { originPullsPath, WRITE } from './lists.ts';
import { rowOf, whyNotPresented } from './uploads.ts';

const LIST = 'hostname_associations';

/** Links or voids up to a hundred hostnames of a zone in one request, after a second look at what is live. */
export async function putLinks(steps: readonly Step[], tools: Tools): Promise<void> {
  if (steps[0]?.stage === 'associate') await roomFor(steps, tools);
  const answer = await tools.patiently('the links can be changed', meets('busy'), () =>
    tools.api.requestAfter<readonly AssociationRow[]>(async () => {
      const open = steps[0]?.stage === 'dissociate' ? await stillLinked(steps, tools) : steps;
      if (open.length === 0) return undefined;
      return {
        method: 'PUT',
        path: `${originPullsPath(tools.scope)}/hostnames`,
        body: { config: open.map((step) => entryOf(step, tools.live())) },
        permission: WRITE.certificates,
      };
    }),
  );
  // Whether one bad entry fails them all is not known: each hostname is judged by what is read. The answer tells when.
  const rows = Array.isArray(answer?.result) ? answer.result : [];
  if (rows.some((row) => isOnItsWay(row?.status ?? undefined))) tools.deploying(LIST);
  else tools.outdated(LIST);
  for (const step of steps) tools.done(step, answer);
}

/** Waits until those that leave a certificate have left places for those that come. */
async function roomFor(steps: readonly Step[], tools: Tools): Promise<void> {
  if (!isCrowded(steps, tools.live())) return;
  await tools.patiently(
    'there is room on the certificate',
    (error) => error instanceof CrowdedError,
    async () => {
      if (isCrowded(steps, await tools.read(LIST))) throw new CrowdedError();
    },
  );
}
class CrowdedError extends Error {
  override message = 'a certificate takes 100 hostnames, and those that are to leave it are still there';
}

function isCrowded(steps: readonly Step[], live: ScopeLive): boolean {
  return [...groupBy(steps, ({ task }) => String(task.certificate))].some(([certificate, coming]) => {
    const id = rowOf(live, 'hostname_certificates', certificate)?.id;
    const own = new Set(coming.map((step) => step.id));
    const others = (live.lists[LIST] ?? []).filter(
      (row) => row.cert_id === id && occupies(row) && !own.has(comparable(row.hostname)),
    );
    return others.length + own.size > (hostnameCertificate.referenceLimit ?? Number.POSITIVE_INFINITY);
  });
}

/**
 * The second look: what is void already is left alone, what somebody linked elsewhere meanwhile is not ours to void, and
 * a hostname that is to fall to the zone's certificate goes only while the zone presents it.
 */
async function stillLinked(steps: readonly Step[], tools: Tools): Promise<readonly Step[]> {
  const falling = steps.find(({ task }) => typeof task.behind === 'string');
  const live = await tools.read(LIST, ...(falling ? (['zone_enablement', 'zone_certificates'] as const) : []));
  if (falling) checkBehind(falling, live);
  const rows = live.lists[LIST]?.filter(isLink) ?? [];
  return steps.filter(({ id, address, task }) => {
    const row = rows.find(({ hostname }) => comparable(hostname) === id);
    if (row !== undefined && row.cert_id !== task.row)
      throw new Error(`${address} stays: somebody linked it to another certificate. Plan again`);
    return row !== undefined;
  });
}

function checkBehind({ address, task }: Step, live: ScopeLive): void {
  const why = live.lists.zone_enablement?.[0]?.enabled
    ? whyNotPresented(live, String(task.behind))
    : 'is not presented: zone-level authenticated origin pulls were turned off by someone else';
  if (why !== null)
    throw new Error(`${address} stays: the zone's certificate, which it would fall to, ${why}. Plan again`);
}

function entryOf(step: Step, live: ScopeLive) {
  if (step.stage === 'dissociate') return { hostname: step.id, cert_id: step.task.row, enabled: null };
  const row = rowOf(live, 'hostname_certificates', String(step.task.certificate));
  if (row === undefined) throw new Error(`the certificate of ${step.id} is no longer there; plan again`);
  return { hostname: step.id, cert_id: row.id, enabled: step.task.enabled };
}
