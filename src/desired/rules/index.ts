import { expiry, keyType, onePerFingerprint, unusedLabels } from './certificates.ts';
import type { Rule } from './rule.ts';
import { emptyDocument, outsideZone, settingsManagedTwice, zoneAccess, zoneIds } from './scopes.ts';
import { accessNames, hostnameCertificates, hostnamesPerCertificate, keep, rightKind } from './uses.ts';

export type { Context, Rule } from './rule.ts';

/** Every rule of sense that needs no API, in the order in which they are judged. */
export const RULES: readonly Rule[] = [
  onePerFingerprint,
  expiry,
  keyType,
  rightKind,
  keep,
  hostnameCertificates,
  hostnamesPerCertificate,
  accessNames,
  zoneIds,
  zoneAccess,
  outsideZone,
  settingsManagedTwice,
];

/** Rules whose findings follow from other faults as often as not, and so are judged only once there are none. */
export const LOOSE_ENDS: readonly Rule[] = [unusedLabels, emptyDocument];
