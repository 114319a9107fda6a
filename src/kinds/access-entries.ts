import type { AccessCertificateWant, ScopeWant } from '../model/document.ts';
import type { AccessCertificateRow } from '../model/live.ts';
import { md5OfRow } from './uploads.ts';

/** Entries with their identity: the first MD5 of the bundle, counted where several entries share it. */
export function identified(entries: readonly AccessCertificateWant[]) {
  const keys = new Map<string, string[]>();
  const meant = entries.flatMap((entry) => {
    if (entry.certificate === 'none') return [];
    const { md5s, fingerprint } = entry.certificate;
    const md5 = md5s[0] ?? fingerprint;
    keys.set(md5, [...(keys.get(md5) ?? []), entry.key].sort());
    return [{ entry, md5, md5s }];
  });
  // Counted by key, so that the order of the file makes no difference.
  const nthOf = (md5: string, key: string): number => (keys.get(md5)?.indexOf(key) ?? 0) + 1;
  return meant.map((it) => {
    const nth = nthOf(it.md5, it.entry.key);
    return { ...it, id: nth === 1 ? it.md5 : `${it.md5}#${nth}` };
  });
}

/** Every fingerprint by which Access may call what an entry means. */
export function md5sOf(id: string | undefined, want: ScopeWant): readonly string[] {
  return identified(want.access.certificates ?? []).find((it) => it.id === id)?.md5s ?? [];
}

/** Live rows with the entry that means them: by any fingerprint of the bundle, of those by name, of those the oldest. */
export function paired(rows: readonly AccessCertificateRow[], want: ScopeWant) {
  const free = [...rows].sort((one, other) => createdAt(one) - createdAt(other));
  const entries = identified(want.access.certificates ?? []);
  const take = (fits: (row: AccessCertificateRow) => boolean) => {
    const place = free.findIndex(fits);
    return place < 0 ? undefined : free.splice(place, 1)[0];
  };
  const inTurn = [...entries].sort((one, other) => (one.entry.key < other.entry.key ? -1 : 1));
  const found = new Map<string, AccessCertificateRow>();
  const matches = (md5s: readonly string[], row: AccessCertificateRow) => md5s.includes(md5OfRow(row));
  for (const byName of [true, false]) {
    for (const { id, entry, md5s } of inTurn) {
      if (found.has(id)) continue;
      const row = take((it) => matches(md5s, it) && (!byName || it.name === entry.name));
      if (row) found.set(id, row);
    }
  }
  const ids = new Set(entries.map(({ id }) => id));
  return [
    ...entries.flatMap(({ id, entry, md5 }) => {
      const row = found.get(id);
      return row ? [{ id, row, md5, entry }] : [];
    }),
    ...free.map((row) => {
      const md5 = md5OfRow(row);
      let id = md5;
      for (let nth = 2; ids.has(id); nth++) id = `${md5}#${nth}`;
      ids.add(id);
      return { id, row, md5, entry: undefined };
    }),
  ];
}

/** Times come with and without a fraction, so they are not compared as text. */
const createdAt = (row: AccessCertificateRow): number => Date.parse(row.created_at ?? '') || 0;
