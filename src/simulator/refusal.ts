/** A request that the simulated API does not carry out; turned into the failure envelope in one place. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly chain: readonly ApiMessage[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(reason: Reason, detail?: RefusalDetail) {
    const [status, code, message] = REASONS[reason];
    super(detail?.message ?? message);
    this.name = 'Refusal';
    this.status = detail?.status ?? status;
    this.code = code;
    this.chain = detail?.chain;
    this.headers = detail?.headers ?? {};
  }
}

export interface ApiMessage {
  readonly code: number;
  readonly message: string;
}
export interface RefusalDetail {
  readonly message?: string;
  readonly status?: number;
  readonly chain?: readonly ApiMessage[];
  readonly headers?: Readonly<Record<string, string>>;
}
export type Reason = keyof typeof REASONS;

/** HTTP status, code and text. Where the code of a refusal is not known, it is marked so: nobody may rely on it. */
const REASONS = {
  // of the whole API
  authHeadersMissing: [400, 9106, 'Missing X-Auth-Key, X-Auth-Email or Authorization headers'],
  headersInvalid: [400, 6003, 'Invalid request headers'],
  keyUnknown: [403, 9103, 'Unknown X-Auth-Key or X-Auth-Email'],
  tokenUnknown: [403, 9109, 'Unauthorized to access requested resource'],
  tokenLacksPermission: [403, 10000, 'Authentication error'],
  schemeRefused: [405, 10000, 'POST method not allowed for the api_token authentication scheme'],
  tooManyAuthFailures: [403, 10502, 'Too many authentication failures. Please try again later.'],
  rateLimited: [429, 971, 'Please wait and consider throttling your request speed'],
  noRoute: [404, 7003, 'No route for the URI'],
  noObject: [404, 7003, 'Could not route to that URI, perhaps your object identifier is invalid?'],
  wrongMethod: [405, 10405, 'Method not allowed for this URI'], // code not known
  malformedJson: [400, 6007, 'Malformed JSON in request body'], // code not known
  invalidRequest: [400, 9207, 'Invalid request'], // code not known
  zoneExists: [400, 1061, 'The zone already exists'],

  // authenticated origin pulls
  certificateIdRequired: [400, 1404, 'Certificate ID required'],
  certificateExists: [400, 1406, 'This certificate already exists for this zone.'],
  certificateUnparsable: [400, 1408, 'Unable to parse certificate'],
  certificateAlreadyDeleted: [400, 1410, 'Certificate is already deleted.'], // code not known
  certificatePendingDeletion: [400, 1414, 'Certificate is pending deletion.'],
  certificateIdInvalid: [400, 1415, 'Certificate ID in request is either invalid or the certificate has been deleted'],
  certificateInUse: [400, 1433, 'Certificate is in use by a hostname association.'],
  certificatePendingDeployment: [400, 1434, 'Cannot delete resource while in pending deployment state.'],
  zoneCertificateNotFound: [404, 1551, 'certificate not found'],
  hostnameCertificateNotFound: [404, 1552, 'certificate not found'],
  hostnameNotFound: [404, 1553, 'setting for this hostname not found'],
  zoneBusy: [409, 1409, 'another zone client certificate mutation is in progress'], // code not known
  quotaReached: [400, 2005, 'The quota of certificates has been reached.'], // code not confirmed here
  leafMissing: [400, 2101, 'missing leaf certificate'], // code not confirmed here
  keyBad: [400, 2106, 'The private key is not valid or does not match the certificate.'], // code not confirmed here

  // zone settings
  settingInvalid: [400, 1007, 'Invalid value for zone setting tls_client_auth'], // code not known
  settingNotEditable: [403, 1015, 'Not allowed to edit setting for tls_client_auth'], // code not known

  // Access
  accessInvalid: [400, 12130, 'access.api.error.invalid_request'],
  accessQuota: [400, 12130, 'access.api.error.invalid_request: maximum number of certificates has been reached'],
  accessHasAssociations: [409, 12132, 'access.api.error.conflict: certificate has active associations'],
  accessStillUpdating: [409, 12132, 'access.api.error.conflict: previous certificate settings still being updated'],
  accessDuplicate: [409, 12132, 'access.api.error.conflict: certificate already exists'], // code not known
  accessNotFound: [404, 12135, 'access.api.error.not_found'],
  accessForeignHostname: [400, 12036, 'access.api.error.hostnames_must_belong_to_your_domain'],
  accessNotEnabled: [403, 9999, 'access.api.error.not_enabled'],
} as const satisfies Record<string, readonly [status: number, code: number, message: string]>;
