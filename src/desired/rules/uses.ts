import type { ScopeDetail, Use } from '../desk.ts';
import type { Finding } from '../faults.ts';
import { quote } from '../redact.ts';
import type { ScopeRule } from './rule.ts';

/** Origin pulls take leaves, Access takes CAs, and each knows certificates by its own fingerprint. */
export const rightKind: ScopeRule = {
  name: 'right-kind',
  judge: ({ uses }) => uses.flatMap(judgeUse),
};

/** What is kept for a rollback stands beside a certificate that is presented. */
export const keep: ScopeRule = {
  name: 'keep',
  judge: (scope): Finding[] => {
    const { keep: kept, certificate } = scope.want.originPulls;
    const path = [...scope.path, 'authenticated_origin_pulls', 'keep'];
    const uses = scope.uses.filter(({ role }) => role === 'keep');
    const presented = scope.uses.find(({ role }) => role === 'presented');
    if (kept !== undefined && presented === undefined) {
      const why = certificate === 'none' ? 'but `certificate` is `none`' : 'without `certificate`';
      const message = `\`keep\` stands here, ${why}.`;
      return [{ path, on: 'key', message, advice: 'Say which certificate is presented, or take `keep` out.' }];
    }
    return uses
      .filter(({ label }) => label === presented?.label)
      .map(({ path: at, label }) => ({
        path: at,
        message: `${quote(label)} is the presented certificate, so it cannot be kept beside it.`,
        advice: 'Take it out of `keep`.',
      }));
  },
};

/** Ten hostname certificates fit in a zone. */
export const hostnameCertificates: ScopeRule = {
  name: 'hostname-certificate-quota',
  judge: (scope): Finding[] => {
    const labels = new Set(scope.uses.filter(({ role }) => role === 'hostname' || role === 'staged').map(labelOf));
    if (labels.size <= 10) return [];
    const message = `${quote(scope.want.name)} needs ${labels.size} hostname certificates, and 10 fit in a zone.`;
    const advice = 'Let several hostnames share a certificate; up to 100 can.';
    return [{ path: [...scope.path, 'authenticated_origin_pulls'], on: 'key', message, advice }];
  },
};

/** A hundred hostnames fit on a certificate. */
export const hostnamesPerCertificate: ScopeRule = {
  name: 'hostnames-per-certificate',
  judge: (scope) =>
    [...countBy(scope.uses.filter(({ role }) => role === 'hostname').map(labelOf))]
      .filter(([, count]) => count > 100)
      .map(([label, count]) => ({
        path: [...scope.path, 'authenticated_origin_pulls', 'hostnames'],
        on: 'key',
        message: `${count} hostnames of ${quote(scope.want.name)} use the certificate ${quote(label)}, and 100 can.`,
        advice: 'Give some of them another certificate.',
      })),
};

/** Under one name there may be several CAs, but not one of them twice, nor none of them too. */
export const accessNames: ScopeRule = {
  name: 'access-names',
  judge: judgeNames,
};

function judgeUse({ role, label, material, path }: Use): Finding[] {
  if (material === undefined) return [];
  const name = quote(label);
  const { certificate, fingerprint } = material;
  if (role === 'access') {
    if (certificate === undefined && !fingerprint.startsWith('md5:')) {
      const message = `${name} is known by its SHA-256 only, and Access tells certificates by MD5.`;
      return [{ path, message, advice: 'Write `fingerprint: "MD5:…"`, or give the certificate itself.' }];
    }
    if (certificate === undefined || certificate.isCa) return [];
    const message = `${name} is no CA, and Access takes only CAs: the one that issues the certificates of clients.`;
    return [{ path, message, advice: 'Name the issuing CA here, whose basic constraints say `CA:TRUE`.' }];
  }
  if (certificate === undefined && fingerprint.startsWith('md5:')) {
    const message = `${name} is known by its MD5 only, and origin pulls tell certificates by SHA-256.`;
    return [{ path, message, advice: 'Write `fingerprint: "SHA256:…"`, or give the certificate itself.' }];
  }
  if (certificate === undefined || !certificate.isCa) return [];
  const message = `${name} is a CA, and origin pulls take only leaf certificates.`;
  const advice =
    'Put the leaf first in a chain. `openssl req -x509` without extensions makes a CA: add `-addext basicConstraints=critical,CA:FALSE`.';
  return [{ path, message, advice }];
}

function judgeNames(scope: ScopeDetail): Finding[] {
  const path = [...scope.path, 'access', 'certificates'];
  const entries = scope.want.access.certificates ?? [];
  const first = new Map<string, string>();
  const absent = new Set(entries.filter(({ certificate }) => certificate === 'none').map(({ name }) => name));
  return entries.flatMap(({ key, name, certificate }): Finding[] => {
    if (certificate === 'none') return [];
    const here = { path: [...path, key], on: 'key' } as const;
    const id = `${certificate.fingerprint} ${name}`;
    const other = first.get(id);
    first.set(id, other ?? key);
    if (other !== undefined) {
      const message = `Two entries have the name ${quote(name)} and the same certificate.`;
      return [{ ...here, also: [...path, other], message, advice: 'Keep one of them, with the hostnames of both.' }];
    }
    if (!absent.has(name)) return [];
    const message = `The name ${quote(name)} has both a certificate and the word \`none\`.`;
    return [{ ...here, also: [...path, name], message, advice: 'Keep one of the two entries.' }];
  });
}

function countBy(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const labelOf = ({ label }: Use): string => label;
