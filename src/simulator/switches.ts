import type { Answer } from './answer.ts';
import { required } from './body.ts';
import type { Call } from './call.ts';
import { Refusal } from './refusal.ts';
import { timeText, type World, type Zone } from './world.ts';

export const getEnablement = (zone: Zone): Answer => ({ result: { enabled: zone.enabled } });

export function putEnablement(zone: Zone, { world, body }: Call): Answer {
  zone.enabled = required(body, 'enabled', 'boolean');
  world.dirty.zones.add(zone);
  return getEnablement(zone);
}

export const getTlsClientAuth = (zone: Zone, { world }: Call): Answer => ({ result: settingRow(zone, world) });

export function patchTlsClientAuth(zone: Zone, { world, body }: Call): Answer {
  const value = required(body, 'value', 'string', 'settingInvalid');
  if (value !== 'on' && value !== 'off') throw new Refusal('settingInvalid');
  if (!world.rules.features.tlsClientAuthEditable) throw new Refusal('settingNotEditable');
  zone.tlsClientAuth = { value, modifiedAt: world.now };
  world.dirty.zones.add(zone);
  return { result: settingRow(zone, world) };
}

const settingRow = ({ tlsClientAuth }: Zone, world: World): object => ({
  id: 'tls_client_auth',
  value: tlsClientAuth.value,
  editable: world.rules.features.tlsClientAuthEditable,
  modified_on: tlsClientAuth.modifiedAt === null ? null : timeText(tlsClientAuth.modifiedAt),
});
