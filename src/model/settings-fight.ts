import type { AccessSettingWant, ScopeWant } from './document.ts';
import { inZone } from './hostname.ts';

/**
 * The hostnames whose Access settings a zone and its account would take from each other, as the API has one list for
 * both: those that both name, and those that one names and the other would prune.
 */
export function foughtOver(zone: ScopeWant, account: ScopeWant): readonly string[] {
  const [inTheZone, inTheAccount] = [zone.access.hostnameSettings, account.access.hostnameSettings];
  if (inTheZone === undefined || inTheAccount === undefined) return [];
  return [
    ...[...inTheZone].flatMap(([hostname, row]) =>
      inTheAccount.has(hostname) || (isRow(row) && prunes(account)) ? [hostname] : [],
    ),
    ...[...inTheAccount].flatMap(([hostname, row]) =>
      !inTheZone.has(hostname) && isRow(row) && prunes(zone) && inZone(hostname, zone.name) ? [hostname] : [],
    ),
  ];
}

const prunes = ({ prune }: ScopeWant): boolean =>
  typeof prune === 'boolean' ? prune : prune.includes('access_hostname_setting');

/** With both flags off it is the same as none: nothing is there to be taken. */
const isRow = (row: AccessSettingWant | 'none'): boolean =>
  row !== 'none' && (row.chinaNetwork !== false || row.clientCertificateForwarding !== false);
