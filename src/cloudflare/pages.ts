import type { FaultOf } from '../model/api.ts';
import { isObject } from './envelope.ts';

type Row = Readonly<Record<string, unknown>>;
/** One page as the API gave it. */
export interface Page {
  readonly result: unknown;
  readonly info: unknown;
}

/**
 * Reads a list to its end. A further page is asked only where `result_info` promises it, since endpoints that ignore
 * `page` repeat the first one for ever; an empty page, or one without a new row, is the end. `fail` makes the error
 * of a page that cannot be read.
 */
export async function readPages<P extends Page>(
  ask: (page: number) => Promise<P>,
  fail: (fault: string, page: P) => Error,
  faultOf: FaultOf = () => undefined,
): Promise<readonly Row[]> {
  const rowsOf = (page: P): readonly Row[] => {
    const fault = faultIn(page, faultOf);
    if (fault !== undefined) throw fail(fault, page);
    // An empty zone certificate store reads as `result: null`.
    return (page.result ?? []) as readonly Row[];
  };
  const first = await ask(1);
  const rows = [...rowsOf(first)];
  const total = totalPages(first);
  if (total > MAX_PAGES) throw fail(`a list of ${total} pages`, first);
  const seen = new Set(rows.map(keyOf));
  for (let next = 2; next <= total && rows.length > 0; next += ABREAST) {
    const numbers = Array.from({ length: Math.min(ABREAST, total - next + 1) }, (_, index) => next + index);
    for (const page of await Promise.all(numbers.map(ask))) {
      const fresh = rowsOf(page).filter((row) => !seen.has(keyOf(row)));
      if (fresh.length === 0) return rows;
      rows.push(...fresh);
      for (const row of fresh) seen.add(keyOf(row));
    }
  }
  return rows;
}

/**
 * How many pages the list has, by its first: `total_pages`, which need not be there, or what else tells of more rows; as
 * many as there may be where only a full page does. 1 where `result_info` is missing or makes no sense.
 */
export function totalPages({ result, info }: Page): number {
  const count = Array.isArray(result) ? result.length : 0;
  if (!isObject(info) || count === 0) return 1;
  const { total_pages: pages, total_count: rows, per_page: size } = info;
  if (typeof pages === 'number') return Math.max(1, Math.ceil(pages));
  if (typeof rows === 'number') return Math.max(1, Math.ceil(rows / count));
  return typeof size === 'number' && size > 0 && count >= size ? MAX_PAGES : 1;
}

function faultIn({ result }: Page, faultOf: FaultOf): string | undefined {
  if (result === null || result === undefined) return undefined;
  if (!Array.isArray(result)) return 'the result is not a list';
  if (!result.every(isObject)) return 'an entry of the list is not an object';
  for (const row of result) {
    const fault = faultOf(row);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/**
 * Rows move between pages while they are read, and would be there twice. An association has no id of its own, and
 * its hostname may stand beside its own tombstone, so only the whole row says that it is the same.
 */
function keyOf(row: Row): string {
  return typeof row.id === 'string' ? row.id : JSON.stringify(row);
}

/** Fifty thousand zones; whoever promises more is not the API. */
const MAX_PAGES = 1000;
const ABREAST = 4;
