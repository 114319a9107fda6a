/** The name of a certificate's signature as the API writes it (`SHA256-RSA`), which Node can't tell. */
export function signatureName(der: Uint8Array): string {
  const certificate = element(der, 0);
  const signed = element(der, certificate.start);
  const algorithm = element(der, signed.end);
  const oid = element(der, algorithm.start);
  const digits = Buffer.from(der.subarray(oid.start, oid.end)).toString('hex');
  return SIGNATURES[digits] ?? 'unknown';
}

function element(der: Uint8Array, at: number): { readonly start: number; readonly end: number } {
  const first = der[at + 1] ?? 0;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const size = first & 0x7f;
  let length = 0;
  for (let index = 0; index < size; index += 1) length = length * 256 + (der[at + 2 + index] ?? 0);
  return { start: at + 2 + size, end: at + 2 + size + length };
}

const SIGNATURES: Readonly<Record<string, string>> = {
  '2a864886f70d010104': 'MD5-RSA',
  '2a864886f70d010105': 'SHA1-RSA',
  '2a864886f70d01010a': 'RSAPSS',
  '2a864886f70d01010b': 'SHA256-RSA',
  '2a864886f70d01010c': 'SHA384-RSA',
  '2a864886f70d01010d': 'SHA512-RSA',
  '2a8648ce3d0401': 'ECDSA-SHA1',
  '2a8648ce3d040302': 'ECDSA-SHA256',
  '2a8648ce3d040303': 'ECDSA-SHA384',
  '2a8648ce3d040304': 'ECDSA-SHA512',
  '2b6570': 'Ed25519',
};
