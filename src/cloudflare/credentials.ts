import { inputError } from '../model/fault.ts';

/** What proves to the API who asks. */
export type Credentials = { readonly token: string } | { readonly email: string; readonly key: string };

/**
 * Finds the credentials in the environment, under the names that the official SDK uses.
 * Where both kinds are set the token counts and the key is not sent: the SDK sends both, which tells nobody
 * whose permissions rule, and a token is the one that somebody has cut to size.
 */
export function credentialsFrom(env: Readonly<Record<string, string | undefined>>): Credentials {
  const token = readVariable(env, 'CLOUDFLARE_API_TOKEN');
  if (token !== undefined) return { token };
  const email = readVariable(env, 'CLOUDFLARE_EMAIL');
  const key = readVariable(env, 'CLOUDFLARE_API_KEY');
  if (email !== undefined && key !== undefined) return { email, key };
  throw inputError(missing(email, key), 'With --simulate no credentials are needed');
}

/** The headers that carry the credentials. */
export function credentialHeaders(credentials: Credentials): Record<string, string> {
  return 'token' in credentials
    ? { Authorization: `Bearer ${credentials.token}` }
    : { 'X-Auth-Email': credentials.email, 'X-Auth-Key': credentials.key };
}

/** The address of the API, checked and without its final slash; a token goes over https, or to loopback. */
export function checkBaseUrl(text: string): string {
  const refuse = (why: string) =>
    inputError(`CLOUDFLARE_BASE_URL ${why}`, 'The default is https://api.cloudflare.com/client/v4');
  if (!URL.canParse(text)) throw refuse('is not an address');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw refuse('must not hold a user name or password');
  if (/[?#]/.test(text)) throw refuse('must end with its path, without a query');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('must begin with https://');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw refuse('must begin with https://: a token is sent in the clear only to this machine itself');
  }
  if (BLOCKED_PORTS.has(Number(url.port))) throw refuse(`names port ${url.port}, which fetch never opens`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/**
 * Whether the way to the API leads through a proxy, under the names that undici reads. To this machine itself none does:
 * there the token goes in the clear.
 */
export function isProxied(baseUrl: string, env: Readonly<Record<string, string | undefined>>): boolean {
  if (baseUrl.startsWith('http:')) return false;
  const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].filter((name) => env[name]);
  for (const name of names) {
    if (/^https?:\/\/[^/]/i.test(env[name] ?? '') && URL.canParse(env[name] ?? '')) continue;
    throw inputError(`${name} is not the address of a proxy`, 'Write it as http://host:port, or unset it');
  }
  return names.length > 0;
}

/** Whether fetch refuses the port; the same list decides where a simulator can listen. */
export function isBlockedPort(port: number): boolean {
  return BLOCKED_PORTS.has(port);
}

function readVariable(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = env[name]?.trim();
  if (value === undefined || value === '') return undefined;
  // Fetch would refuse such a header and quote it; a token with a line break in it is a paste gone wrong.
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw inputError(
      `${name} holds characters that can't be part of it`,
      'Set it again, without spaces or line breaks',
    );
  }
  return value;
}

function missing(email: string | undefined, key: string | undefined): string {
  if (email !== undefined) return 'CLOUDFLARE_EMAIL is set, and CLOUDFLARE_API_KEY is not';
  if (key !== undefined) return 'CLOUDFLARE_API_KEY is set, and CLOUDFLARE_EMAIL is not';
  return 'No credentials: set CLOUDFLARE_API_TOKEN, or CLOUDFLARE_EMAIL with CLOUDFLARE_API_KEY';
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** The ports that the fetch standard blocks (https://fetch.spec.whatwg.org/#port-blocking). */
const BLOCKED_PORTS: ReadonlySet<number> = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
