import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { testCertificate } from './certificates.ts';

for (const keyType of ['P-256', 'P-384', 'P-521', 'RSA', 'Ed25519'] as const) {
  it(`makes a ${keyType} certificate that node reads, with its own key`, async () => {
    const made = await testCertificate('leaf', { keyType });
    const read = new X509Certificate(made.certificate);
    expect(read.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(made.sha256.slice(7));
    expect(read.ca).toBe(false);
  });
}
