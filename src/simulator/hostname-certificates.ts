import type { Answer } from './answer.ts';
import { type Call, param } from './call.ts';
import { onePage } from './pages.ts';
import { Refusal } from './refusal.ts';
import { certificateRow, readUpload, remove, store } from './uploads.ts';
import type { Certificate, Zone } from './world.ts';
import { DEPLOYING } from './zone-certificates.ts';

/** This list, unlike the zone's, keeps its tombstones. */
export function listHostnameCertificates(zone: Zone, { world }: Call): Answer {
  const rows = [...zone.hostnameCertificates.values()]
    .filter(({ listedAt }) => listedAt <= world.now)
    .map(certificateRow);
  return { result: rows, info: onePage(rows.length) };
}

export function getHostnameCertificate(zone: Zone, call: Call): Answer {
  return { result: certificateRow(find(zone, call)) };
}

export function uploadHostnameCertificate(zone: Zone, call: Call): Answer {
  const { world } = call;
  const bundle = readUpload(call);
  const quota = world.rules.limits.hostnameCertificates;
  return { result: certificateRow(store(world, zone, zone.hostnameCertificates, bundle, quota)) };
}

export function deleteHostnameCertificate(zone: Zone, call: Call): Answer {
  const { world } = call;
  const certificate = find(zone, call);
  if (certificate.status === 'deleted') throw new Refusal('certificateIdInvalid');
  if (certificate.status === 'pending_deletion') throw new Refusal('certificatePendingDeletion');
  if (DEPLOYING.includes(certificate.status)) throw new Refusal('certificatePendingDeployment');
  const links = [...zone.associations.values()].filter(({ status }) => status !== 'deleted');
  if (links.some(({ certId }) => certId === certificate.id)) throw new Refusal('certificateInUse');
  for (const { hostname, earlier } of links) {
    if (!earlier.some((link) => link?.certId === certificate.id)) continue;
    world.watch.tell(zone.name, hostname, 'the certificate that it still presents was deleted', world.now);
  }
  remove(world, zone, zone.hostnameCertificates, certificate);
  return { result: certificateRow(certificate) };
}

function find(zone: Zone, call: Call): Certificate {
  const certificate = zone.hostnameCertificates.get(param(call, 'certificate'));
  if (certificate === undefined) throw new Refusal('hostnameCertificateNotFound');
  return certificate;
}
