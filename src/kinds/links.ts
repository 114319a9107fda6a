import { comparable } from '../model/hostname.ts';
import type { AssociationRow, ScopeLive } from '../model/live.ts';
import { statusFacts } from '../model/status.ts';

/** True where a row is a link at all: a void one reads as `enabled: null`, without a certificate, or as a tombstone. */
export function isLink(row: AssociationRow): boolean {
  return !isVoid(row) && statusFacts(row.status ?? undefined).live;
}

/** A link that is not active yet: its hostname may still present what it had before, whatever that was. */
export function isArriving(row: AssociationRow): boolean {
  return isLink(row) && statusFacts(row.status ?? undefined).presentable === 'later';
}

/** Whether a row takes one of the places on its certificate: a link, or what is still leaving. */
export function occupies(row: AssociationRow): boolean {
  return statusFacts(row.status ?? undefined).occupies && !(isVoid(row) && (row.status ?? 'active') === 'active');
}

/** The row that counts for a hostname: its link, or else what is still leaving; a tombstone may stand beside either. */
export function rowFor(hostname: string, { lists }: ScopeLive): AssociationRow | undefined {
  const rows = (lists.hostname_associations ?? []).filter((row) => comparable(row.hostname) === hostname);
  return rows.find(isLink) ?? rows.find(occupies) ?? rows[0];
}

const isVoid = ({ enabled, cert_id }: AssociationRow): boolean => (enabled ?? null) === null || !cert_id;
