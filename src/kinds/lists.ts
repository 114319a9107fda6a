import { ApiError } from '../model/api.ts';
import type { ListRequests, Scope } from '../model/live.ts';

const CERTIFICATES = 'SSL and Certificates';
const ACCESS = 'Access: Mutual TLS Certificates';

/** The token permissions that writes need; reads need the same with `Read`. */
export const WRITE = {
  certificates: `${CERTIFICATES} Write`,
  settings: 'Zone Settings Write',
  access: `${ACCESS} Write`,
} as const;

export const zonePath = (scope: Scope): string => `/zones/${scope.id}`;
export const originPullsPath = (scope: Scope): string => `${zonePath(scope)}/origin_tls_client_auth`;
export const accessPath = (scope: Scope): string =>
  `/${scope.kind === 'zone' ? 'zones' : 'accounts'}/${scope.id}/access/certificates`;

/** Access takes one write at a time in an account, for the account itself and for all of its zones. */
export const accessLock = (scope: Scope): string | undefined => (scope.kind === 'account' ? scope.id : scope.accountId);

/** Every list of the API that is read, as data. */
export const LISTS: ListRequests = {
  zone_certificates: {
    path: originPullsPath,
    fields: { id: 'string', certificate: 'string' },
    shape: 'many',
    permission: `${CERTIFICATES} Read`,
  },
  zone_enablement: {
    path: (scope) => `${originPullsPath(scope)}/settings`,
    fields: { enabled: 'boolean' },
    shape: 'one',
    permission: `${CERTIFICATES} Read`,
  },
  tls_client_auth: {
    path: (scope) => `${zonePath(scope)}/settings/tls_client_auth`,
    fields: { value: 'string' },
    shape: 'one',
    permission: 'Zone Settings Read',
  },
  hostname_certificates: {
    path: (scope) => `${originPullsPath(scope)}/hostnames/certificates`,
    fields: { id: 'string', certificate: 'string' },
    shape: 'many',
    permission: `${CERTIFICATES} Read`,
  },
  hostname_associations: {
    path: (scope) => `${originPullsPath(scope)}/hostnames`,
    // Without a status the API lists the active ones only, and a link that is being made would be made again.
    query: { status: 'all', per_page: '1000' },
    fields: { hostname: 'string' },
    shape: 'many',
    permission: `${CERTIFICATES} Read`,
    oneByOne: {
      path: (scope, hostname) => `${originPullsPath(scope)}/hostnames/${encodeURIComponent(hostname)}`,
      // Whatever its status, 10000 is a permission that is missing.
      notOffered: (error) =>
        error instanceof ApiError && !error.has(10000) && (isStatus(error, 404, 405) || error.has(7003)),
      absent: (error) => isStatus(error, 404) && !(error as ApiError).has(7003),
    },
  },
  access_certificates: {
    path: accessPath,
    query: { per_page: '1000' },
    fields: { id: 'string', name: 'string', fingerprint: 'string' },
    shape: 'many',
    permission: `${ACCESS} Read`,
  },
  access_hostname_settings: {
    path: (scope) => `${accessPath(scope)}/settings`,
    fields: { hostname: 'string', china_network: 'boolean', client_certificate_forwarding: 'boolean' },
    shape: 'many',
    permission: `${ACCESS} Read`,
  },
};

function isStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof ApiError && statuses.includes(error.failure.status ?? 0);
}
