import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { signatureName } from './der.ts';

/** What the API can tell of a PEM bundle. */
export interface Bundle {
  /** CERTIFICATE blocks alone, each ending in a newline, as the API gives them back. */
  readonly pem: string;
  /** Of the first certificate: `sha256:` and 64 digits. */
  readonly sha256: string;
  /** Of all certificates in order. */
  readonly chain: string;
  /** Of the first certificate: `MD5 Fingerprint=1E:80:…`. */
  readonly fingerprint: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly signature: string;
  readonly expiresAt: number;
  readonly isCa: boolean;
  readonly allCa: boolean;
  readonly keyType: string;
  readonly first: X509Certificate;
}

/** Reads a bundle, or null where it is none: anything but CERTIFICATE blocks makes it none. */
export function readBundle(text: string): Bundle | null {
  const known = bundles.get(text);
  if (known !== undefined) return known;
  if (bundles.size >= MOST_BUNDLES) bundles.clear();
  const bundle = parse(text);
  bundles.set(text, bundle);
  return bundle;
}

/** Whether this is an unencrypted private key of the bundle's first certificate. The key is looked at and let go. */
export function keyFits(bundle: Bundle, key: string): boolean {
  try {
    return bundle.first.checkPrivateKey(createPrivateKey({ key, format: 'pem' }));
  } catch {
    return false;
  }
}

const MOST_BUNDLES = 10_000;
const bundles = new Map<string, Bundle | null>();

function parse(text: string): Bundle | null {
  const blocks = [...text.matchAll(BLOCK)];
  if (blocks.some(([, label]) => label !== 'CERTIFICATE')) return null;
  try {
    const certificates = blocks.map(([block]) => new X509Certificate(block));
    const first = certificates[0];
    if (first === undefined) return null;
    return {
      pem: blocks.map(([block]) => `${block.replaceAll('\r\n', '\n')}\n`).join(''),
      sha256: `sha256:${digest('sha256', [first.raw])}`,
      chain: `sha256:${digest(
        'sha256',
        certificates.map(({ raw }) => raw),
      )}`,
      fingerprint: `MD5 Fingerprint=${digest('md5', [first.raw])
        .toUpperCase()
        .replace(/..(?=.)/g, '$&:')}`,
      issuer: (first.issuer ?? '').split('\n').reverse().join(','),
      serialNumber: BigInt(`0x${first.serialNumber}`).toString(),
      signature: signatureName(first.raw),
      expiresAt: Date.parse(first.validTo),
      isCa: first.ca,
      allCa: certificates.every(({ ca }) => ca),
      keyType: first.publicKey.asymmetricKeyType ?? 'unknown',
      first,
    };
  } catch {
    return null;
  }
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g;

function digest(algorithm: string, parts: readonly Uint8Array[]): string {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
