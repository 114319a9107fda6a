import type { Api } from '../model/api.ts';
import { normalizeHostname } from '../model/hostname.ts';
import type { Scope } from '../model/live.ts';

/** The names of a zone's proxied DNS records, each once and sorted: the ones that can have an association. */
export async function proxiedNames(scope: Scope, api: Api): Promise<readonly string[]> {
  const records = await api.list<{ readonly name?: unknown }>({
    method: 'GET',
    path: `/zones/${scope.id}/dns_records`,
    query: { proxied: 'true', per_page: '5000' },
    permission: 'DNS Read',
  });
  const names = records.flatMap(({ name }) => (typeof name === 'string' ? (normalizeHostname(name) ?? []) : []));
  return [...new Set(names)].sort();
}
