/** The seven kinds, in the order in which they act inside one stage. */
export const KIND_NAMES = [
  'zone_certificate',
  'zone_enablement',
  'tls_client_auth',
  'hostname_certificate',
  'hostname_association',
  'access_certificate',
  'access_hostname_setting',
] as const;
export type KindName = (typeof KIND_NAMES)[number];

/** The whole order of an apply inside one wave of one scope. */
export const STAGES = ['upload', 'await', 'associate', 'enable', 'dissociate', 'delete'] as const;
export type Stage = (typeof STAGES)[number];

/** Everything that a plan can refuse and `--allow` can lift. */
export const REFUSALS = [
  'mass-deletion',
  'shared-certificate-fallback',
  'protection-removed',
  'access-hostname-uncovered',
  'access-ca-replaced',
  'shadowed-certificate',
  'expired-certificate',
  'hostname-outside-zone',
  'empty-document',
] as const;
export type RefusalName = (typeof REFUSALS)[number];

/** The lists that the API offers for a scope; each is one request (or one per page). */
export const LIST_NAMES = [
  'zone_certificates',
  'zone_enablement',
  'tls_client_auth',
  'hostname_certificates',
  'hostname_associations',
  'access_certificates',
  'access_hostname_settings',
] as const;
export type ListName = (typeof LIST_NAMES)[number];
