import { followHostnames, followSettings } from './access-settling.ts';
import { follow } from './agenda.ts';
import type { KeyRow, TokenRow } from './auth.ts';
import type { AccessCertificate, AccessSetting, Account, Association, Certificate, World, Zone } from './world.ts';

/** All that the simulated API knows, as plain data. It holds hashes of tokens, and of keys nothing at all. */
export interface SimulatorState {
  readonly version: 1;
  readonly tokens: readonly TokenRow[];
  readonly keys: readonly KeyRow[];
  readonly accounts: readonly AccountState[];
  readonly zones: readonly ZoneState[];
}
export type AccountState = Omit<Account, 'access' | 'settings'> & {
  readonly access: readonly AccessCertificate[];
  readonly settings: readonly AccessSetting[];
};
export type ZoneState = Omit<Zone, 'zoneCertificates' | 'hostnameCertificates' | 'associations' | 'access'> & {
  readonly zoneCertificates: readonly Certificate[];
  readonly hostnameCertificates: readonly Certificate[];
  readonly associations: readonly Association[];
  readonly access: readonly AccessCertificate[];
};

export const NO_STATE: SimulatorState = { version: 1, tokens: [], keys: [], accounts: [], zones: [] };

/** A copy of what is known now. */
export function snapshot(world: World): SimulatorState {
  return structuredClone({
    version: 1,
    tokens: world.registry.tokens,
    keys: world.registry.keys,
    accounts: [...world.accounts.values()].map((account) => ({
      ...account,
      access: [...account.access.values()],
      settings: [...account.settings.values()],
    })),
    zones: [...world.zones.values()].map((zone) => ({
      ...zone,
      zoneCertificates: [...zone.zoneCertificates.values()],
      hostnameCertificates: [...zone.hostnameCertificates.values()],
      associations: [...zone.associations.values()],
      access: [...zone.access.values()],
    })),
  });
}

/** Puts a snapshot into an empty world; what was on its way goes on. */
export function restore(world: World, given: SimulatorState): void {
  const { accounts, zones } = structuredClone(given);
  for (const state of accounts) {
    const account: Account = {
      ...state,
      access: by(state.access, 'id'),
      settings: by(state.settings, 'hostname'),
    };
    world.accounts.set(account.id, account);
    followSettings(world, account);
    for (const item of account.access.values()) followHostnames(world, account.access, account.id, item);
  }
  for (const state of zones) {
    const zone: Zone = {
      ...state,
      zoneCertificates: by(state.zoneCertificates, 'id'),
      hostnameCertificates: by(state.hostnameCertificates, 'id'),
      associations: by(state.associations, 'hostname'),
      access: by(state.access, 'id'),
    };
    world.zones.set(zone.id, zone);
    world.dirty.zones.add(zone);
    for (const item of zone.zoneCertificates.values()) follow(world, zone, item);
    for (const item of zone.hostnameCertificates.values()) follow(world, zone, item);
    for (const item of zone.associations.values()) follow(world, zone, item);
    for (const item of zone.access.values()) followHostnames(world, zone.access, zone.name, item);
  }
}

const by = <K extends string, T extends { readonly [key in K]: string }>(rows: readonly T[], key: K): Map<string, T> =>
  new Map(rows.map((row) => [row[key], row]));
