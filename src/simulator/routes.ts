import {
  createAccessCertificate,
  deleteAccessCertificate,
  getAccessCertificate,
  listAccessCertificates,
  putAccessCertificate,
} from './access-certificates.ts';
import { listAccessSettings, putAccessSettings } from './access-settings.ts';
import type { Answer } from './answer.ts';
import { getAssociation, listAssociations, putAssociations } from './associations.ts';
import type { Call, Handler } from './call.ts';
import {
  deleteHostnameCertificate,
  getHostnameCertificate,
  listHostnameCertificates,
  uploadHostnameCertificate,
} from './hostname-certificates.ts';
import { type AccessPlace, accessPlaceOf, zoneOf } from './places.ts';
import { Refusal } from './refusal.ts';
import { getEnablement, getTlsClientAuth, patchTlsClientAuth, putEnablement } from './switches.ts';
import type { Zone } from './world.ts';
import {
  deleteZoneCertificate,
  getZoneCertificate,
  listZoneCertificates,
  uploadZoneCertificate,
} from './zone-certificates.ts';
import {
  createRecord,
  createZone,
  getAccount,
  getZone,
  listAccounts,
  listRecords,
  listZones,
  verifyToken,
} from './zones.ts';

export interface Route {
  readonly method: string;
  readonly parts: readonly string[];
  /** Permission groups of which a token needs one; null: any token will do. */
  readonly groups: readonly string[] | null;
  /** Whether answers carry `cf-auditlog-id`. */
  readonly audited: boolean;
  readonly run: Handler;
}

/** The endpoint that a request is for, with the decoded parameters of its path. */
export function findRoute(method: string, path: string): { readonly route: Route; readonly params: Params } {
  const parts = path.split('/').slice(1);
  const fitting = ROUTES.filter((route) => fits(route, parts));
  // `…/hostnames/certificates` is also a `…/hostnames/:hostname`: what is literal in more places wins.
  const fewest = Math.min(...fitting.map(parameters));
  const closest = fitting.filter((route) => parameters(route) === fewest);
  if (closest.length === 0) throw new Refusal('noRoute');
  const route = closest.find((candidate) => candidate.method === method);
  if (route === undefined) throw new Refusal('wrongMethod');
  return { route, params: read(route, parts) };
}
type Params = Readonly<Record<string, string>>;

const inZone =
  (run: (zone: Zone, call: Call) => Answer): Handler =>
  (call) =>
    run(zoneOf(call), call);
const inAccess =
  (run: (place: AccessPlace, call: Call) => Answer): Handler =>
  (call) => {
    if (!call.world.rules.features.accessEnabled) throw new Refusal('accessNotEnabled');
    return run(accessPlaceOf(call), call);
  };

/** Reading takes either group, writing the second. */
const groups = (name: string): { readonly read: readonly string[]; readonly write: readonly string[] } => ({
  read: [`${name} Read`, `${name} Write`],
  write: [`${name} Write`],
});
const SSL = groups('SSL and Certificates');
const SETTINGS = groups('Zone Settings');
const ACCESS = groups('Access: Mutual TLS Certificates');
const ZONE = groups('Zone');
const DNS = groups('DNS');
const ACCOUNT = groups('Account Settings');

type Row = readonly [method: string, path: string, groups: readonly string[] | null, run: Handler];

const PULLS = '/zones/:zone/origin_tls_client_auth';
const HOSTNAMES = `${PULLS}/hostnames`;
const HOSTNAME_CERTIFICATES = `${HOSTNAMES}/certificates`;
const TLS_CLIENT_AUTH = '/zones/:zone/settings/tls_client_auth';

const access = (scope: string): readonly Row[] => [
  ['GET', `${scope}/access/certificates`, ACCESS.read, inAccess(listAccessCertificates)],
  ['POST', `${scope}/access/certificates`, ACCESS.write, inAccess(createAccessCertificate)],
  ['GET', `${scope}/access/certificates/settings`, ACCESS.read, inAccess(listAccessSettings)],
  ['PUT', `${scope}/access/certificates/settings`, ACCESS.write, inAccess(putAccessSettings)],
  ['GET', `${scope}/access/certificates/:certificate`, ACCESS.read, inAccess(getAccessCertificate)],
  ['PUT', `${scope}/access/certificates/:certificate`, ACCESS.write, inAccess(putAccessCertificate)],
  ['DELETE', `${scope}/access/certificates/:certificate`, ACCESS.write, inAccess(deleteAccessCertificate)],
];

const ROWS: readonly Row[] = [
  ['GET', PULLS, SSL.read, inZone(listZoneCertificates)],
  ['POST', PULLS, SSL.write, inZone(uploadZoneCertificate)],
  ['GET', `${PULLS}/settings`, SSL.read, inZone(getEnablement)],
  ['PUT', `${PULLS}/settings`, SSL.write, inZone(putEnablement)],
  ['GET', `${PULLS}/:certificate`, SSL.read, inZone(getZoneCertificate)],
  ['DELETE', `${PULLS}/:certificate`, SSL.write, inZone(deleteZoneCertificate)],
  ['GET', HOSTNAMES, SSL.read, inZone(listAssociations)],
  ['PUT', HOSTNAMES, SSL.write, inZone(putAssociations)],
  ['GET', `${HOSTNAMES}/:hostname`, SSL.read, inZone(getAssociation)],
  ['GET', HOSTNAME_CERTIFICATES, SSL.read, inZone(listHostnameCertificates)],
  ['POST', HOSTNAME_CERTIFICATES, SSL.write, inZone(uploadHostnameCertificate)],
  ['GET', `${HOSTNAME_CERTIFICATES}/:certificate`, SSL.read, inZone(getHostnameCertificate)],
  ['DELETE', `${HOSTNAME_CERTIFICATES}/:certificate`, SSL.write, inZone(deleteHostnameCertificate)],
  ['GET', TLS_CLIENT_AUTH, SETTINGS.read, inZone(getTlsClientAuth)],
  ['PATCH', TLS_CLIENT_AUTH, SETTINGS.write, inZone(patchTlsClientAuth)],
  ...access('/accounts/:account'),
  ...access('/zones/:zone'),
  ['GET', '/zones', ZONE.read, listZones],
  ['POST', '/zones', ZONE.write, createZone],
  ['GET', '/zones/:zone', ZONE.read, getZone],
  ['GET', '/zones/:zone/dns_records', DNS.read, listRecords],
  ['POST', '/zones/:zone/dns_records', DNS.write, createRecord],
  ['GET', '/accounts', ACCOUNT.read, listAccounts],
  ['GET', '/accounts/:account', ACCOUNT.read, getAccount],
  ['GET', '/accounts/:account/tokens/verify', null, verifyToken('account')],
  ['GET', '/user/tokens/verify', null, verifyToken('user')],
];

const ROUTES: readonly Route[] = ROWS.map(([method, path, allowed, run]) => ({
  method,
  parts: path.split('/').slice(1),
  groups: allowed,
  audited: /origin_tls_client_auth|access\/certificates/.test(path),
  run,
}));

const isParameter = (part: string): boolean => part.startsWith(':');
const parameters = (route: Route): number => route.parts.filter(isParameter).length;
const fits = (route: Route, parts: readonly string[]): boolean =>
  route.parts.length === parts.length &&
  route.parts.every((part, index) => (isParameter(part) ? parts[index] !== '' : part === parts[index]));

function read(route: Route, parts: readonly string[]): Params {
  try {
    return Object.fromEntries(
      route.parts.flatMap((part, index) =>
        isParameter(part) ? [[part.slice(1), decodeURIComponent(parts[index] ?? '')]] : [],
      ),
    );
  } catch {
    throw new Refusal('noRoute');
  }
}
