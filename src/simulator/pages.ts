import type { ResultInfo } from './answer.ts';
import { invalid } from './body.ts';
import type { Reason } from './refusal.ts';

export interface PageRules {
  readonly perPage: number;
  readonly least?: number;
  readonly most: number;
  readonly reason?: Reason;
}

/** The page that a query asks for, with its `result_info`; numbers outside the documented bounds are refused. */
export function pageOf<T>(
  rows: readonly T[],
  query: URLSearchParams,
  rules: PageRules,
): { readonly rows: readonly T[]; readonly info: ResultInfo } {
  const reason = rules.reason ?? 'invalidRequest';
  const page = whole(query, 'page', 1, 1, Number.MAX_SAFE_INTEGER, reason);
  const perPage = whole(query, 'per_page', rules.perPage, rules.least ?? 1, rules.most, reason);
  const shown = rows.slice((page - 1) * perPage, page * perPage);
  return { rows: shown, info: infoOf(shown.length, page, perPage, rows.length) };
}

/** What the lists without parameters say of themselves: one page, whatever it holds. */
export function onePage(count: number): ResultInfo {
  return { count, page: 1, per_page: 50, total_count: count, total_pages: 1 };
}

function infoOf(count: number, page: number, perPage: number, total: number): ResultInfo {
  return { count, page, per_page: perPage, total_count: total, total_pages: Math.ceil(total / perPage) };
}

function whole(
  query: URLSearchParams,
  name: string,
  usual: number,
  least: number,
  most: number,
  reason: Reason,
): number {
  const text = query.get(name);
  if (text === null) return usual;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw invalid(reason, `${name} must be a whole number from ${least}${most < 1e9 ? ` to ${most}` : ''}`);
}
