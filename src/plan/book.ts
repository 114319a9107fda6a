import { md5OfAccess, parseCertificate } from '../model/certificate.ts';
import type { Material } from '../model/document.ts';
import type { ScopeLive } from '../model/live.ts';
import type { PlanCertificate } from '../model/plan.ts';

/** What is known of every certificate that a scope speaks of, from the file and from what is live. */
export interface CertificateBook {
  entry(fingerprint: string): PlanCertificate | undefined;
  /** Milliseconds since 1970. */
  validity(fingerprint: string): { readonly notBefore: number; readonly notAfter: number } | undefined;
}

export function bookOf(materials: ReadonlyMap<string, Material>, live: ScopeLive): CertificateBook {
  const rows = new Map(
    [...(live.lists.zone_certificates ?? []), ...(live.lists.hostname_certificates ?? [])].flatMap(
      ({ certificate }) => {
        const parsed = parseCertificate(certificate);
        return parsed === null ? [] : [[parsed.fingerprint, parsed] as const];
      },
    ),
  );
  const access = new Map((live.lists.access_certificates ?? []).map((row) => [md5OfAccess(row.fingerprint), row]));
  return {
    entry(fingerprint) {
      const material = materials.get(fingerprint);
      const facts = material?.certificate ?? rows.get(fingerprint);
      const row = access.get(fingerprint);
      if (facts === undefined && row === undefined) return undefined;
      return {
        label: material?.label ?? null,
        subject: facts?.subject ?? row?.name ?? '',
        not_after: facts ? new Date(facts.notAfter).toISOString() : (row?.expires_on ?? null),
        key: fingerprint.startsWith('md5:') ? material?.certificate !== undefined : material?.privateKey !== undefined,
      };
    },
    validity(fingerprint) {
      return materials.get(fingerprint)?.certificate ?? rows.get(fingerprint);
    },
  };
}
