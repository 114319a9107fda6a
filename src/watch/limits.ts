import type { ScopeLive } from '../model/live.ts';
import type { CertificateOverview, Limit } from '../model/overview.ts';

/** What fits; the kinds know it. */
export interface Room {
  readonly hostnameCertificates: number;
  readonly hostnamesPerCertificate: number;
}

/** How much of each limit of a scope is used. */
export function limitsOf(live: ScopeLive, certificates: readonly CertificateOverview[], room: Room): readonly Limit[] {
  const own = certificates.filter(({ store }) => store === 'hostname');
  const authorities = certificates.filter(({ store }) => store === 'access');
  return [
    ...(live.lists.hostname_certificates === undefined
      ? []
      : [limit('hostname_certificates', null, own.length, room.hostnameCertificates)]),
    ...own
      .filter(({ hostnames }) => hostnames.length > 0)
      .map(({ fingerprint, hostnames }) =>
        limit('hostnames', fingerprint, hostnames.length, room.hostnamesPerCertificate),
      ),
    ...(live.lists.access_certificates === undefined
      ? []
      : [limit('access_certificates', null, authorities.length, ACCESS_CERTIFICATES)]),
  ];
}

const limit = (what: Limit['what'], fingerprint: string | null, used: number, most: number): Limit => ({
  what,
  fingerprint,
  used,
  limit: most,
});

/** CAs of an account on an Enterprise plan; other plans have none (the documented account limits). */
const ACCESS_CERTIFICATES = 50;
