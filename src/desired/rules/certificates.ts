import type { Material } from '../../model/document.ts';
import { isSupportedKeyType } from '../../model/key-type.ts';
import type { Finding } from '../faults.ts';
import { keyTypeName } from '../pem.ts';
import { quote } from '../redact.ts';
import type { Context, Rule } from './rule.ts';

/** The fingerprint is the identity, so two labels with one would be two names for one thing. */
export const onePerFingerprint: Rule = {
  name: 'one-label-per-fingerprint',
  judge: ({ materials }) => {
    const first = new Map<string, string>();
    return [...materials.values()].flatMap((material): Finding[] => {
      const ids = new Set([material.fingerprint, ...material.md5s.slice(0, 1)]);
      const other = [...ids].map((id) => first.get(id)).find((label) => label !== undefined);
      for (const id of ids) if (!first.has(id)) first.set(id, material.label);
      if (other === undefined) return [];
      const message = `The labels ${quote(other)} and ${quote(material.label)} stand for the same certificate.`;
      const advice = 'Keep one label and use it everywhere.';
      return [{ path: ['certificates', material.label], on: 'key', also: ['certificates', other], message, advice }];
    });
  },
};

/** Often a label that was forgotten in a clean-up, or the other half of a misspelt reference. */
export const unusedLabels: Rule = {
  name: 'unused-label',
  judge: (context) => {
    const used = usedLabels(context);
    return [...context.materials.keys()]
      .filter((label) => !used.has(label))
      .map((label) => ({
        severity: 'warning',
        path: ['certificates', label],
        on: 'key',
        message: `Nothing uses the certificate ${quote(label)}.`,
        advice: 'Use it in a zone or account, or take it out.',
      }));
  },
};

/** Only warnings: whether an expired certificate would become the presented one is the plan's to judge. */
export const expiry: Rule = {
  name: 'expiry',
  judge: (context) => usedMaterials(context).flatMap((material) => expiryOf(material, context)),
};

/** Cloudflare takes RSA and three curves. */
export const keyType: Rule = {
  name: 'key-type',
  judge: (context) =>
    usedMaterials(context).flatMap(({ label, certificate }): Finding[] => {
      if (certificate === undefined || isSupportedKeyType(certificate.keyType)) return [];
      const message = `The certificate ${quote(label)} has a key of type ${keyTypeName(certificate.keyType)}, which Cloudflare does not take.`;
      return [
        { path: ['certificates', label], on: 'key', message, advice: 'Use RSA, or ECDSA with P-256, P-384 or P-521.' },
      ];
    }),
};

function expiryOf({ label, certificate }: Material, { now, policy }: Context): Finding[] {
  if (certificate === undefined) return [];
  const warn = (message: string, advice: string): Finding[] => [
    { severity: 'warning', path: ['certificates', label], on: 'key', message, advice },
  ];
  const name = `The certificate ${quote(label)}`;
  const { notBefore, notAfter } = certificate;
  if (notAfter <= now) return warn(`${name} expired on ${day(notAfter)}.`, 'Have a new one issued and change to it.');
  if (notBefore > now) return warn(`${name} is not valid before ${day(notBefore)}.`, 'Wait, or look at the clock.');
  const left = Math.floor((notAfter - now) / DAY);
  if (left >= policy.expiryWarningDays) return [];
  const days = left === 1 ? '1 day' : `${left} days`;
  return warn(`${name} expires in ${days}, on ${day(notAfter)}.`, 'Have a new one issued and change to it.');
}

function usedMaterials(context: Context): readonly Material[] {
  const used = usedLabels(context);
  return [...context.materials.values()].filter(({ label }) => used.has(label));
}

function usedLabels({ scopes }: Context): ReadonlySet<string> {
  return new Set(scopes.flatMap(({ labels }) => [...labels]));
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
const DAY = 24 * 3_600_000;
