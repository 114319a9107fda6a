import { expiry, keyType, onePerFingerprint, unusedLabels } from './certificates.ts';
import { retryPauses } from './policy.ts';
import type { Rule, ScopeRule } from './rule.ts';
import { emptyDocument, outsideZone, settingsManagedTwice, zoneAccess, zoneIds } from './scopes.ts';
import { accessNames, hostnameCertificates, hostnamesPerCertificate, keep, rightKind } from './uses.ts';

export type { Context, Rule, ScopeRule } from './rule.ts';

/** What must make sense in every zone and account by itself, in the order in which it is judged. No rule needs the API. */
export const SCOPE_RULES: readonly ScopeRule[] = [
  rightKind,
  keep,
  hostnameCertificates,
  hostnamesPerCertificate,
  accessNames,
  zoneAccess,
  outsideZone,
];

/** What must make sense across them, in the order in which it is judged. */
export const RULES: readonly Rule[] = [onePerFingerprint, expiry, keyType, zoneIds, settingsManagedTwice, retryPauses];

/** Rules whose findings follow from other faults as often as not, and so are judged only once there are none. */
export const LOOSE_ENDS: readonly Rule[] = [unusedLabels, emptyDocument];
