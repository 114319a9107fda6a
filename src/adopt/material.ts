import { X509Certificate } from 'node:crypto';
import { parseCertificate } from '../model/certificate.ts';
import { isSupportedKeyType, keyTypeOf } from '../model/key-type.ts';
import type { AccessCertificateRow, CertificateRow } from '../model/live.ts';
import type { FoundCertificate } from './found.ts';

/** What the files need of an origin-pull certificate; null where the API sends nothing that can be read. */
export function certificateIn({ certificate }: CertificateRow): FoundCertificate | null {
  const parsed = parseCertificate(certificate);
  if (parsed === null) return null;
  const { fingerprint, subject, issuer, notAfter } = parsed;
  const pem = bundleIn(certificate);
  return {
    fingerprint,
    name: commonName(subject),
    facts: `${subject || 'no subject'}; issued by ${issuer || 'nobody'}; expires ${day(notAfter)}`,
    ...(pem === null ? {} : { pem }),
  };
}

/** What the files need of a CA, known by the fingerprint that its API gives. */
export function authorityIn({ name, expires_on }: AccessCertificateRow, md5: string): FoundCertificate {
  const expires = Date.parse(expires_on ?? '');
  const facts = `The Access CA ${JSON.stringify(name)}${Number.isNaN(expires) ? '' : `; expires ${day(expires)}`}`;
  return { fingerprint: md5, name, facts };
}

/** One certificate of two that stand for the same: the one with the longer chain, whatever was read first. */
export function better(one: FoundCertificate, other: FoundCertificate): FoundCertificate {
  const [a, b] = [one.pem ?? '', other.pem ?? ''];
  if (a.length !== b.length) return a.length > b.length ? one : other;
  return `${a}${one.name}${one.facts}` <= `${b}${other.name}${other.facts}` ? one : other;
}

/** The CERTIFICATE blocks alone; null where the files could not hold it: a CA, a key type that uploads refuse, a bad block. */
function bundleIn(text: string): string | null {
  try {
    const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
    const chain = blocks.map((block) => new X509Certificate(block));
    const [leaf] = chain;
    if (leaf === undefined || leaf.ca || !isSupportedKeyType(keyTypeOf(() => leaf.publicKey))) return null;
    return chain.map((certificate) => `${certificate.toString().trimEnd()}\n`).join('');
  } catch {
    return null;
  }
}

const commonName = (subject: string): string =>
  /(?:^|, )CN=(.*?)(?=, [A-Za-z0-9.]+=|$)/.exec(subject)?.[1] ?? /=(.*?)(?:,|$)/.exec(subject)?.[1] ?? '';

const day = (time: number): string => (Number.isNaN(time) ? 'unknown' : new Date(time).toISOString().slice(0, 10));
