import { createHash, X509Certificate } from 'node:crypto';

/** What a PEM says of its first certificate. */
export interface ParsedCertificate {
  /** `sha256:` and 64 digits of the DER: the identity. */
  readonly fingerprint: string;
  readonly md5: string;
  /** `CN=edge, O=Example` */
  readonly subject: string;
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Reads the first certificate of a PEM; null where there is none. Each text is parsed once in a process. */
export function parseCertificate(pem: string): ParsedCertificate | null {
  const known = parsed.get(pem);
  if (known !== undefined) return known;
  const made = parse(pem);
  parsed.set(pem, made);
  return made;
}

const parsed = new Map<string, ParsedCertificate | null>();

function parse(pem: string): ParsedCertificate | null {
  try {
    const x509 = new X509Certificate(pem);
    return {
      fingerprint: `sha256:${digest('sha256', x509.raw)}`,
      md5: `md5:${digest('md5', x509.raw)}`,
      subject: oneLine(x509.subject),
      issuer: oneLine(x509.issuer),
      notBefore: Date.parse(x509.validFrom),
      notAfter: Date.parse(x509.validTo),
    };
  } catch {
    return null;
  }
}

const digest = (algorithm: string, der: Buffer): string => createHash(algorithm).update(der).digest('hex');
const oneLine = (name: string | undefined): string => (name ?? '').split('\n').filter(Boolean).join(', ');

/** The fingerprint of an Access certificate, `MD5 Fingerprint=AA:BB…` or bare digits, as `md5:` and 32 digits. */
export function md5OfAccess(fingerprint: string): string {
  return `md5:${fingerprint.replace(/^.*=/, '').replaceAll(':', '').trim().toLowerCase()}`;
}
