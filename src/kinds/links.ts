import type { AssociationRow } from '../model/live.ts';
import { statusFacts } from '../model/status.ts';

/** True where a row is a link at all: a void one reads as `enabled: null` or as a tombstone. */
export function isLink(row: AssociationRow): boolean {
  return (row.enabled ?? null) !== null && Boolean(row.cert_id) && statusFacts(row.status ?? undefined).live;
}

/** A link that is not active yet: its hostname may still present what it had before, whatever that was. */
export function isArriving(row: AssociationRow): boolean {
  return isLink(row) && statusFacts(row.status ?? undefined).presentable === 'later';
}
