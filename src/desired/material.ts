import { resolve } from 'node:path';
import type { KeyReference, Material } from '../model/document.ts';
import { asMapping, asText, entriesOf, onlyEntry } from './data.ts';
import { type DesiredDoor, whyUnreadable } from './door.ts';
import type { Faults } from './faults.ts';
import { readBundle, readPem, unescapeLines, whyNoBlock } from './pem.ts';
import { looksLikeMaterial, quote } from './redact.ts';
import type { Path } from './tree.ts';
import { INLINE_KEY } from './words.ts';

/** Every label with the certificate behind it; one whose certificate is faulty is left out. Follows no private key. */
export function readMaterials(certificates: unknown, door: DesiredDoor, faults: Faults): Map<string, Material> {
  const materials = new Map<string, Material>();
  for (const [label, entry] of entriesOf(certificates)) {
    const material = readMaterial(label, asMapping(entry) ?? {}, door, faults);
    if (material !== null) materials.set(label, material);
  }
  return materials;
}

/** `sha256:` or `md5:` and small digits, from any of the forms in which people hold a fingerprint. Null: none of them. */
export function parseFingerprint(text: string): string | null {
  const [, algorithm, written] = /^(md5|sha-?256)(?: fingerprint)?[:=]([0-9a-f:]+)$/i.exec(text) ?? [];
  if (algorithm === undefined || written === undefined) return null;
  const digits = written.replaceAll(':', '').toLowerCase();
  const name = algorithm.toLowerCase().replace('-', '');
  return digits.length === (name === 'md5' ? 32 : 64) ? `${name}:${digits}` : null;
}

function readMaterial(
  label: string,
  entry: Readonly<Record<string, unknown>>,
  door: DesiredDoor,
  faults: Faults,
): Material | null {
  const path = ['certificates', label];
  const at = faults.locate(path, 'key');
  // First, since its faults are its own, whatever the certificate is.
  const privateKey = keyReference(entry.private_key, [...path, 'private_key'], faults);
  if (entry.certificate !== undefined && entry.fingerprint !== undefined) return null;
  const fingerprint = parseFingerprint(asText(entry.fingerprint) ?? '');
  if (fingerprint !== null) {
    if (entry.private_key !== undefined) {
      const advice = 'A certificate known only by its fingerprint is never uploaded: leave the key out.';
      faults.add({
        path: [...path, 'private_key'],
        on: 'key',
        message: '`private_key` stands beside `fingerprint`.',
        advice,
      });
    }
    const md5s = fingerprint.startsWith('md5:') ? [fingerprint] : [];
    return { label, at, fingerprint, md5s, chain: md5s.length > 0 ? [] : [fingerprint] };
  }
  const text = readReference(entry.certificate, [...path, 'certificate'], door, faults);
  if (text === null) return null;
  const bundle = parseBundle(text.text, text.path, faults);
  const [first] = bundle?.chain ?? [];
  if (bundle === null || first === undefined) return null;
  const { facts: certificate, chain, md5s } = bundle;
  return { label, at, fingerprint: first, md5s, chain, certificate, ...(privateKey ? { privateKey } : {}) };
}

/** The text behind `certificate:`, with the path to blame for it. */
function readReference(reference: unknown, path: Path, door: DesiredDoor, faults: Faults): Text | null {
  const [kind, value] = onlyEntry(reference) ?? [];
  if (kind === undefined || typeof value !== 'string' || value === '') return null;
  const here = [...path, kind];
  if (kind === 'pem') return { text: value, path: here };
  if (kind === 'file') {
    try {
      return { text: door.readFile(resolve(faults.folderOf(here), value)).toString('utf8'), path: here };
    } catch (error) {
      const advice = 'The path is relative to the YAML file in which it stands.';
      faults.add({ path: here, message: `The certificate file ${quote(value)} ${whyUnreadable(error)}.`, advice });
    }
  }
  if (kind !== 'env' || !VARIABLE.test(value) || refusesVariable(value, here, faults)) return null;
  const held = door.env[value];
  if (held !== undefined && held.trim() !== '') return { text: unescapeLines(held), path: here };
  const state = held === undefined ? 'not set' : 'blank';
  const advice = 'Set it to the PEM of the certificate, or name a file.';
  faults.add({ path: here, message: `The environment variable ${quote(value)} is ${state}.`, advice });
  return null;
}

interface Text {
  readonly text: string;
  readonly path: Path;
}

function parseBundle(text: string, path: Path, faults: Faults): ReturnType<typeof readBundle> | null {
  const { blocks, beside } = readPem(text);
  const fault = (message: string, advice: string): null => {
    faults.add({ path, message, advice });
    return null;
  };
  const foreign = blocks.find(({ type }) => type !== 'CERTIFICATE')?.type;
  if (foreign?.endsWith('PRIVATE KEY')) {
    return fault(
      'A private key stands beside the certificate.',
      'Move it out of here and name it under `private_key`.',
    );
  }
  if (foreign !== undefined) {
    return fault(`A ${foreign} block stands where only CERTIFICATE blocks may.`, 'Take it out.');
  }
  if (blocks.length === 0) {
    const why = whyNoBlock(text);
    if (why !== null) return fault(`This PEM ${why[0]}.`, why[1]);
    const what = text.startsWith('0\u0082') || text.startsWith('0\ufffd') ? 'DER, not PEM' : 'no PEM certificate';
    return fault(
      `This holds ${what}.`,
      'A PEM starts with a BEGIN CERTIFICATE line; `openssl x509 -inform der` converts DER.',
    );
  }
  if (beside) {
    return fault(
      'Other text stands beside the CERTIFICATE blocks.',
      looksLikeMaterial(text.slice(text.lastIndexOf('-----END'))) && !/-----END CERTIFICATE-----\s*$/.test(text)
        ? 'Keep the CERTIFICATE blocks alone; a block may be cut off.'
        : 'Keep the CERTIFICATE blocks alone.',
    );
  }
  try {
    return readBundle(blocks);
  } catch {
    return fault(
      'A CERTIFICATE block cannot be read.',
      'Look at it with `openssl x509 -text`; it may be cut or damaged.',
    );
  }
}

function keyReference(reference: unknown, path: Path, faults: Faults): KeyReference | null {
  const [kind, value] = onlyEntry(reference) ?? [];
  if (kind === undefined) return null;
  const at = faults.locate([...path, kind], 'value');
  if (kind === 'file' && looksLikeMaterial(String(value))) {
    faults.add({ path: [...path, kind], ...INLINE_KEY });
    return null;
  }
  if (kind === 'file' && asText(value))
    return { from: 'file', file: resolve(faults.folderOf(path), String(value)), at };
  if (kind === 'env' && typeof value === 'string' && VARIABLE.test(value)) {
    return refusesVariable(value, [...path, kind], faults) ? null : { from: 'env', env: value, at };
  }
  const isCommand = kind === 'exec' && Array.isArray(value) && value.every((part) => typeof part === 'string');
  return isCommand && value.length > 0 ? { from: 'exec', exec: value, at } : null;
}

function refusesVariable(name: string, path: Path, faults: Faults): boolean {
  if (!/^CLOUDFLARE_/i.test(name)) return false;
  const advice = 'Those hold the credentials of the API. Give the material a variable of its own.';
  faults.add({ path, message: '`CLOUDFLARE_*` variables cannot be referenced.', advice });
  return true;
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
