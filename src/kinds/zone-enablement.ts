import { addressOf } from '../model/address.ts';
import type { Kind, PlanningState, Tools } from '../model/kind.ts';
import { type Ref, refOf, type Step, type Thing } from '../model/thing.ts';
import { meets } from './conflicts.ts';
import { linksOf } from './hostname-association.ts';
import { originPullsPath, WRITE } from './lists.ts';
import { whyNotPresented } from './uploads.ts';

type Attributes = { readonly enabled: boolean };
const NAME = 'zone_enablement';
const TLS_CLIENT_AUTH = { kind: 'tls_client_auth', id: 'tls_client_auth' } as const;

/** The switch of zone-level authenticated origin pulls. */
export const zoneEnablement: Kind<Attributes> = {
  name: NAME,

  wanted(want) {
    const { enabled } = want.originPulls;
    if (enabled === undefined) return undefined;
    return {
      things: [{ kind: NAME, id: NAME, address: addressOf(want.name, NAME), refs: [], attributes: { enabled } }],
    };
  },

  reads: (want) => (want.originPulls.enabled === undefined ? [] : ['zone_enablement']),

  shows(live, want) {
    return (live.lists.zone_enablement ?? []).map(({ enabled }) => ({
      kind: NAME,
      id: NAME,
      address: addressOf(want.name, NAME),
      refs: [],
      attributes: { enabled },
    }));
  },

  // Off: what is presented instead depends on tls_client_auth; on: which certificate of the zone is the newest.
  judgedWith: ({ after }) =>
    after?.attributes.enabled ? ['zone_certificates'] : ['zone_certificates', 'tls_client_auth'],

  steps({ after }, state) {
    const enabled = after?.attributes.enabled ?? false;
    const presented = state.after.filter((thing) => thing.kind === 'zone_certificate').at(-1);
    const shared = state.after.find((thing) => thing.kind === 'tls_client_auth');
    return [
      {
        stage: 'enable',
        summary: `turn zone-level authenticated origin pulls ${enabled ? 'on' : 'off'}`,
        task: {
          enabled,
          certificate: enabled && presented ? presented.id : null,
          shared: shared?.attributes.value === 'on',
        },
        rank: enabled ? 0 : 3,
        needs: enabled && presented ? [refOf(presented)] : [],
        after: (enabled ? inFrontOf(presented, state) : [...linksOf(state), TLS_CLIENT_AUTH]).map(refOf),
        // Until then a hostname that is to have a link of its own would show the zone's.
        rather: enabled ? linksOf(state).map(refOf) : [],
      },
    ];
  },

  writes: (steps) => steps.length,

  async run(steps, tools) {
    for (const step of steps) {
      const answer = await tools.patiently('the zone can be switched', meets('busy'), () =>
        tools.api.requestAfter<{ enabled: boolean }>(async () => {
          await (step.task.enabled ? checkPresented : checkBehind)(step, tools);
          return {
            method: 'PUT',
            path: `${originPullsPath(tools.scope)}/settings`,
            body: { enabled: step.task.enabled },
            permission: WRITE.certificates,
          };
        }),
      );
      const { result } = answer ?? {};
      if (result && result.enabled === step.task.enabled) tools.remember('zone_enablement', result);
      else tools.outdated('zone_enablement');
      tools.done(step, answer);
    }
  },

  until: (step, live) => (live.lists.zone_enablement?.[0]?.enabled === step.task.enabled ? 'done' : 'waiting'),
  watches: () => ['zone_enablement'],
};

/** The certificates that would be presented instead of the wanted one if the zone were switched on before they go. */
function inFrontOf(presented: Thing | undefined, { before, changes }: PlanningState): readonly Ref[] {
  const place = ({ kind, id }: Ref) => before.findIndex((thing) => thing.kind === kind && thing.id === id);
  if (presented === undefined || place(presented) < 0) return [];
  return changes.filter((it) => it.kind === 'zone_certificate' && it.after === null && place(it) > place(presented));
}

/** The second look: switched on without its certificate, the zone would present the shared one. */
async function checkPresented({ task, address }: Step, tools: Tools): Promise<void> {
  if (task.certificate === null) return;
  const why = whyNotPresented(await tools.read('zone_certificates'), String(task.certificate));
  if (why !== null)
    throw new Error(`${address} stays off: the certificate that the zone is to present ${why}. Plan again`);
}

/** Switched off, the zone presents what tls_client_auth says; nobody else may have turned that on meanwhile. */
async function checkBehind({ task, address }: Step, tools: Tools): Promise<void> {
  if (task.shared) return;
  const { lists } = await tools.read('tls_client_auth');
  if (lists.tls_client_auth?.[0]?.value === 'on')
    throw new Error(
      `${address} stays on: tls_client_auth was turned on by someone else, and the zone would present the shared certificate. Plan again`,
    );
}
