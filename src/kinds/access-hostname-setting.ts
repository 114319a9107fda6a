import { addressOf } from '../model/address.ts';
import { comparable, inZone } from '../model/hostname.ts';
import type { Kind, Tools } from '../model/kind.ts';
import type { AccessSettingRow, Scope, ScopeLive } from '../model/live.ts';
import type { Step } from '../model/thing.ts';
import { meets } from './conflicts.ts';
import { accessLock, accessPath, WRITE } from './lists.ts';

type Attributes = { readonly china_network: boolean; readonly client_certificate_forwarding: boolean };
const NAME = 'access_hostname_setting';
const LIST = 'access_hostname_settings';
const OFF: Attributes = { china_network: false, client_certificate_forwarding: false };

/** The two flags of an Access hostname. Both off is the same as no row. */
export const accessHostnameSetting: Kind<Attributes> = {
  name: NAME,

  wanted(want) {
    const settings = want.access.hostnameSettings;
    if (settings === undefined) return undefined;
    return {
      things: [...settings].flatMap(([hostname, flags]) =>
        flags === 'none'
          ? []
          : [
              {
                kind: NAME,
                id: hostname,
                address: addressOf(want.name, NAME, hostname),
                refs: [],
                attributes: {
                  china_network: flags.chinaNetwork,
                  client_certificate_forwarding: flags.clientCertificateForwarding,
                },
                defaults: OFF,
                isNothing: isOff,
              },
            ],
      ),
      absent: ({ id }) => settings.has(id),
    };
  },

  reads: (want) => (want.access.hostnameSettings === undefined ? [] : [LIST]),

  shows(live, want) {
    return (live.lists[LIST] ?? []).filter(isOurs(live.scope)).flatMap((row) => {
      const { hostname, china_network, client_certificate_forwarding } = row;
      const attributes = { china_network, client_certificate_forwarding };
      const id = comparable(hostname);
      return isOff(attributes)
        ? []
        : [{ kind: NAME, id, address: addressOf(want.name, NAME, id), refs: [], attributes }];
    });
  },

  steps({ id, after }) {
    const flags = after?.attributes ?? OFF;
    return [
      {
        stage: 'enable',
        summary: after === null ? `remove the settings of ${id}` : `set ${id}: ${inWords(flags)}`,
        task: { hostname: id, ...flags },
      },
    ];
  },

  loses: ({ id, after }) => (after === null ? [id] : []),

  lock: accessLock,

  writes: (steps) => Math.min(1, steps.length),

  async run(steps, tools) {
    const trace = await tools.patiently('the hostname settings can be changed', meets('updating', 'busy'), () =>
      tools.api.requestAfter(async () => {
        const { lists } = await tools.read(LIST);
        const ours = (lists[LIST] ?? []).filter(isOurs(tools.scope));
        return {
          method: 'PUT',
          path: `${accessPath(tools.scope)}/settings`,
          body: { settings: merged(ours, steps) },
          permission: WRITE.access,
        };
      }),
    );
    tools.outdated(LIST);
    for (const step of steps) tools.done(step, trace);
    await untilShown(steps, tools);
  },

  until: (step, live) => (isShown(step, live) ? 'done' : 'waiting'),
  watches: () => [LIST],
};

function isShown({ id, task }: Step, live: ScopeLive): boolean {
  const row = (live.lists[LIST] ?? []).find(({ hostname }) => comparable(hostname) === id) ?? OFF;
  return (
    row.china_network === task.china_network && row.client_certificate_forwarding === task.client_certificate_forwarding
  );
}

/**
 * A zone and its account share one list, and each sends back what it reads of the other's rows. So the lock is held until
 * this change shows: what the next one reads must not be older than it. Too late is for the step's own wait to tell.
 */
async function untilShown(steps: readonly Step[], tools: Tools): Promise<void> {
  const isLate = (error: unknown): boolean => error instanceof LateError;
  try {
    await tools.patiently('the hostname settings show', isLate, async () => {
      const live = await tools.read(LIST);
      if (!steps.every((step) => isShown(step, live))) throw new LateError();
    });
  } catch (error) {
    if (!isLate(error)) throw error;
  }
}
class LateError extends Error {}

/** At zone scope the API also shows rows of other zones of the account, and refuses to take them back. */
function isOurs(scope: Scope): (row: AccessSettingRow) => boolean {
  return ({ hostname }) => scope.kind === 'account' || inZone(comparable(hostname), scope.name);
}

/**
 * Every live row as it was read, with ours over it. Whether the PUT merges by hostname or replaces the list is read both
 * ways, so the whole list is sent, and a row that goes is sent with both flags off.
 */
function merged(rows: readonly AccessSettingRow[], steps: readonly Step[]): readonly unknown[] {
  const ours = new Map(steps.map(({ id, task }) => [id, task]));
  const kept = rows.filter(({ hostname }) => !ours.has(comparable(hostname)));
  return [...kept, ...ours.values()];
}

const isOff = (flags: Attributes): boolean => !flags.china_network && !flags.client_certificate_forwarding;

const inWords = (flags: Attributes): string =>
  `china_network ${flags.china_network}, client_certificate_forwarding ${flags.client_certificate_forwarding}`;
