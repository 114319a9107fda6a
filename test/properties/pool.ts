import { type TestCertificate, testCertificate } from '../support/certificates.ts';

/** Every certificate that a random world may hold or want, by label; those that begin with `ca` are CAs. */
export const LEAVES = Array.from({ length: 13 }, (_, place) => `leaf-${place}`);
export const CAS = Array.from({ length: 5 }, (_, place) => `ca-${place}`);

export type Pool = ReadonlyMap<string, TestCertificate>;

export async function makePool(): Promise<Pool> {
  const made = await Promise.all(
    [...LEAVES, ...CAS].map(async (label) => {
      const notAfter = label === EXPIRED ? { notAfter: new Date('2026-05-01T00:00:00Z') } : {};
      return [label, await testCertificate(label, { ca: label.startsWith('ca'), ...notAfter })] as const;
    }),
  );
  return new Map(made);
}

/** One of them is past its date when the tests begin. */
const EXPIRED = 'leaf-12';
