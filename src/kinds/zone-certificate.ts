import { addressOf, shortFingerprint } from '../model/address.ts';
import type { Kind, PlanningState, Tools } from '../model/kind.ts';
import { statusFacts } from '../model/status.ts';
import { refOf, type Step } from '../model/thing.ts';
import { meets } from './conflicts.ts';
import { originPullsPath, WRITE } from './lists.ts';
import { certificateThings, fingerprintOf, untilActive, untilGone, uploadWithKey, whyNotPresented } from './uploads.ts';
import { isNewer, zoneRefusals } from './zone-refusals.ts';

type Attributes = { readonly fingerprint: string; readonly presented: boolean };
const NAME = 'zone_certificate';
const STORE = 'zone_certificates';

/** The client certificate that a whole zone presents. Where several are live, the API presents the newest. */
export const zoneCertificate: Kind<Attributes> = {
  name: NAME,
  upload: 'certificate and key',

  wanted(want) {
    const { certificate, keep = [] } = want.originPulls;
    if (certificate === undefined) return undefined;
    if (certificate === 'none') return { things: [], absent: () => true };
    const kept = new Set(keep.map(({ fingerprint }) => fingerprint));
    return {
      things: [
        {
          kind: NAME,
          id: certificate.fingerprint,
          address: addressOf(want.name, NAME, certificate.label),
          refs: [],
          // Which one is presented follows from what is live beside it; it is shown, and nothing can be set.
          attributes: { fingerprint: certificate.fingerprint, presented: undefined },
          defaults: { presented: true },
        },
      ],
      // Kept for a rollback means never presented: one in front of the wanted certificate goes.
      tolerates: (thing, before) => kept.has(thing.id) && !isNewer(before, thing.id, certificate.fingerprint),
    };
  },

  reads(want) {
    const { certificate } = want.originPulls;
    if (certificate === undefined) return [];
    return certificate === 'none' ? [STORE, 'zone_enablement'] : [STORE];
  },

  shows(live, want) {
    const { certificate, keep = [] } = want.originPulls;
    const named = [...keep, ...(certificate === undefined || certificate === 'none' ? [] : [certificate])];
    const labels = new Map(named.map(({ fingerprint, label }) => [fingerprint, label]));
    const things = certificateThings(live, STORE, (id) => ({
      kind: NAME,
      id,
      address: addressOf(want.name, NAME, labels.get(id) ?? shortFingerprint(id)),
      refs: [],
      attributes: { fingerprint: id },
    }));
    const presented = things.findLast(({ status }) => !statusFacts(status).stuck);
    return things.map((thing) => ({
      ...thing,
      attributes: { fingerprint: thing.id, presented: thing === presented },
    }));
  },

  judgedWith: () => ['zone_enablement'],

  steps({ id, before, after, address }, state) {
    if (before === null) {
      // The moment it is active the zone presents it: hostnames that leave the zone's certificate have left by then.
      const after = leaving(state).map(refOf);
      return [{ stage: 'upload', summary: `upload ${address}`, task: {}, awaited: true, after }];
    }
    if (after !== null) return [];
    const rowsThatGo = state.changes.flatMap((it) =>
      it.kind === NAME && it.after === null ? (it.before?.row ?? []) : [],
    );
    const heir = state.after.filter(({ kind }) => kind === NAME).at(-1);
    const enabled = state.after.find(({ kind }) => kind === 'zone_enablement')?.attributes.enabled ?? null;
    return [
      {
        stage: 'delete',
        summary: `delete ${address}`,
        task: { row: before.row ?? '', heir: heir?.id ?? null, enabled, certificate: id, leaving: rowsThatGo },
        needs: heir ? [refOf(heir)] : [],
        after: [...leaving(state), ...(heir ? [heir] : []), ...switchedOff(state)].map(refOf),
        rank: before.attributes.presented ? 1 : 0,
      },
    ];
  },

  refuse: zoneRefusals,

  // What is presented has a successor in whatever is presented after it; one that only lay there has none.
  loses: ({ address, before, after: stays }, { after }) => {
    const hasHeir = before?.attributes.presented === true && after.some(({ kind }) => kind === NAME);
    return stays !== null || hasHeir ? [] : [address];
  },

  writes: (steps) => steps.length,

  async run(steps, tools) {
    for (const step of steps) {
      if (step.stage === 'upload') await uploadWithKey(step, tools, STORE, originPullsPath(tools.scope));
      else await deleteBehindHeir(step, tools);
    }
  },

  until: (step, live) => (step.stage === 'delete' ? untilGone(live, STORE, step) : untilActive(live, STORE, step.id)),
  watches: () => [STORE],
};

/** The hostnames that present the zone's certificate and get a link of their own in this plan. */
function leaving({ before, changes }: PlanningState) {
  const off = before.some(({ kind, attributes }) => kind === 'zone_enablement' && attributes.enabled === false);
  if (off || !before.some(({ kind }) => kind === NAME)) return [];
  return changes.filter((it) => it.kind === 'hostname_association' && it.before === null);
}

/** The zone's own switch, where it goes off: until then what is deleted is presented. */
const switchedOff = ({ changes }: PlanningState) =>
  changes.filter((it) => it.kind === 'zone_enablement' && it.after?.attributes.enabled === false);

/** The second look: a certificate goes only if its heir is there, active, and newest of all that stay. */
async function deleteBehindHeir(step: Step, tools: Tools): Promise<void> {
  const row = String(step.task.row);
  const trace = await tools.patiently(`${step.address} can be deleted`, meets('deploying', 'busy'), async () => {
    try {
      return await tools.api.requestAfter(async () => {
        const { lists } = await tools.read(STORE, ...(step.task.heir === null ? (['zone_enablement'] as const) : []));
        const found = lists[STORE]?.find(({ id }) => id === row);
        if (found === undefined || !statusFacts(found.status).live) return undefined;
        if (fingerprintOf(found) !== step.task.certificate)
          throw new Error(`${step.address} is another certificate now; plan again`);
        checkHeir(step, tools);
        const path = `${originPullsPath(tools.scope)}/${row}`;
        return { method: 'DELETE', path, permission: WRITE.certificates };
      });
    } catch (error) {
      if (meets('gone')(error)) return undefined;
      throw error;
    }
  });
  tools.outdated(STORE);
  tools.done(step, trace);
}

function checkHeir({ address, task }: Step, tools: Tools): void {
  const { lists } = tools.live();
  if (task.heir === null) {
    if (task.enabled !== true && lists.zone_enablement?.[0]?.enabled === true)
      throw new Error(
        `${address} stays: zone-level authenticated origin pulls were turned on again by someone else. Plan again`,
      );
    return;
  }
  const why = whyNotPresented(tools.live(), String(task.heir), task.leaving as readonly string[]);
  if (why !== null) throw new Error(`${address} stays: the certificate that takes its place ${why}. Plan again`);
}
