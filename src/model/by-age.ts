import type { CertificateRow } from './live.ts';

type Uploaded = Pick<CertificateRow, 'uploaded_on'>;

/** Sorts certificates, the oldest first. Of two with one time the later in the list is the newer, wherever that is asked. */
export function byAge(one: Uploaded, other: Uploaded): number {
  return uploadedAt(one) - uploadedAt(other);
}

const uploadedAt = ({ uploaded_on }: Uploaded): number => Date.parse(uploaded_on ?? '') || 0;
