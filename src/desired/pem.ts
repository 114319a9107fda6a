import { createHash, X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../model/document.ts';
import { keyTypeOf } from '../model/key-type.ts';

export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`, `EC PRIVATE KEY` … */
  readonly type: string;
  readonly text: string;
}

/** The blocks of a PEM text in order, and whether anything but white space stands around them. */
export function readPem(text: string): { readonly blocks: readonly PemBlock[]; readonly beside: boolean } {
  const blocks: PemBlock[] = [];
  const around = text.replace(BLOCK, (whole: string, type: string) => {
    blocks.push({ type, text: `${whole.replace(/\r/g, '').replace(/^[ \t]+/gm, '')}\n` });
    return '';
  });
  return { blocks, beside: around.replace(/^\uFEFF/, '').trim() !== '' };
}

/** Why a text without a whole block is no PEM though it looks like one, as the end of a sentence, and what to do. */
export function whyNoBlock(text: string): readonly [string, string] | null {
  if (text.includes(UTF16)) return ['is in UTF-16', 'Save it as UTF-8; in Windows PowerShell `>` writes UTF-16.'];
  if (/-----BEGIN [A-Z0-9 ]{1,40}-----/.test(text)) {
    return ['has a BEGIN line and no END line that belongs to it', 'It may be cut off: fetch it again, whole.'];
  }
  return null;
}

/** PEM from a variable, where pipelines often write line ends as `\n`. */
export function unescapeLines(text: string): string {
  return text.includes('\n') ? text : text.replaceAll('\\r', '').replaceAll('\\n', '\n');
}

/** What a bundle says of itself, the first certificate being the one that counts. Throws where a block is no certificate. */
export function readBundle(blocks: readonly PemBlock[]): {
  readonly facts: CertificateFacts;
  readonly chain: readonly string[];
  readonly md5s: readonly string[];
} {
  const certificates = blocks.map((block) => new X509Certificate(block.text));
  const [first] = certificates;
  if (first === undefined) throw new Error('no certificate');
  const [notBefore, notAfter] = [Date.parse(first.validFrom), Date.parse(first.validTo)];
  if (Number.isNaN(notBefore) || Number.isNaN(notAfter)) throw new Error('no dates');
  return {
    facts: {
      pem: certificates.map((certificate) => `${certificate.toString().trimEnd()}\n`).join(''),
      subject: oneLine(first.subject),
      issuer: oneLine(first.issuer),
      notBefore,
      notAfter,
      isCa: first.ca,
      keyType: keyTypeOf(() => first.publicKey),
    },
    chain: certificates.map((certificate) => fingerprint('sha256', certificate)),
    md5s: certificates.map((certificate) => fingerprint('md5', certificate)),
  };
}

/** `ED25519` as it is usually written. */
export function keyTypeName(keyType: string): string {
  return keyType.replace(/^(ED|X)(25519|448)$/, (_, family: string, size: string) =>
    family === 'ED' ? `Ed${size}` : `X${size}`,
  );
}

function fingerprint(algorithm: 'sha256' | 'md5', certificate: X509Certificate): string {
  return `${algorithm}:${createHash(algorithm).update(certificate.raw).digest('hex')}`;
}

function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----[\s\S]*?-----END \1-----/g;
/** How a PEM of two bytes a letter begins, whichever of them comes first. */
const UTF16 = [...'-----BEGIN'].join('\0');
