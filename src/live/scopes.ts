import { type Api, ApiError } from '../model/api.ts';
import { normalizeHostname } from '../model/hostname.ts';
import type { Scope } from '../model/live.ts';

/** Every zone that the token can see, by name. */
export function everyZone(api: Api): Promise<readonly Scope[]> {
  return zones(api, { per_page: '50' });
}

/** The zones of one name that the token can see, one in each account that holds it. */
export async function zonesNamed(api: Api, name: string): Promise<readonly Scope[]> {
  return (await zones(api, { name })).filter((zone) => zone.name === name);
}

async function zones(api: Api, query: Readonly<Record<string, string>>): Promise<readonly Scope[]> {
  const rows = await api.list<Row>({ method: 'GET', path: '/zones', query, permission: 'Zone Read' });
  const found = rows.flatMap(({ id, name, account }): Scope[] => {
    const known = typeof name === 'string' ? normalizeHostname(name) : null;
    if (known === null || !isId(id)) return [];
    return [{ kind: 'zone', name: known, id, ...(isId(account?.id) ? { accountId: account.id } : {}) }];
  });
  return found.sort((one, other) => (one.name < other.name ? -1 : Number(one.name > other.name)));
}

/**
 * Every account that the token can see, by id: those that are listed, and those of the zones. A token that may see
 * zones and not accounts still works; where there are no zones either, the refusal is the answer.
 */
export async function everyAccount(api: Api, zones: readonly Scope[]): Promise<readonly Scope[]> {
  const listed = await listAccounts(api).catch((error: unknown) => {
    if (!(error instanceof ApiError) || !error.has(10000, 9109) || zones.length === 0) throw error;
    return [];
  });
  const ids = new Set([...listed, ...zones.flatMap(({ accountId }) => accountId ?? [])]);
  return [...ids].sort().map((id) => ({ kind: 'account', name: id, id, accountId: id }));
}

interface Row {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly account?: { readonly id?: unknown } | null;
}

async function listAccounts(api: Api): Promise<readonly string[]> {
  const rows = await api.list<Row>({
    method: 'GET',
    path: '/accounts',
    query: { per_page: '50' },
    permission: 'Account Settings Read',
  });
  return rows.flatMap(({ id }) => (isId(id) ? [id] : []));
}

const isId = (id: unknown): id is string => typeof id === 'string' && /^[0-9a-f]{32}$/.test(id);
