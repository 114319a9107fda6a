import { normalizeHostname } from '../model/hostname.ts';
import { enter } from './agenda.ts';
import type { Answer } from './answer.ts';
import { type Fields, invalid, required } from './body.ts';
import { type Call, param } from './call.ts';
import { pageOf } from './pages.ts';
import { linkOf } from './presented.ts';
import { Refusal } from './refusal.ts';
import { bundleOf, deployment } from './uploads.ts';
import { type Association, timeText, type World, type Zone } from './world.ts';
import { LEAVING } from './zone-certificates.ts';

/** The list of associations, `active` ones alone unless the query says otherwise. */
export function listAssociations(zone: Zone, call: Call): Answer {
  const { world, query } = call;
  switch (world.rules.features.associationList) {
    case '404':
      throw new Refusal('zoneCertificateNotFound'); // without that route `hostnames` reads as a certificate's id
    case '405':
      throw new Refusal('wrongMethod');
    case '7003':
      throw new Refusal('noRoute', { status: 400 });
    case 'on':
  }
  const wanted = (query.get('status') ?? 'active').split(',');
  if (!wanted.every((status) => FILTERS.includes(status))) throw invalid('invalidRequest', 'status is not known');
  const all = [...zone.associations.values()];
  const rows = wanted.includes('all') ? all : all.filter(({ status }) => wanted.includes(status));
  const page = pageOf(rows, query, { perPage: 50, most: 1000 });
  return { result: page.rows.map(briefRow), info: page.info };
}

export function getAssociation(zone: Zone, call: Call): Answer {
  const hostname = normalizeHostname(param(call, 'hostname'));
  const association = hostname === null ? undefined : zone.associations.get(hostname);
  const gone = association?.status === 'deleted' && call.world.rules.features.voidedReads === 'missing';
  if (association === undefined || gone) throw new Refusal('hostnameNotFound');
  return { result: fullRow(zone, association) };
}

/** Links hostnames to certificates, enabled or not, and voids links; the result is an array. */
export function putAssociations(zone: Zone, call: Call): Answer {
  const { world } = call;
  const entries = required(call.body, 'config', 'objects');
  const groups = world.rules.features.batch === 'whole' ? [entries] : entries.map((entry) => [entry]);
  const rows = groups.flatMap((group) => {
    const wishes = group.map((entry) => readWish(zone, entry));
    checkRoom(zone, wishes, world.rules.limits.associationsPerCertificate);
    return wishes.map((wish) => apply(world, zone, wish));
  });
  return { result: rows };
}

interface Wish {
  readonly hostname: string;
  readonly certId: string;
  readonly enabled: boolean | null;
}

function readWish(zone: Zone, entry: Fields): Wish {
  const certId = entry.cert_id;
  if (typeof certId !== 'string' || certId === '') throw new Refusal('certificateIdRequired');
  const certificate = zone.hostnameCertificates.get(certId);
  if (certificate === undefined || LEAVING.includes(certificate.status)) throw new Refusal('certificateIdInvalid');
  const hostname = normalizeHostname(required(entry, 'hostname', 'string'));
  if (hostname === null) throw invalid('invalidRequest', 'hostname must be a hostname');
  const enabled = entry.enabled === null ? null : required(entry, 'enabled', 'boolean');
  return { hostname, certId, enabled };
}

/** A certificate takes so many hostnames; entries count in their order, so that one may leave before another comes. */
function checkRoom(zone: Zone, wishes: readonly Wish[], most: number): void {
  const holder = new Map<string, string>();
  const counts = new Map<string, number>();
  const count = (certId: string, by: number): number => {
    const total = (counts.get(certId) ?? 0) + by;
    counts.set(certId, total);
    return total;
  };
  for (const { hostname, certId, status } of zone.associations.values()) {
    if (status === 'deleted') continue;
    holder.set(hostname, certId);
    count(certId, 1);
  }
  for (const { hostname, certId, enabled } of wishes) {
    const from = holder.get(hostname);
    if (enabled === null || from === certId) continue;
    if (from !== undefined) count(from, -1);
    holder.set(hostname, certId);
    if (count(certId, 1) > most) throw invalid('quotaReached', `A certificate takes ${most} hostnames at most.`);
  }
}

function apply(world: World, zone: Zone, wish: Wish): object {
  const have = zone.associations.get(wish.hostname);
  const isLive = have !== undefined && !LEAVING.includes(have.status);
  if (wish.enabled === null) {
    if (!isLive) return voidRow(wish);
    have.earlier = [...have.earlier, linkOf(have)];
    have.enabled = null;
    have.status = 'pending_deletion';
    have.updatedAt = world.now;
    enter(world, zone, have, [{ at: world.now + world.rules.delays.void, status: 'deleted' }]);
    return fullRow(zone, have);
  }
  if (isLive && have.certId === wish.certId && have.enabled === wish.enabled) return fullRow(zone, have);
  const isGone = have === undefined || have.status === 'deleted';
  const association: Association = {
    hostname: wish.hostname,
    certId: wish.certId,
    enabled: wish.enabled,
    status: 'pending_deployment',
    createdAt: isGone ? world.now : have.createdAt,
    updatedAt: world.now,
    phases: [],
    earlier: isGone ? [null] : [...have.earlier, linkOf(have)],
  };
  zone.associations.set(wish.hostname, association);
  enter(world, zone, association, deployment(world, 'end'));
  return fullRow(zone, association);
}

const FILTERS: readonly string[] = [
  'active',
  'pending_deployment',
  'pending_deletion',
  'deleted',
  'deployment_timed_out',
  'deletion_timed_out',
  'all',
];

const briefRow = (association: Association): object => ({
  cert_id: association.certId,
  hostname: association.hostname,
  enabled: association.enabled,
  status: association.status,
  created_at: timeText(association.createdAt),
  updated_at: timeText(association.updatedAt),
});

function fullRow(zone: Zone, association: Association): object {
  const certificate = zone.hostnameCertificates.get(association.certId);
  if (certificate === undefined) return briefRow(association);
  const bundle = bundleOf(certificate);
  return {
    ...briefRow(association),
    cert_status: certificate.status,
    cert_updated_at: timeText(certificate.updatedAt),
    cert_uploaded_on: timeText(certificate.uploadedAt),
    certificate: certificate.pem,
    expires_on: timeText(bundle.expiresAt),
    issuer: bundle.issuer,
    serial_number: bundle.serialNumber,
    signature: bundle.signature,
  };
}

/** The answer to voiding what is not there: nothing to do. */
const voidRow = (wish: Wish): object => ({
  cert_id: wish.certId,
  hostname: wish.hostname,
  enabled: null,
  status: 'deleted',
});
