import 'reflect-metadata';
import { createHash, createPrivateKey, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface TestCertificate {
  /** PEM, ending in a newline. */
  readonly certificate: string;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  /** `sha256:` and 64 digits. */
  readonly sha256: string;
  /** `md5:` and 32 digits. */
  readonly md5: string;
}

export interface TestCertificateOptions {
  readonly ca?: boolean;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly keyType?: 'P-256' | 'P-384' | 'P-521' | 'RSA' | 'Ed25519';
}

/** Makes a self-signed certificate with its key; the same name and options give the same one within a test process. */
export function testCertificate(name: string, options: TestCertificateOptions = {}): Promise<TestCertificate> {
  const key = JSON.stringify([name, options]);
  const made = cache.get(key) ?? make(name, options);
  cache.set(key, made);
  return made;
}

const cache = new Map<string, Promise<TestCertificate>>();

async function make(name: string, options: TestCertificateOptions): Promise<TestCertificate> {
  const algorithm = ALGORITHMS[options.keyType ?? 'P-256'];
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: createHash('sha256')
      .update(name)
      .digest('hex')
      .slice(0, 16)
      .replace(/^[89a-f]/, '1'),
    name: `CN=${name}, O=Example`,
    notBefore: options.notBefore ?? new Date('2026-01-01T00:00:00Z'),
    notAfter: options.notAfter ?? new Date('2036-01-01T00:00:00Z'),
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(options.ca ?? false, undefined, true)],
  });
  const der = Buffer.from(certificate.rawData);
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    certificate: `${certificate.toString('pem')}\n`,
    privateKey: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
      .export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    sha256: `sha256:${createHash('sha256').update(der).digest('hex')}`,
    md5: `md5:${createHash('md5').update(der).digest('hex')}`,
  };
}

const ALGORITHMS = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  'P-521': { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
  RSA: { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
  Ed25519: { name: 'Ed25519' },
};
