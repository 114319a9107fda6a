/** How the simulated API behaves; every field has a default and an option of `cf-mtls simulate` where people need it. */
export interface Rules {
  readonly delays: Delays;
  readonly limits: Limits;
  readonly features: Features;
}

/** Milliseconds. */
export interface Delays {
  /** From upload or association to `active`. */
  readonly deploy: number;
  /** From the deletion of a certificate to `deleted`. */
  readonly delete: number;
  /** From `enabled: null` to a voided association. */
  readonly void: number;
  /** How long a new certificate is missing from the lists, though it can be read by its id. */
  readonly listLag: number;
  /** How long one change of a zone certificate keeps the zone busy for the next. */
  readonly busy: number;
  /** How long Access takes over changed hostnames and settings, and refuses others meanwhile. */
  readonly accessSettle: number;
}

export interface Limits {
  /** Requests per token in `window`; 0 switches the rate limit off. */
  readonly requests: number;
  /** Milliseconds; also how long a token is blocked once it has gone over. */
  readonly window: number;
  readonly hostnameCertificates: number;
  readonly associationsPerCertificate: number;
  /** Per account; 0 is a plan without Access mTLS. */
  readonly accessCertificates: number;
  /** Wrong credentials of one token or key in `window` until it is shut out; 0 switches that off. */
  readonly authFailures: number;
}

export interface Features {
  /** Zones looked up by name, and ids of zones and accounts used in a path, spring into existence. */
  readonly autoCreate: boolean;
  /** What a deployment without the list of associations answers instead. */
  readonly associationList: 'on' | '404' | '405' | '7003';
  /** How a voided hostname reads afterwards: 404, or 200 with `enabled: null`. */
  readonly voidedReads: 'missing' | 'null';
  /** Whether one bad entry of a hostnames PUT fails all, or those before it stay. */
  readonly batch: 'whole' | 'each';
  readonly deployments: 'succeed' | 'time_out';
  readonly tlsClientAuthEditable: boolean;
  /** False: as before 2024, an API token can't upload a zone certificate. */
  readonly tokenUploads: boolean;
  readonly accessEnabled: boolean;
  /** Whether one hostname may stand on two Access certificates. */
  readonly accessOverlap: 'allowed' | 'refused';
  /** Whether one CA may be uploaded twice to Access. */
  readonly accessDuplicates: 'refused' | 'allowed';
  /** The two readings of the settings PUT: by hostname into what is there, or instead of it. */
  readonly settingsMode: 'merge' | 'replace';
  readonly chinaNetwork: boolean;
}

/** Defaults filled in: quick enough to watch, slow enough that every state of a life cycle is seen. */
export function rulesFrom(given: {
  readonly delays?: Partial<Delays>;
  readonly limits?: Partial<Limits>;
  readonly features?: Partial<Features>;
}): Rules {
  return {
    delays: { ...DELAYS, ...given.delays },
    limits: { ...LIMITS, ...given.limits },
    features: { ...FEATURES, ...given.features },
  };
}

const DELAYS: Delays = { deploy: 1200, delete: 3000, void: 3000, listLag: 0, busy: 0, accessSettle: 1000 };

const LIMITS: Limits = {
  requests: 1200,
  window: 300_000,
  hostnameCertificates: 10,
  associationsPerCertificate: 100,
  accessCertificates: 50,
  authFailures: 20,
};

const FEATURES: Features = {
  autoCreate: true,
  associationList: 'on',
  voidedReads: 'missing',
  batch: 'whole',
  deployments: 'succeed',
  tlsClientAuthEditable: true,
  tokenUploads: true,
  accessEnabled: true,
  accessOverlap: 'allowed',
  accessDuplicates: 'refused',
  settingsMode: 'merge',
  chinaNetwork: true,
};
