import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isSupportedKeyType, keyTypeOf } from '../model/key-type.ts';
import { keyTypeName, readPem, whyNoBlock } from './pem.ts';

/** What is wrong with a key, as the end of a sentence that begins with "The private key of `label`". */
export class KeyFault extends Error {
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

/** The key of a certificate as PKCS#8 PEM. Throws KeyFault where the text is anything but the one key that fits. */
export function readKey(text: string, certificate: string): string {
  const { blocks, beside } = readPem(text);
  const types = blocks.map(({ type }) => type).filter((type) => type !== 'EC PARAMETERS');
  const keys = blocks.filter(({ type }) => type.endsWith('PRIVATE KEY'));
  const [block] = keys;
  if (types.some((type) => !type.endsWith('PRIVATE KEY'))) {
    throw new KeyFault('comes with other PEM blocks', 'Keep the key alone; certificates belong under `certificate`.');
  }
  if (block === undefined) {
    const why = whyNoBlock(text) ?? ['is no PEM private key', 'It must begin with a BEGIN PRIVATE KEY line.'];
    throw new KeyFault(...why);
  }
  if (keys.length > 1) throw new KeyFault(`comes as ${keys.length} keys`, 'Keep the one that fits the certificate.');
  if (beside) throw new KeyFault('comes with other text beside it', 'Keep the key alone.');
  if (block.type.startsWith('ENCRYPTED') || /^Proc-Type:.*ENCRYPTED/m.test(block.text)) throw encrypted();
  if (block.type.startsWith('OPENSSH')) {
    throw new KeyFault('is in the format of OpenSSH', 'Convert it: `ssh-keygen -p -m PKCS8 -f KEYFILE`.');
  }
  const key = parseKey(block.text);
  const type = keyTypeOf(() => key);
  if (!isSupportedKeyType(type)) {
    const advice = 'Use RSA, or ECDSA with P-256, P-384 or P-521.';
    throw new KeyFault(`is of type ${keyTypeName(type)}, which Cloudflare does not take`, advice);
  }
  if (!new X509Certificate(certificate).checkPrivateKey(key)) {
    throw new KeyFault(
      'does not fit its certificate',
      'Compare the public keys: `openssl x509 -pubkey` and `openssl pkey -pubout`.',
    );
  }
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function parseKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (/INTERRUPTED_OR_CANCELLED|PASSPHRASE|BAD_DECRYPT/.test(code)) throw encrypted();
    throw new KeyFault('cannot be read', 'Look at it with `openssl pkey`; it may be cut or damaged.');
  }
}

function encrypted(): KeyFault {
  return new KeyFault('is encrypted', 'Decrypt it where it is kept, or let `exec` do it: `openssl pkey -in KEYFILE`.');
}
