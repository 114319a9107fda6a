import type { Registry } from '../model/kind.ts';
import { accessCertificate } from './access-certificate.ts';
import { accessHostnameSetting } from './access-hostname-setting.ts';
import { hostnameAssociation } from './hostname-association.ts';
import { hostnameCertificate } from './hostname-certificate.ts';
import { LISTS } from './lists.ts';
import { tlsClientAuth } from './tls-client-auth.ts';
import { zoneCertificate } from './zone-certificate.ts';
import { zoneEnablement } from './zone-enablement.ts';

/** Every kind, in the order of `KIND_NAMES`. */
export const registry: Registry = {
  kinds: [
    zoneCertificate,
    zoneEnablement,
    tlsClientAuth,
    hostnameCertificate,
    hostnameAssociation,
    accessCertificate,
    accessHostnameSetting,
  ],
  lists: LISTS,
};
