import { saysOverlap } from '../model/overlap.ts';
import { type Facts, INTERRUPTED, THROTTLE_CODES, UNTRUSTED } from './retry.ts';

/** What to do about a failure: the first line of the table that fits. Undefined where its message says all there is. */
export function adviceFor(facts: Facts, permission: string): string | undefined {
  for (const [applies, advice] of TABLE) {
    if (applies(facts)) return advice.replace('PERMISSION', permission);
  }
  return undefined;
}

type Line = readonly [applies: (facts: Facts) => boolean, advice: string];

const code =
  (...codes: readonly number[]) =>
  ({ errors }: Facts) =>
    errors.some((error) => codes.includes(error.code));
const says =
  (words: RegExp) =>
  ({ errors }: Facts) =>
    errors.some((error) => words.test(error.message));
const status =
  (from: number, to = from) =>
  ({ status = 0 }: Facts) =>
    status >= from && status <= to;
const broken =
  (...words: readonly string[]) =>
  (facts: Facts) =>
    words.includes(facts.broken ?? '');

const TABLE: readonly Line[] = [
  // First of all: 405 and 10000 come with this text too, and then no permission helps.
  [
    says(/api_token authentication scheme|method not allowed for token/i),
    'This endpoint does not take an API token: set CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY, and unset CLOUDFLARE_API_TOKEN',
  ],
  [
    (facts) => facts.status === 429 || facts.errors.some((error) => THROTTLE_CODES.has(error.code)),
    'The API is still limiting requests: run again later, or raise policy.wait.rate_limit',
  ],
  [
    says(/max(imum)? (auth\w*|number of) failures/i),
    'Too many refused logins: check the token, and try again in some minutes',
  ],
  [code(10502), 'Too many refused logins: check the token, and try again in some minutes'],
  [code(6103, 6111, 6003), 'The credentials are malformed: set them again, whole and without quotes or spaces'],
  [code(9103, 9106), 'Check CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY: the API does not know this pair'],
  [
    code(10000, 9109),
    'The token needs the permission “PERMISSION” for this zone or account; if it has it, it may be expired or restricted by address. cf-mtls ping tells which sections it can read',
  ],
  [code(7003), 'Check the id of the zone or account: the API knows no such object, or not this endpoint for it'],
  [code(9999), 'Turn on Access (Zero Trust) for this account in the dashboard first'],
  [
    (facts) =>
      (code(12130, 12132)(facts) || facts.status === 409) && facts.errors.some(({ message }) => saysOverlap(message)),
    'This API refuses a hostname on two Access certificates: release it from the other one in a commit of its own first',
  ],
  [
    (facts) => code(12130)(facts) && says(/maximum|quota/i)(facts),
    'The quota of the plan is used up (Enterprise has 50 CA certificates, other plans none)',
  ],
  [code(12130), 'Access refuses this request as it is: the message of the API is all that is known'],
  [code(12133), 'The plan of this account does not include it'],
  [code(12036), 'The hostname must belong to a zone of this account; prefer the account over the zone for Access'],
  [
    (facts) => code(12132)(facts) && says(/settings still being updated/i)(facts),
    'An earlier change of Access is still being carried out: run again in some minutes',
  ],
  [code(12132), 'Hostnames still use this certificate: they must be taken off it before it can be deleted'],
  [code(12135), 'It is not there (any more): plan again'],
  [code(1404), 'The id of the certificate is missing from the request: please report this'],
  [code(1406), 'The certificate is there already, or its deletion is still under way: run again in some minutes'],
  [code(1408), 'The API cannot read this certificate: check that it is a PEM leaf of a usual key type'],
  [code(1414), 'Its deletion is under way already'],
  [code(1415), 'This certificate is gone, or belongs to the zone and not to hostnames: plan again'],
  [code(1433), 'Hostnames still use this certificate: their associations must be void before it can be deleted'],
  [code(1434), 'Its deployment is still under way: run again when it reads active'],
  [code(1551, 1552, 1553), 'It is not there (any more): plan again'],
  [says(/missing leaf certificate/i), 'Origin pulls take a leaf certificate, not a CA'],
  [says(/already (been )?deleted/i), 'It is not there any more: plan again'],
  [broken(INTERRUPTED), 'Run again to resume'],
  [
    broken('ENOTFOUND', 'EAI_AGAIN'),
    'The name of the API does not resolve: check the network, the proxy and CLOUDFLARE_BASE_URL',
  ],
  [broken('ECONNREFUSED'), 'Nothing listens there: check the network, the proxy and CLOUDFLARE_BASE_URL'],
  [
    (facts) => UNTRUSTED.test(facts.broken ?? ''),
    'The certificate of the server is not trusted; behind a proxy that opens TLS, set NODE_EXTRA_CA_CERTS',
  ],
  [(facts) => facts.broken !== undefined, 'Check the network and the proxy, then run again'],
  [(facts) => facts.location !== undefined, 'Redirects are never followed: check CLOUDFLARE_BASE_URL'],
  [status(401), 'The API does not accept the credentials: check that they are whole and not expired'],
  [
    status(403),
    'The token needs the permission “PERMISSION”; without an error code, a firewall or proxy may be in between',
  ],
  [status(405), 'The API does not offer this here: check CLOUDFLARE_BASE_URL'],
  [status(409), 'Another change is under way there: run again in a minute'],
  [status(408), 'Run again; https://www.cloudflarestatus.com tells of incidents'],
  [status(500, 599), 'Run again; https://www.cloudflarestatus.com tells of incidents'],
  [(facts) => facts.fault !== undefined, 'Check CLOUDFLARE_BASE_URL: this does not look like the Cloudflare API'],
];
