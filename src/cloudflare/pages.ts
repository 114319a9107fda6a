import { isObject } from './envelope.ts';

/** One page as the API gave it. */
export interface Page {
  readonly result: unknown;
  readonly info: unknown;
}

/**
 * Reads a list to its end. A further page is asked only where `result_info` promises it, since endpoints that ignore
 * `page` repeat the first one for ever; an empty page, or one without a new row, is the end. `fail` makes the error.
 */
export async function readPages(
  ask: (page: number) => Promise<Page>,
  fail: (fault: string) => Error,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const first = await ask(1);
  const rows = [...rowsOf(first.result, fail)];
  const total = totalPages(first);
  if (total > MAX_PAGES) throw fail(`a list of ${total} pages`);
  const seen = new Set(rows.map(keyOf));
  for (let next = 2; next <= total && rows.length > 0; next += ABREAST) {
    const numbers = Array.from({ length: Math.min(ABREAST, total - next + 1) }, (_, index) => next + index);
    for (const page of await Promise.all(numbers.map(ask))) {
      const fresh = rowsOf(page.result, fail).filter((row) => !seen.has(keyOf(row)));
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

function rowsOf(result: unknown, fail: (fault: string) => Error): readonly Readonly<Record<string, unknown>>[] {
  // An empty zone certificate store reads as `result: null`.
  if (result === null || result === undefined) return [];
  if (!Array.isArray(result)) throw fail('the result is not a list');
  if (!result.every(isObject)) throw fail('an entry of the list is not an object');
  return result;
}

/**
 * Rows move between pages while they are read, and would be there twice. An association has no id of its own, and
 * its hostname may stand beside its own tombstone, so only the whole row says that it is the same.
 */
function keyOf(row: Readonly<Record<string, unknown>>): string {
  return typeof row.id === 'string' ? row.id : JSON.stringify(row);
}

/** Fifty thousand zones; whoever promises more is not the API. */
const MAX_PAGES = 1000;
const ABREAST = 4;
