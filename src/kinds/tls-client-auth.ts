import { addressOf } from '../model/address.ts';
import type { Kind } from '../model/kind.ts';
import { refOf } from '../model/thing.ts';
import { meets } from './conflicts.ts';
import { linksOf } from './hostname-association.ts';
import { WRITE, zonePath } from './lists.ts';

type Attributes = { readonly value: 'on' | 'off' };
const NAME = 'tls_client_auth';

/** The zone setting of that name: Cloudflare's own certificate for every hostname without one of its own. */
export const tlsClientAuth: Kind<Attributes> = {
  name: NAME,

  wanted(want) {
    if (want.tlsClientAuth === undefined) return undefined;
    const value = want.tlsClientAuth ? 'on' : 'off';
    return { things: [{ kind: NAME, id: NAME, address: addressOf(want.name, NAME), refs: [], attributes: { value } }] };
  },

  reads: (want) => (want.tlsClientAuth === undefined ? [] : ['tls_client_auth']),

  shows(live, want) {
    return (live.lists.tls_client_auth ?? []).map(({ value }) => ({
      kind: NAME,
      id: NAME,
      address: addressOf(want.name, NAME),
      refs: [],
      attributes: { value },
    }));
  },

  // Turned on it takes nothing away. Turned off, it shows nowhere behind a zone that presents its own certificate.
  judgedWith({ after }, { lists }) {
    if (after?.attributes.value === 'on') return [];
    return lists.zone_enablement?.[0]?.enabled ? ['zone_enablement', 'zone_certificates'] : ['zone_enablement'];
  },

  steps({ after }, state) {
    const value = after?.attributes.value ?? 'off';
    const turnedOn = state.changes.filter(
      (it) => it.kind === 'zone_enablement' && it.after?.attributes.enabled === true,
    );
    return [
      {
        stage: 'enable',
        summary: `turn tls_client_auth ${value}`,
        task: { value },
        // After the zone's own switch where that goes on, before it where that goes off; and off only after every link that replaces it.
        rank: value === 'on' ? 1 : 2,
        after: [...turnedOn, ...(value === 'on' ? [] : linksOf(state))].map(refOf),
        rather: value === 'on' ? linksOf(state).map(refOf) : [],
      },
    ];
  },

  refuse({ live, changes }) {
    const locked = live.lists.tls_client_auth?.[0]?.editable === false;
    if (!locked || !changes.some((change) => change.kind === NAME)) return [];
    return [
      {
        name: 'impossible',
        message: `tls_client_auth is not editable in this zone (its plan does not allow it). Take the key out of the file, or write what is live (${live.lists.tls_client_auth?.[0]?.value}).`,
      },
    ];
  },

  writes: (steps) => steps.length,

  async run(steps, tools) {
    for (const step of steps) {
      const { result, ...trace } = await tools.patiently('the setting can be changed', meets('busy'), () =>
        tools.api.request<{ value: 'on' | 'off' }>({
          method: 'PATCH',
          path: `${zonePath(tools.scope)}/settings/tls_client_auth`,
          body: { value: step.task.value },
          permission: WRITE.settings,
        }),
      );
      if (result?.value === step.task.value) tools.remember('tls_client_auth', result);
      else tools.outdated('tls_client_auth');
      tools.done(step, trace);
    }
  },

  until: (step, live) => (live.lists.tls_client_auth?.[0]?.value === step.task.value ? 'done' : 'waiting'),
  watches: () => ['tls_client_auth'],
};
