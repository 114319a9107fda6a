import type { ScopeWant } from '../model/document.ts';
import type { Scope } from '../model/live.ts';
import type { Refusal } from '../model/plan.ts';
import { foughtOver } from '../model/settings-fight.ts';
import { some } from './words.ts';

/**
 * Hostname settings that a zone and its account both manage: the API keeps them in one list, so each apply would undo the
 * other's. Which account a zone belongs to is often known only after the zone was looked up; where it is not known at all,
 * it may be any of the file's.
 */
export function settingsManagedTwice(wants: readonly ScopeWant[], zones: readonly Scope[]): readonly Refusal[] {
  const accounts = wants.filter(({ kind, access }) => kind === 'account' && access.hostnameSettings !== undefined);
  return zones.flatMap((zone) => {
    const want = wants.find(({ kind, name }) => kind === 'zone' && name === zone.name);
    if (want?.access.hostnameSettings === undefined) return [];
    return accounts
      .filter(({ name }) => zone.accountId === undefined || name === zone.accountId)
      .flatMap((account) => refusalFor(want, account, zone.accountId !== undefined));
  });
}

function refusalFor(zone: ScopeWant, account: ScopeWant, isKnown: boolean): readonly Refusal[] {
  const twice = foughtOver(zone, account);
  if (twice.length === 0) return [];
  const place = isKnown
    ? `its account ${account.name}`
    : `the account ${account.name}, which may be its own (there is no \`account_id\`)`;
  const message = `the hostname settings of ${some(twice)} are managed in the zone ${zone.name} and in ${place}: the API has one list for both, and each would undo what the other does. Keep \`hostname_settings\` in the account${isKnown ? '' : ', or write the `account_id` of the zone'}.`;
  return [{ name: 'impossible', scope: zone.name, message, allowed: false }];
}
