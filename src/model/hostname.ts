import { domainToASCII, domainToUnicode } from 'node:url';

/** Lower case, A-labels, no final dot: how hostnames are compared everywhere. Null where it is no hostname. */
export function normalizeHostname(text: string): string | null {
  const bare = text.endsWith('.') ? text.slice(0, -1) : text;
  const wildcard = bare.startsWith('*.');
  const meant = wildcard ? bare.slice(2) : bare;
  const ascii = isPlain(meant) ? meant : domainToASCII(meant);
  const name = wildcard ? `*.${ascii}` : ascii;
  return name.length <= 255 && HOSTNAME.test(ascii) && isDecodable(ascii) ? name : null;
}

/** A hostname of the API as ours are written; what is none stays as it is, in lower case. */
export function comparable(hostname: string): string {
  return normalizeHostname(hostname) ?? hostname.toLowerCase();
}

/** Whether a (normalised) hostname is the zone's own name or below it. */
export function inZone(hostname: string, zone: string): boolean {
  return hostname === zone || hostname.endsWith(`.${zone}`);
}

/** What `domainToASCII` gives back as it is, which is most names: no A-label, and nothing that could be read as an IP address. */
const isPlain = (name: string): boolean => PLAIN.test(name) && !name.includes('xn--');

/** Since Node 24 an A-label that decodes to nothing is given back as it is. */
const isDecodable = (ascii: string): boolean => isPlain(ascii) || !A_LABEL.test(domainToUnicode(ascii));

const A_LABEL = /(^|\.)xn--/;
const PLAIN = /^[a-z0-9.-]+\.[a-z][a-z0-9-]*$/;
const HOSTNAME = /^(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*$/;
