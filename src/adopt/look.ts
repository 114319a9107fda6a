import { inZone } from '../model/hostname.ts';
import type { ScopeLive } from '../model/live.ts';
import type { Thing } from '../model/thing.ts';
import { lookAtAccess } from './access.ts';
import type { Found, FoundCertificate } from './found.ts';
import { lookAtHostnames } from './hostnames.ts';
import { better, certificateIn } from './material.ts';
import { isOdd, useOf } from './use.ts';

/** Takes over what is live in one scope: `things` as the kinds show them, with a file that wants nothing. */
export function look(live: ScopeLive, things: readonly Thing[]): Found {
  const { scope, lists } = live;
  if (scope.kind === 'account') return { scope, keep: [], staged: [], outside: false, ...lookAtAccess(live, things) };
  const rows = [...(lists.zone_certificates ?? []), ...(lists.hostname_certificates ?? [])];
  const zone = lookAtZone(things, lists.tls_client_auth?.[0]?.value, lists.zone_enablement?.[0]?.enabled);
  const hostnames = lookAtHostnames(live, things);
  const used = new Set(
    [zone.certificate, ...zone.keep, ...(hostnames.hostnames ?? []), ...hostnames.staged].flatMap((use) =>
      use === undefined || use === 'none' ? [] : use.fingerprint,
    ),
  );
  const certificates = new Map<string, FoundCertificate>();
  for (const found of rows.flatMap((row) => certificateIn(row) ?? [])) {
    const before = certificates.get(found.fingerprint);
    if (used.has(found.fingerprint)) certificates.set(found.fingerprint, before ? better(before, found) : found);
  }
  return {
    scope,
    ...zone,
    ...hostnames,
    outside: (hostnames.hostnames ?? []).some(({ hostname }) => !inZone(hostname.replace(/^\*\./, ''), scope.name)),
    remarks: { ...zone.remarks, ...hostnames.remarks },
    certificates: [...certificates.values()],
  };
}

type ZoneLevel = Pick<Found, 'tlsClientAuth' | 'enabled' | 'certificate' | 'keep' | 'remarks'>;

function lookAtZone(things: readonly Thing[], value: unknown, enabled: boolean | undefined): ZoneLevel {
  const tlsClientAuth = value === 'on' || value === 'off' ? value : undefined;
  const switches: Pick<Found, 'tlsClientAuth' | 'enabled'> = {
    ...(tlsClientAuth === undefined ? {} : { tlsClientAuth }),
    ...(enabled === undefined ? {} : { enabled }),
  };
  const remarks: Found['remarks'] =
    tlsClientAuth === undefined
      ? { tls_client_auth: '`tls_client_auth` is left out: it reads neither on nor off.' }
      : {};
  const own = things.filter(({ kind }) => kind === 'zone_certificate');
  if (own.some(isOdd)) return { ...switches, keep: [], remarks: { ...remarks, certificate: ODD_ZONE } };
  const newest = own.at(-1);
  if (newest === undefined) return { ...switches, certificate: 'none', keep: [], remarks };
  return { ...switches, certificate: useOf(newest), keep: own.slice(0, -1).map(useOf), remarks };
}

const ODD_ZONE =
  '`certificate` is left out, so zone certificates are not managed: one of them can not be read, or is there twice.';
