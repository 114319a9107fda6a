import { enter } from './agenda.ts';
import { invalid, required } from './body.ts';
import type { Call } from './call.ts';
import { type Bundle, keyFits, readBundle } from './pem.ts';
import { Refusal } from './refusal.ts';
import { type Certificate, type CertificateStore, type Phase, timeText, type World, type Zone } from './world.ts';

/** What a POST to either store brings, proved to be a leaf with its key. The key goes no further than this. */
export function readUpload(call: Call): Bundle {
  const certificate = required(call.body, 'certificate', 'string');
  const key = required(call.body, 'private_key', 'string');
  const bundle = readBundle(certificate);
  if (bundle === null) throw new Refusal('certificateUnparsable');
  if (bundle.isCa) throw new Refusal('leafMissing');
  if (bundle.keyType !== 'rsa' && bundle.keyType !== 'ec') throw new Refusal('keyBad');
  if (!keyFits(bundle, key)) throw new Refusal('keyBad');
  return bundle;
}

/** Puts a bundle into a store: new, or back under its old id where its tombstone is still there. */
export function store(world: World, zone: Zone, into: CertificateStore, bundle: Bundle, quota: number): Certificate {
  const same = [...into.values()].find(({ chain }) => chain === bundle.chain);
  if (same !== undefined && same.status !== 'deleted') throw new Refusal('certificateExists');
  const alive = [...into.values()].filter(({ status }) => status !== 'deleted');
  if (quota > 0 && alive.length >= quota) throw new Refusal('quotaReached');
  world.watch.uploaded(into, zone.name, bundle.sha256, holds(alive, bundle.sha256), world.now);

  zone.lastUpload = Math.max(world.now, zone.lastUpload + 1);
  const certificate: Certificate = same ?? {
    id: world.uuid(),
    pem: bundle.pem,
    sha256: bundle.sha256,
    chain: bundle.chain,
    status: 'initializing',
    updatedAt: world.now,
    phases: [],
    uploadedAt: zone.lastUpload,
    listedAt: 0,
  };
  certificate.uploadedAt = zone.lastUpload;
  certificate.listedAt = world.now + world.rules.delays.listLag;
  // What comes back reads as on its way out for a moment; that has been seen, and fools those who wait by status.
  certificate.status = same === undefined ? 'initializing' : 'pending_deletion';
  into.set(certificate.id, certificate);
  enter(world, zone, certificate, deployment(world, 'halfway'));
  return certificate;
}

/** The way of a new certificate or association to `active`. */
export function deployment(world: World, from: 'halfway' | 'end'): readonly Phase[] {
  const { delays, features } = world.rules;
  const last = features.deployments === 'succeed' ? 'active' : 'deployment_timed_out';
  const end: Phase = { at: world.now + delays.deploy, status: last };
  return from === 'end' ? [end] : [{ at: world.now + delays.deploy / 2, status: 'pending_deployment' }, end];
}

/** Sends a certificate on its way out. */
export function remove(world: World, zone: Zone, from: CertificateStore, certificate: Certificate): void {
  world.watch.removed(from, certificate.sha256);
  certificate.status = 'pending_deletion';
  certificate.updatedAt = world.now;
  enter(world, zone, certificate, [{ at: world.now + world.rules.delays.delete, status: 'deleted' }]);
}

/** A certificate as both stores show it; the keys are those that were recorded from the real API. */
export function certificateRow(certificate: Certificate): object {
  const bundle = bundleOf(certificate);
  return {
    id: certificate.id,
    certificate: certificate.pem,
    expires_on: timeText(bundle.expiresAt),
    issuer: bundle.issuer,
    serial_number: bundle.serialNumber,
    signature: bundle.signature,
    status: certificate.status,
    uploaded_on: timeText(certificate.uploadedAt),
  };
}

export function bundleOf(certificate: Certificate): Bundle {
  const bundle = readBundle(certificate.pem);
  if (bundle === null) throw invalid('certificateUnparsable', 'The state holds a certificate that is none');
  return bundle;
}

const holds = (alive: readonly Certificate[], sha256: string): boolean =>
  alive.some((certificate) => certificate.sha256 === sha256 && certificate.status !== 'pending_deletion');
