import type { ScopeKind } from './document.ts';
import type { ListName } from './names.ts';

/** A zone or account that exists: the name of the file with the id of the API. */
export interface Scope {
  readonly kind: ScopeKind;
  readonly name: string;
  readonly id: string;
  /** Of a zone: the account it belongs to, where that is known. */
  readonly accountId?: string;
}

/** What the API says of one scope. A list that was not read is not there. */
export interface ScopeLive {
  readonly scope: Scope;
  readonly lists: Partial<Lists>;
  /** The hostnames that were asked one by one, where associations could not be listed. */
  readonly asked?: readonly string[];
}

/** The wire shapes, by list, as the API documents them; the two switches are lists of one. */
export interface Lists {
  readonly zone_certificates: readonly CertificateRow[];
  readonly zone_enablement: readonly { readonly enabled: boolean }[];
  readonly tls_client_auth: readonly { readonly value: 'on' | 'off'; readonly editable?: boolean }[];
  readonly hostname_certificates: readonly CertificateRow[];
  readonly hostname_associations: readonly AssociationRow[];
  readonly access_certificates: readonly AccessCertificateRow[];
  readonly access_hostname_settings: readonly AccessSettingRow[];
}
export interface CertificateRow {
  readonly id: string;
  readonly certificate: string;
  readonly status?: string;
  readonly expires_on?: string;
  readonly issuer?: string;
  readonly uploaded_on?: string;
}
export interface AssociationRow {
  readonly hostname: string;
  readonly cert_id?: string | null;
  readonly enabled?: boolean | null;
  /** Only in the answer to a question for one hostname. */
  readonly certificate?: string;
  readonly status?: string | null;
}
export interface AccessCertificateRow {
  readonly id: string;
  readonly name: string;
  readonly associated_hostnames?: readonly string[] | null;
  readonly fingerprint: string;
  readonly expires_on?: string;
  readonly created_at?: string;
}
export interface AccessSettingRow {
  readonly hostname: string;
  readonly china_network: boolean;
  readonly client_certificate_forwarding: boolean;
}

/** How one list is asked for. */
export interface ListRequest {
  readonly path: (scope: Scope) => string;
  readonly query?: Readonly<Record<string, string>>;
  /** `one`: the result is an object, read as a list of one. */
  readonly shape: 'many' | 'one';
  readonly permission: string;
  /** What every row must hold, by name: the `typeof` of it. */
  readonly fields: Readonly<Record<string, 'string' | 'boolean'>>;
  /** How to ask for single rows where the list itself is not offered. */
  readonly oneByOne?: {
    readonly path: (scope: Scope, name: string) => string;
    readonly notOffered: (error: unknown) => boolean;
    readonly absent: (error: unknown) => boolean;
  };
}
export type ListRequests = Readonly<Record<ListName, ListRequest>>;
