import type { Answer } from './answer.ts';
import { type Call, param } from './call.ts';
import { onePage } from './pages.ts';
import { Refusal } from './refusal.ts';
import { certificateRow, readUpload, remove, store } from './uploads.ts';
import type { Certificate, Status, World, Zone } from './world.ts';

/** The list leaves out tombstones, and an empty one is `null`. */
export function listZoneCertificates(zone: Zone, { world }: Call): Answer {
  const rows = [...zone.zoneCertificates.values()]
    .filter(({ status, listedAt }) => !LEAVING.includes(status) && listedAt <= world.now)
    .map(certificateRow);
  return { result: rows.length === 0 ? null : rows, info: onePage(rows.length) };
}

export function getZoneCertificate(zone: Zone, call: Call): Answer {
  return { result: certificateRow(find(zone, call)) };
}

export function uploadZoneCertificate(zone: Zone, call: Call): Answer {
  const { world } = call;
  if (!world.rules.features.tokenUploads && call.credential.kind === 'token') throw new Refusal('schemeRefused');
  const bundle = readUpload(call);
  takeTurn(world, zone);
  const certificate = store(world, zone, zone.zoneCertificates, bundle, 0);
  zone.busyUntil = world.now + world.rules.delays.busy;
  return { result: certificateRow(certificate) };
}

export function deleteZoneCertificate(zone: Zone, call: Call): Answer {
  const { world } = call;
  const certificate = find(zone, call);
  if (LEAVING.includes(certificate.status)) throw new Refusal('certificateAlreadyDeleted');
  if (DEPLOYING.includes(certificate.status)) throw new Refusal('certificatePendingDeployment');
  takeTurn(world, zone);
  remove(world, zone, zone.zoneCertificates, certificate);
  zone.busyUntil = world.now + world.rules.delays.busy;
  return { result: certificateRow(certificate) };
}

/** On the way out, or gone. */
export const LEAVING: readonly Status[] = ['pending_deletion', 'deleted'];
/** On the way to `active`: can't be deleted yet. */
export const DEPLOYING: readonly Status[] = ['initializing', 'pending_deployment'];

function find(zone: Zone, call: Call): Certificate {
  const certificate = zone.zoneCertificates.get(param(call, 'certificate'));
  if (certificate === undefined) throw new Refusal('zoneCertificateNotFound');
  return certificate;
}

/** Changes of the zone certificates of one zone go one after the other. */
function takeTurn(world: World, zone: Zone): void {
  if (world.now < zone.busyUntil) throw new Refusal('zoneBusy');
}
