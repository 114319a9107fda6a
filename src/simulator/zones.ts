import { normalizeHostname } from '../model/hostname.ts';
import type { Answer } from './answer.ts';
import { invalid, isFields, optional, required } from './body.ts';
import { type Call, tokenOf } from './call.ts';
import { pageOf } from './pages.ts';
import { accountById, accountOf, addAccount, addZone, digits, firstAccount, IDENTIFIER, zoneOf } from './places.ts';
import { Refusal } from './refusal.ts';
import { type Account, type DnsRecord, timeText, type World, type Zone } from './world.ts';

/** `GET /zones`: the filters that matter for finding a zone by its name. */
export function listZones(call: Call): Answer {
  const { world, query } = call;
  const name = filterOf(query.get('name') ?? '');
  const accountId = query.get('account.id');
  const status = query.get('status');
  if (status !== null && !ZONE_STATUSES.includes(status)) throw invalid('invalidRequest', 'status is not known');
  if (name.operator === 'equal' && name.value !== '') findOrCreate(world, name.value, accountId);
  const matches = OPERATORS[name.operator];
  const zones = [...world.zones.values()].filter(
    (zone) =>
      (name.value === '' || matches?.(zone.name, name.value)) &&
      (accountId === null || zone.accountId === accountId) &&
      (status === null || zone.status === status),
  );
  const { rows, info } = pageOf(zones, query, { perPage: 20, least: 5, most: 50 });
  return { result: rows.map((zone) => zoneRow(zone, accountById(world, zone.accountId))), info };
}

export function getZone(call: Call): Answer {
  const zone = zoneOf(call);
  return { result: zoneRow(zone, accountById(call.world, zone.accountId)) };
}

/** `POST /zones`, for seeding: the same name may stand in several accounts. */
export function createZone(call: Call): Answer {
  const { world, body } = call;
  const name = normalizeHostname(required(body, 'name', 'string'));
  if (name === null) throw invalid('invalidRequest', 'name must be a domain name');
  const given = isFields(body.account) ? optional(body.account, 'id', 'string') : undefined;
  if (given === undefined) throw invalid('invalidRequest', 'account.id is required');
  if (!IDENTIFIER.test(given)) throw invalid('invalidRequest', 'account.id must be 32 hexadecimal digits');
  // Seeding may name a new account: without autoCreate there would be none to begin with.
  const account = world.accounts.get(given) ?? addAccount(world, given);
  if ([...world.zones.values()].some((zone) => zone.name === name && zone.accountId === account.id)) {
    throw new Refusal('zoneExists');
  }
  return { result: zoneRow(addZone(world, { name, account }), account) };
}

export function listAccounts(call: Call): Answer {
  if (call.world.rules.features.autoCreate) firstAccount(call.world);
  const { rows, info } = pageOf([...call.world.accounts.values()], call.query, { perPage: 20, least: 5, most: 50 });
  return { result: rows.map(accountRow), info };
}

export const getAccount = (call: Call): Answer => ({ result: accountRow(accountOf(call)) });

export function listRecords(call: Call): Answer {
  const { query } = call;
  const type = query.get('type');
  const proxied = query.get('proxied');
  const records = zoneOf(call).records.filter(
    (record) => (type === null || record.type === type) && (proxied === null || `${record.proxied}` === proxied),
  );
  const { rows, info } = pageOf(records, query, { perPage: 100, most: 5000 });
  return { result: rows, info };
}

/** `POST /zones/{id}/dns_records`, for seeding. */
export function createRecord(call: Call): Answer {
  const { world, body } = call;
  const record: DnsRecord = {
    id: digits(world.uuid()),
    type: required(body, 'type', 'string'),
    name: required(body, 'name', 'string'),
    content: required(body, 'content', 'string'),
    proxied: optional(body, 'proxied', 'boolean') ?? false,
    ttl: 1,
  };
  zoneOf(call).records.push(record);
  return { result: record };
}

/** Both `tokens/verify` endpoints; a success whose message carries code 10000. */
export function verifyToken(owner: 'user' | 'account'): (call: Call) => Answer {
  return (call) => {
    if (call.credential.kind === 'key') {
      const message = 'GET method not allowed for the api_key authentication scheme';
      throw new Refusal('schemeRefused', { message });
    }
    if (owner === 'account') accountOf(call);
    const token = tokenOf(call);
    if (token !== undefined && token.owner !== owner) throw new Refusal('tokenUnknown');
    return {
      result: { id: call.credential.sha256.slice(0, 32), status: 'active' },
      messages: [{ code: 10000, message: 'This API Token is valid and active' }],
    };
  };
}

/** Makes a zone that is asked for by its name, unless it is there, no zone can have the name, or that is switched off. */
export function findOrCreate(world: World, text: string, accountId: string | null): void {
  const name = normalizeHostname(text);
  if (!world.rules.features.autoCreate || name === null || !name.includes('.') || name.endsWith('.invalid')) return;
  if ([...world.zones.values()].some((zone) => zone.name === name)) return;
  addZone(world, { name, account: accountId === null ? firstAccount(world) : accountById(world, accountId) });
}

const ZONE_STATUSES: readonly string[] = ['initializing', 'pending', 'active', 'moved'];

const OPERATORS: Readonly<Record<string, (name: string, value: string) => boolean>> = {
  equal: (name, value) => name === value,
  not_equal: (name, value) => name !== value,
  starts_with: (name, value) => name.startsWith(value),
  ends_with: (name, value) => name.endsWith(value),
  contains: (name, value) => name.includes(value),
};

function filterOf(text: string): { readonly operator: string; readonly value: string } {
  const [, operator = '', value = ''] = /^(\w+):(.*)$/.exec(text) ?? [];
  if (OPERATORS[operator] !== undefined) return { operator, value: value.toLowerCase() };
  return { operator: 'equal', value: text.toLowerCase() };
}

const zoneRow = (zone: Zone, account: Account): object => ({
  id: zone.id,
  name: zone.name,
  status: zone.status,
  paused: false,
  type: 'full',
  development_mode: 0,
  name_servers: ['ada.ns.simulator.example', 'bob.ns.simulator.example'],
  original_name_servers: null,
  created_on: timeText(zone.createdAt),
  modified_on: timeText(zone.createdAt),
  activated_on: zone.status === 'active' ? timeText(zone.createdAt) : null,
  account: { id: account.id, name: account.name },
});

const accountRow = (account: Account): object => ({
  id: account.id,
  name: account.name,
  type: 'standard',
  created_on: timeText(account.createdAt),
});
