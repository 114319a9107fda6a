import { normalizeHostname } from '../model/hostname.ts';
import { followHostnames, startSettling } from './access-settling.ts';
import type { Answer } from './answer.ts';
import { invalid, optional, required } from './body.ts';
import { type Call, param } from './call.ts';
import { pageOf } from './pages.ts';
import { type Bundle, readBundle } from './pem.ts';
import type { AccessPlace } from './places.ts';
import { Refusal } from './refusal.ts';
import { type AccessCertificate, timeText } from './world.ts';

/** The list of an account has pages; the list of a zone ignores `page` and has no `result_info`. */
export function listAccessCertificates(place: AccessPlace, { query }: Call): Answer {
  const rows = [...place.store.values()].map(row);
  if (place.zone !== null) return { result: rows };
  const page = pageOf(rows, query, { perPage: 50, most: 1000, reason: 'accessInvalid' });
  return { result: page.rows, info: page.info };
}

export const getAccessCertificate = (place: AccessPlace, call: Call): Answer => ({ result: row(find(place, call)) });

export function createAccessCertificate(place: AccessPlace, { world, body }: Call): Answer {
  const name = nameOf(required(body, 'name', 'string', 'accessInvalid'));
  const bundle = readCa(required(body, 'certificate', 'string', 'accessInvalid'));
  const hostnames = hostnamesOf(optional(body, 'associated_hostnames', 'strings', 'accessInvalid') ?? []);
  const { limits, features } = world.rules;
  if (place.store.size >= limits.accessCertificates) throw new Refusal('accessQuota');
  const others = [...place.store.values()];
  const isThere = others.some(({ chain }) => chain === bundle.chain);
  if (features.accessDuplicates === 'refused' && isThere) throw new Refusal('accessDuplicate');
  if (features.accessOverlap === 'refused') checkOverlap(others, hostnames);
  const isTwice = others.some(({ sha256 }) => sha256 === bundle.sha256);
  world.watch.uploaded(place.store, place.label, bundle.sha256, isTwice, world.now);

  const certificate: AccessCertificate = {
    id: world.uuid(),
    name,
    hostnames,
    pending: null,
    sha256: bundle.sha256,
    chain: bundle.chain,
    fingerprint: bundle.fingerprint,
    expiresAt: bundle.expiresAt,
    createdAt: world.now,
    updatedAt: world.now,
  };
  place.store.set(certificate.id, certificate);
  world.dirty.stores.set(place.store, place.label);
  return { status: 201, result: row(certificate) };
}

/** Changes name and hostnames. The hostnames read as before until they have settled; `{}` clears them. */
export function putAccessCertificate(place: AccessPlace, { world, body, ...call }: Call): Answer {
  const certificate = find(place, { world, body, ...call });
  const isEmpty = Object.keys(body).length === 0;
  const given = isEmpty ? [] : required(body, 'associated_hostnames', 'strings', 'accessInvalid');
  const name = optional(body, 'name', 'string', 'accessInvalid');
  const hostnames = hostnamesOf(given);
  const newName = name === undefined ? certificate.name : nameOf(name);
  if (world.now < place.account.settlingUntil) throw new Refusal('accessStillUpdating');
  if (world.rules.features.accessOverlap === 'refused') {
    checkOverlap(
      [...place.store.values()].filter((other) => other !== certificate),
      hostnames,
    );
  }
  certificate.name = newName;
  certificate.updatedAt = world.now;
  if (hostnames.join() === certificate.hostnames.join()) return { result: row(certificate) };
  certificate.pending = { at: startSettling(world, place.account), hostnames };
  followHostnames(world, place.store, place.label, certificate);
  return { result: row({ ...certificate, hostnames }) };
}

export function deleteAccessCertificate(place: AccessPlace, call: Call): Answer {
  const { world } = call;
  const certificate = find(place, call);
  if (certificate.hostnames.length > 0 || certificate.pending !== null) throw new Refusal('accessHasAssociations');
  place.store.delete(certificate.id);
  world.watch.removed(place.store, certificate.sha256);
  world.dirty.stores.set(place.store, place.label);
  return { result: { id: certificate.id } };
}

const LONGEST_NAME = 350;

function find(place: AccessPlace, call: Call): AccessCertificate {
  const certificate = place.store.get(param(call, 'certificate'));
  if (certificate === undefined) throw new Refusal('accessNotFound');
  return certificate;
}

function nameOf(name: string): string {
  if (name === '' || name.length > LONGEST_NAME) {
    throw invalid('accessInvalid', `name must have 1 to ${LONGEST_NAME} characters`);
  }
  return name;
}

function readCa(text: string): Bundle {
  const bundle = readBundle(text);
  if (bundle === null) throw invalid('accessInvalid', 'certificate can not be parsed');
  if (!bundle.allCa) throw invalid('accessInvalid', 'certificate must be a CA (basicConstraints CA:TRUE)');
  if (!/^(SHA\d+-RSA|ECDSA-SHA\d+)$/.test(bundle.signature)) {
    throw invalid('accessInvalid', 'certificate has a signature algorithm that is not supported');
  }
  return bundle;
}

function hostnamesOf(given: readonly string[]): readonly string[] {
  const names = given.map((text) => {
    const hostname = normalizeHostname(text);
    if (hostname === null) throw invalid('accessInvalid', 'associated_hostnames must be hostnames');
    return hostname;
  });
  return [...new Set(names)];
}

function checkOverlap(others: readonly AccessCertificate[], hostnames: readonly string[]): void {
  const taken = new Set(others.flatMap((other) => other.pending?.hostnames ?? other.hostnames));
  const twice = hostnames.find((hostname) => taken.has(hostname));
  if (twice !== undefined) throw invalid('accessInvalid', `${twice} is associated with another certificate`);
}

const row = (certificate: AccessCertificate): object => ({
  id: certificate.id,
  name: certificate.name,
  associated_hostnames: certificate.hostnames,
  fingerprint: certificate.fingerprint,
  expires_on: timeText(certificate.expiresAt),
  created_at: timeText(certificate.createdAt),
  updated_at: timeText(certificate.updatedAt),
});
