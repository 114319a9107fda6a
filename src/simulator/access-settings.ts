import { inZone, normalizeHostname } from '../model/hostname.ts';
import { followSettings, startSettling } from './access-settling.ts';
import type { Answer } from './answer.ts';
import { type Fields, invalid, required } from './body.ts';
import type { Call } from './call.ts';
import type { AccessPlace } from './places.ts';
import { Refusal } from './refusal.ts';
import type { AccessSetting, World, Zone } from './world.ts';

/** One list per account. A zone shows it whole, rows of other zones included. */
export function listAccessSettings({ account }: AccessPlace): Answer {
  return { result: [...account.settings.values()] };
}

/** Accepted at once, taken over later. What the list becomes depends on the reading, see `settingsMode`. */
export function putAccessSettings(place: AccessPlace, { world, body }: Call): Answer {
  const { account, zone } = place;
  const rows = required(body, 'settings', 'objects', 'accessInvalid').map(readRow);
  if (!world.rules.features.chinaNetwork && rows.some(({ china_network }) => china_network)) {
    throw invalid('accessInvalid', 'china_network is not available for this zone');
  }
  if (zone !== null && rows.some(({ hostname }) => !belongs(world, zone, hostname))) {
    throw new Refusal('accessForeignHostname');
  }
  if (world.now < account.settlingUntil) throw new Refusal('accessStillUpdating');

  const stays = (row: AccessSetting): boolean =>
    world.rules.features.settingsMode === 'merge' || (zone !== null && !belongs(world, zone, row.hostname));
  const merged = new Map<string, AccessSetting>();
  for (const row of [...[...account.settings.values()].filter(stays), ...rows]) merged.set(row.hostname, row);
  const left = [...merged.values()].filter((row) => row.china_network || row.client_certificate_forwarding);
  account.pendingSettings = { at: startSettling(world, account), rows: left };
  followSettings(world, account);
  return { status: 202, result: left };
}

const FIELDS = ['hostname', 'china_network', 'client_certificate_forwarding'];

function readRow(fields: Fields): AccessSetting {
  const stranger = Object.keys(fields).find((name) => !FIELDS.includes(name));
  if (stranger !== undefined) throw invalid('accessInvalid', 'a setting holds a field that is not known');
  const hostname = normalizeHostname(required(fields, 'hostname', 'string', 'accessInvalid'));
  if (hostname === null) throw invalid('accessInvalid', 'hostname must be a hostname');
  return {
    hostname,
    china_network: required(fields, 'china_network', 'boolean', 'accessInvalid'),
    client_certificate_forwarding: required(fields, 'client_certificate_forwarding', 'boolean', 'accessInvalid'),
  };
}

/** Of a zone that is known by its id alone, a hostname is foreign where another zone claims it. */
function belongs(world: World, zone: Zone, hostname: string): boolean {
  if (zone.named) return inZone(hostname, zone.name);
  return ![...world.zones.values()].some((other) => other.named && inZone(hostname, other.name));
}
