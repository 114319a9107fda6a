import type { KeyObject } from 'node:crypto';

/** `RSA 2048`, `EC prime256v1`, `ED25519` … */
export function keyTypeOf(key: () => KeyObject): string {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key();
    if (type === 'rsa') return `RSA ${details?.modulusLength ?? '?'}`;
    return type === 'ec' ? `EC ${details?.namedCurve ?? '?'}` : (type ?? 'unknown').toUpperCase();
  } catch {
    return 'unknown';
  }
}

/** Whether Cloudflare takes keys of this type. */
export function isSupportedKeyType(keyType: string): boolean {
  return keyType.startsWith('RSA ') || ['EC prime256v1', 'EC secp384r1', 'EC secp521r1'].includes(keyType);
}
