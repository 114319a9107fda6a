import type { Api, ApiRequest } from '../model/api.ts';
import type { ListRequest, ListRequests, Lists, Scope, ScopeLive } from '../model/live.ts';
import type { ListName } from '../model/names.ts';
import { eachSideBySide } from '../model/side-by-side.ts';
import { lacks, rowIn } from '../model/whole.ts';

export interface Reader {
  readonly api: Api;
  readonly lists: ListRequests;
}

/** The hostnames that are asked for one by one where the API does not list associations; found out only then. */
export type HostnamesToAsk = () => Promise<Iterable<string>>;

/** Reads lists of one scope, all at once. Throws the ApiError of the first list that fails. */
export async function readScope(
  scope: Scope,
  names: readonly ListName[],
  hostnames: HostnamesToAsk,
  reader: Reader,
): Promise<ScopeLive> {
  const settled = await Promise.allSettled([...new Set(names)].map((name) => readList(scope, name, hostnames, reader)));
  // All of them have ended before the first failure is told: nothing is left on the wire behind our back.
  const read = settled.map((it) => {
    if (it.status === 'rejected') throw it.reason;
    return it.value;
  });
  const lists: Partial<Lists> = Object.fromEntries(read.map(({ name, rows }) => [name, rows]));
  const asked = read.find((list) => list.asked !== undefined)?.asked;
  return { scope, lists, ...(asked === undefined ? {} : { asked }) };
}

interface ListRead {
  readonly name: ListName;
  readonly rows: readonly unknown[];
  readonly asked?: readonly string[];
}

async function readList(scope: Scope, name: ListName, hostnames: HostnamesToAsk, reader: Reader): Promise<ListRead> {
  const list = reader.lists[name];
  const request = requestOf(scope, list);
  try {
    return { name, rows: await rowsOf(request, list, reader.api) };
  } catch (error) {
    if (!list.oneByOne?.notOffered(error)) throw error;
    const asked = [...new Set(await hostnames())].sort();
    return { name, rows: await askOneByOne(scope, asked, list, reader.api), asked };
  }
}

const requestOf = (scope: Scope, { path, query, permission }: ListRequest): ApiRequest => ({
  method: 'GET',
  path: path(scope),
  permission,
  ...(query ? { query } : {}),
});

/** A row that lacks what we act on is no row: better no plan than one made from half an answer. */
async function rowsOf(request: ApiRequest, list: ListRequest, api: Api): Promise<readonly unknown[]> {
  if (list.shape === 'many') return api.list(request, (row) => lacks(row, list));
  const answer = await api.request(request);
  return answer.result === null ? [] : [rowIn(answer, list, request)];
}

async function askOneByOne(
  scope: Scope,
  hostnames: readonly string[],
  list: ListRequest,
  api: Api,
): Promise<readonly unknown[]> {
  const { oneByOne, permission } = list;
  const rows = new Map<string, object>();
  await eachSideBySide(hostnames, ABREAST, async (hostname) => {
    try {
      const request = { method: 'GET', path: oneByOne?.path(scope, hostname) ?? '', permission } as const;
      const answer = await api.request<object | null>(request);
      // The hostname is the one that was asked for, whether the answer repeats it or not.
      if (answer.result === null) return;
      rows.set(hostname, rowIn({ ...answer, result: { ...answer.result, hostname } }, list, request));
    } catch (error) {
      if (!oneByOne?.absent(error)) throw error;
    }
  });
  return hostnames.flatMap((hostname) => rows.get(hostname) ?? []);
}

const ABREAST = 8;
