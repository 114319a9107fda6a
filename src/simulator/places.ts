import { createHash } from 'node:crypto';
import { type Call, param } from './call.ts';
import { Refusal } from './refusal.ts';
import type { AccessStore, Account, World, Zone, ZoneStatus } from './world.ts';

/** Where Access certificates live: an account, or one of its zones. The two stores have nothing in common. */
export interface AccessPlace {
  readonly account: Account;
  readonly zone: Zone | null;
  readonly store: AccessStore;
  /** For people: the zone's name or the account's id. */
  readonly label: string;
}

/** The zone that the path names. An id that nobody has seen becomes a zone, unless that is switched off. */
export function zoneOf(call: Call): Zone {
  const { world } = call;
  const id = param(call, 'zone');
  const known = world.zones.get(id);
  if (known !== undefined) return known;
  if (!world.rules.features.autoCreate || !IDENTIFIER.test(id)) throw new Refusal('noObject');
  return addZone(world, { id, name: `${id}.example`, named: false, account: firstAccount(world) });
}

/** The account that the path names, by the same rule. */
export function accountOf(call: Call): Account {
  return accountById(call.world, param(call, 'account'));
}

export function accountById(world: World, id: string): Account {
  const known = world.accounts.get(id);
  if (known !== undefined) return known;
  if (!world.rules.features.autoCreate || !IDENTIFIER.test(id)) throw new Refusal('noObject');
  return addAccount(world, id);
}

/** The place that the path names, whether by zone or by account. */
export function accessPlaceOf(call: Call): AccessPlace {
  if (call.params.zone === undefined) {
    const account = accountOf(call);
    return { account, zone: null, store: account.access, label: account.id };
  }
  const zone = zoneOf(call);
  return { account: accountById(call.world, zone.accountId), zone, store: zone.access, label: zone.name };
}

/** The account that holds what nobody placed anywhere else. */
export function firstAccount(world: World): Account {
  const [first] = world.accounts.values();
  return first ?? addAccount(world, digits('account'), 'Simulated account');
}

export function addZone(
  world: World,
  { name, account, ...given }: { name: string; account: Account; id?: string; named?: boolean; status?: ZoneStatus },
): Zone {
  const taken = [...world.zones.values()].some((zone) => zone.name === name);
  const zone: Zone = {
    id: given.id ?? digits(taken ? `zone ${name} ${account.id}` : `zone ${name}`),
    name,
    named: given.named ?? true,
    accountId: account.id,
    status: given.status ?? 'active',
    createdAt: world.now,
    enabled: false,
    tlsClientAuth: { value: 'off', modifiedAt: null },
    zoneCertificates: new Map(),
    hostnameCertificates: new Map(),
    associations: new Map(),
    access: new Map(),
    records: [],
    busyUntil: 0,
    lastUpload: 0,
  };
  world.zones.set(zone.id, zone);
  return zone;
}

/** 32 digits that follow from a name, so that a second run of the simulator knows the same ids. */
export const digits = (text: string): string => createHash('md5').update(text).digest('hex');

export const IDENTIFIER = /^[0-9a-f]{32}$/;

export function addAccount(world: World, id: string, name = `Account ${id.slice(0, 8)}`): Account {
  const account: Account = {
    id,
    name,
    createdAt: world.now,
    access: new Map(),
    settings: new Map(),
    pendingSettings: null,
    settlingUntil: 0,
  };
  world.accounts.set(id, account);
  return account;
}
