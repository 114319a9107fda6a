import { inZone } from '../../model/hostname.ts';
import { foughtOver } from '../../model/settings-fight.ts';
import type { ScopeNote } from '../desk.ts';
import type { Finding } from '../faults.ts';
import { quote } from '../redact.ts';
import type { Path } from '../tree.ts';
import type { Rule, ScopeRule } from './rule.ts';

/** One id can't be two zones: a copied entry whose id was left. */
export const zoneIds: Rule = {
  name: 'zone-ids',
  judge: ({ scopes }) => {
    const first = new Map<string, ScopeNote>();
    return zonesOf(scopes).flatMap((zone): Finding[] => {
      const { id, name } = zone.want;
      if (id === undefined) return [];
      const other = first.get(id);
      first.set(id, other ?? zone);
      if (other === undefined) return [];
      const message = `The zones ${quote(other.want.name)} and ${quote(name)} have the same id.`;
      const advice = 'Correct one of them, or leave `id` out: it is looked up.';
      return [{ path: [...zone.path, 'id'], also: [...other.path, 'id'], message, advice }];
    });
  },
};

/** The API marks Access certificates of zones as deprecated. */
export const zoneAccess: ScopeRule = {
  name: 'zone-access',
  judge: ({ want, path }) => {
    const { certificates, hostnameSettings } = want.access;
    if (want.kind !== 'zone' || (certificates === undefined && hostnameSettings === undefined)) return [];
    const message = `The API deprecates Access certificates of a zone, as ${quote(want.name)} has them.`;
    const advice = 'Manage them under `accounts:`.';
    return [{ severity: 'warning', path: [...path, 'access'], on: 'key', message, advice }];
  },
};

/** A hostname of another zone is most often a slip; where it is meant, the zone's policy says so. */
export const outsideZone: ScopeRule = {
  name: 'hostname-outside-zone',
  judge: ({ want, hostnames }) =>
    hostnames
      .filter(({ hostname }) => want.kind === 'zone' && !inZone(hostname.replace(/^\*\./, ''), want.name))
      .map(({ hostname, path }) => ({
        severity: want.allow.includes('hostname-outside-zone') ? 'warning' : 'error',
        path,
        on: 'key',
        message: `The hostname ${quote(hostname)} is not in the zone ${quote(want.name)}.`,
        advice: `Move it to its own zone, or allow \`hostname-outside-zone\` in the policy of ${quote(want.name)}.`,
        refusal: { name: 'hostname-outside-zone', scope: want.name },
      })),
};

/** The settings of a zone are rows of its account: two owners of one row would never rest. */
export const settingsManagedTwice: Rule = {
  name: 'settings-managed-twice',
  judge: ({ scopes }) => {
    const accounts = new Map(
      scopes.flatMap((scope) => (scope.want.kind === 'account' ? [[scope.want.name, scope]] : [])),
    );
    return zonesOf(scopes).flatMap((zone) => {
      const account = accounts.get(zone.want.accountId ?? '');
      return account === undefined ? [] : settingsOfBoth(zone, account);
    });
  },
};

/** One fault for each hostname that both name; one for all that only one of them names and the other would prune. */
function settingsOfBoth(zone: ScopeNote, account: ScopeNote): readonly Finding[] {
  const [zoneRows, accountRows] = [pathsOf(zone), pathsOf(account)];
  const fought = foughtOver(zone.want, account.want);
  const twice = fought.flatMap((hostname): Finding[] => {
    const [path, also] = [zoneRows.get(hostname), accountRows.get(hostname)];
    if (path === undefined || also === undefined) return [];
    const message = `The settings of ${quote(hostname)} are managed here and in the account of this zone.`;
    return [{ path, on: 'key', also, message, advice: 'Keep them in the account.' }];
  });
  const pruned = (paths: Rows, others: Rows, other: ScopeNote, who: string): readonly Finding[] => {
    const [first, ...more] = fought.filter((hostname) => paths.has(hostname) && !others.has(hostname));
    if (first === undefined) return [];
    const names = `${quote(first)}${more.length === 0 ? '' : ` and ${more.length} more`}`;
    const message = `The settings of ${names} are managed here, and ${who} would remove them: the API has one list for both.`;
    const advice = 'Keep `hostname_settings` in the account, and take it out of the zone.';
    const also = [...other.path, 'access', 'hostname_settings'];
    return [{ path: paths.get(first) ?? [], on: 'key', also, message, advice }];
  };
  return [
    ...twice,
    ...pruned(zoneRows, accountRows, account, 'the account of this zone'),
    ...pruned(accountRows, zoneRows, zone, `the zone ${quote(zone.want.name)}`),
  ];
}

type Rows = ReadonlyMap<string, Path>;
const pathsOf = ({ settings }: ScopeNote): Rows => new Map(settings.map(({ hostname, path }) => [hostname, path]));

/** Files that manage nothing would make an empty plan, which looks like all is well. */
export const emptyDocument: Rule = {
  name: 'empty-document',
  judge: ({ scopes }) => {
    if (scopes.some(managesSomething)) return [];
    const message = 'The files manage nothing: no zone and no account has a key that is managed.';
    // It is validate that says this most often, and that has no --allow.
    const advice = 'Look whether the right files are read; plan, apply and drift take `--allow empty-document`.';
    return [{ path: [], message, advice, refusal: { name: 'empty-document', scope: '*' } }];
  },
};

function managesSomething({ want }: ScopeNote): boolean {
  const { certificate, enabled, hostnames, hostnameCertificates } = want.originPulls;
  const { certificates, hostnameSettings } = want.access;
  const leaves = [
    want.tlsClientAuth,
    certificate,
    enabled,
    hostnames,
    hostnameCertificates,
    certificates,
    hostnameSettings,
  ];
  return leaves.some((leaf) => leaf !== undefined);
}

const zonesOf = (scopes: readonly ScopeNote[]): readonly ScopeNote[] =>
  scopes.filter(({ want }) => want.kind === 'zone');
