import { type Api, type ApiAnswer, ApiError, type ApiRequest } from '../model/api.ts';
import { groupBy } from '../model/group.ts';
import { normalizeHostname } from '../model/hostname.ts';
import type { Scope } from '../model/live.ts';
import { readPages } from './pages.ts';
import { INTERRUPTED } from './retry.ts';

/** A zone as the file names it. */
export interface WantedZone {
  readonly name: string;
  readonly id?: string;
  readonly accountId?: string;
}
/** Why a zone could not be found; it stops that zone and no other. */
export interface ZoneProblem {
  readonly message: string;
}

/**
 * Finds the ids of zones by name. Those that have an id cost nothing; of the others, all pages of 50 are read or each
 * name is asked for, whichever takes fewer requests: the first page tells how many there are. It does not come alone: at
 * least as many pages are read at once as these zones must fill, up to four.
 */
export async function findZones(
  api: Api,
  wanted: readonly WantedZone[],
): Promise<ReadonlyMap<string, Scope | ZoneProblem>> {
  const unknown = wanted.filter((zone) => zone.id === undefined);
  const found = await lookUp(api, unknown).catch((error: unknown) => {
    // With nothing else to plan, the one error says it better than the same words for every zone.
    if (!isProblem(error) || unknown.length === wanted.length) throw error;
    return new Map(unknown.map((zone) => [zone.name, { message: error.message }]));
  });
  const results = wanted.map(
    (zone) => [zone, zone.id === undefined ? resultOf(zone, found) : scopeOf(zone, zone.id)] as const,
  );
  const byId = groupBy(results, ([, result]) => ('id' in result ? result.id : ''));
  return new Map(
    results.map(([{ name }, result]) => {
      const same = 'id' in result ? (byId.get(result.id) ?? []).map(([other]) => other.name) : [];
      const others = new Set(same.filter((it) => it !== name));
      const message = `Zone ${name} has the same id as ${[...others].join(', ')}: two names for one zone would undo each other's changes`;
      return [name, others.size > 0 ? { message } : result];
    }),
  );
}

type Row = Readonly<Record<string, unknown>>;
/** What the API has for each name: rows, or why it could not be asked. */
type Found = ReadonlyMap<string, readonly Row[] | ZoneProblem>;

async function lookUp(api: Api, zones: readonly WantedZone[]): Promise<Found> {
  const [only] = zones;
  if (only === undefined) return new Map();
  if (zones.length === 1) return new Map([[only.name, await askOne(api, only)]]);
  const begun = await firstPages(api, zones);
  const further = (begun[0]?.totalPages ?? 1) - 1;
  // One account may hold the name on this page and another one hold it on a page that is not read.
  if (further > zones.length) return askEach(api, zones);
  const listed = await readAll(api, begun, zones);
  // A zone that changes its page while the pages are read may be on none of them (and a simulator makes a zone when its
  // name is asked for), so missing names are asked for. Very many are a token that may not see them.
  const missing = zones.filter(({ name }) => !listed.has(name));
  return missing.length > Math.max(further, FEW) ? listed : new Map([...listed, ...(await askEach(api, missing))]);
}

/** So many names cost less than half a minute, even at the API's limit. */
const FEW = 100;

/**
 * The first page, and with it those that there are at the least where every zone is to be found. What fails of these is
 * asked for again if there is such a page at all.
 */
function firstPages(api: Api, zones: readonly WantedZone[]): Promise<readonly (ApiAnswer<unknown> | undefined)[]> {
  const pages = Math.min(MOST_AT_FIRST, Math.ceil(zones.length / PER_PAGE));
  return Promise.all(
    Array.from({ length: pages }, (_, index) => {
      const page = api.request<unknown>(pageRequest(index + 1, zones));
      return index === 0 ? page : page.catch(() => undefined);
    }),
  );
}

async function readAll(
  api: Api,
  begun: readonly (ApiAnswer<unknown> | undefined)[],
  zones: readonly WantedZone[],
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const ask = async (page: number) => {
    const answer = begun[page - 1] ?? (await api.request<unknown>(pageRequest(page, zones)));
    return { result: answer.result, info: { total_pages: answer.totalPages } };
  };
  const byName = new Map<string, Row[]>();
  for (const row of await readPages(ask, failList)) {
    const name = nameOf(row);
    byName.set(name, [...(byName.get(name) ?? []), row]);
  }
  return byName;
}

async function askEach(api: Api, zones: readonly WantedZone[]): Promise<Found> {
  const found = new Map<string, readonly Row[] | ZoneProblem>();
  const ask = async (zone: WantedZone) => {
    try {
      found.set(zone.name, await askOne(api, zone));
    } catch (error) {
      if (!isProblem(error)) throw error;
      found.set(zone.name, { message: error.message });
    }
  };
  for (let next = 0; next < zones.length; next += ABREAST) {
    await Promise.all(zones.slice(next, next + ABREAST).map(ask));
  }
  return found;
}

async function askOne(api: Api, { name, accountId }: WantedZone): Promise<readonly Row[]> {
  const query = { name, ...(accountId === undefined ? {} : { 'account.id': accountId }) };
  const rows = await api.list<Row>({ method: 'GET', path: '/zones', query, permission: PERMISSION });
  return rows.filter((row) => nameOf(row) === name);
}

function resultOf(zone: WantedZone, found: Found): Scope | ZoneProblem {
  const answer = found.get(zone.name) ?? [];
  if ('message' in answer) return answer;
  const rows = answer.filter((row) => zone.accountId === undefined || accountOf(row) === zone.accountId);
  const [row] = rows;
  if (row === undefined) {
    const where = zone.accountId === undefined ? '' : ` in account ${zone.accountId}`;
    return {
      message: `Zone ${zone.name} was not found${where}: it does not exist, or the token may not see it (${PERMISSION})`,
    };
  }
  if (rows.length > 1) {
    const accounts = rows.map((candidate) => accountOf(candidate) ?? 'unknown').sort();
    return {
      message: `Zone ${zone.name} stands in several accounts (${accounts.join(', ')}): choose one with account_id`,
    };
  }
  if (typeof row.id !== 'string' || !ID.test(row.id))
    return { message: `Zone ${zone.name}: the API gave it no usable id` };
  return scopeOf({ ...zone, ...pick(accountOf(row)) }, row.id);
}

function scopeOf({ name, accountId }: WantedZone, id: string): Scope {
  return { kind: 'zone', name, id, ...pick(accountId) };
}

function pick(accountId: string | undefined): { accountId?: string } {
  return accountId === undefined ? {} : { accountId };
}

function nameOf(row: Row): string {
  return typeof row.name === 'string' ? (normalizeHostname(row.name) ?? '') : '';
}

function accountOf({ account }: Row): string | undefined {
  const id = typeof account === 'object' && account !== null && 'id' in account ? account.id : undefined;
  return typeof id === 'string' && ID.test(id) ? id : undefined;
}

/** An interruption or a used-up budget ends the run; anything else is one zone's problem. */
function isProblem(error: unknown): error is ApiError {
  return error instanceof ApiError && error.failure.fault !== INTERRUPTED;
}

function pageRequest(page: number, zones: readonly WantedZone[]): ApiRequest {
  const accounts = new Set(zones.map((zone) => zone.accountId));
  const [account] = accounts;
  const query = {
    per_page: String(PER_PAGE),
    page: String(page),
    ...(account && accounts.size === 1 ? { 'account.id': account } : {}),
  };
  return { method: 'GET', path: '/zones', query, permission: PERMISSION };
}

function failList(fault: string): ApiError {
  return new ApiError({ method: 'GET', path: '/zones', errors: [], fault, permission: PERMISSION });
}

const PERMISSION = 'Zone Read';
const ID = /^[0-9a-f]{32}$/;
const PER_PAGE = 50;
/** What is asked in vain where the token sees next to nothing, or the names turn out to be cheaper one by one. */
const MOST_AT_FIRST = 4;
const ABREAST = 8;
