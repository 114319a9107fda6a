import { groupBy } from '../model/group.ts';
import { normalizeHostname } from '../model/hostname.ts';
import type { ScopeLive } from '../model/live.ts';
import type { Thing } from '../model/thing.ts';
import type { Found, Link } from './found.ts';
import { isOdd, stuckStatus, useOf } from './use.ts';

/** The links of hostnames and the certificates behind them, or why a file can't say them. */
export function lookAtHostnames(
  { asked }: ScopeLive,
  things: readonly Thing[],
): Pick<Found, 'hostnames' | 'staged' | 'remarks'> {
  const store = things.filter(({ kind }) => kind === 'hostname_certificate');
  const links = things.filter(({ kind }) => kind === 'hostname_association');
  const wrong = whyNot(store, links);
  if (wrong !== undefined) return leftOut(`${LEFT_OUT}: ${wrong}.`);
  if (asked !== undefined && links.length === 0) return leftOut(unlistedAndNone(asked.length, store.length));
  const used = new Set(links.map(certificateOf));
  return {
    hostnames: links.map(linkOf),
    // Where links can't be listed, nobody knows which certificate is unused.
    staged: asked === undefined ? store.filter(({ id }) => !used.has(id)).map(useOf) : [],
    remarks: asked === undefined ? {} : { hostnames: unlisted(asked.length) },
  };
}

const leftOut = (hostnames: string) => ({ staged: [], remarks: { hostnames } });

function whyNot(store: readonly Thing[], links: readonly Thing[]): string | undefined {
  const live = new Set(store.map(({ id }) => id));
  const users = [...groupBy(links, certificateOf).values()].map(({ length }) => length);
  if (store.some(isOdd)) return 'a hostname certificate can not be read, or is there twice';
  if (links.some((link) => !live.has(certificateOf(link))))
    return 'a hostname is linked to a certificate that is not listed, or on its way out';
  if (links.some(({ id }) => normalizeHostname(id) !== id)) return 'a hostname can not be written down';
  if (new Set(links.map(({ id }) => id)).size < links.length) return 'a hostname is there twice';
  if (store.length > 10 || users.some((count) => count > 100))
    return 'there are more than 10 certificates, or more than 100 hostnames on one, which is more than can be said';
  return undefined;
}

const certificateOf = ({ attributes }: Thing): string => String(attributes.certificate);

function linkOf(thing: Thing): Link {
  const { id: hostname, attributes, status } = thing;
  return {
    hostname,
    fingerprint: certificateOf(thing),
    enabled: attributes.enabled === true,
    ...stuckStatus(status),
  };
}

const LEFT_OUT = '`hostnames` is left out, so associations and hostname certificates are not managed';

const unlisted = (asked: number): string =>
  `The API does not list associations here. These are the links among the ${asked} hostnames that were asked for; there may be others.`;

const unlistedAndNone = (asked: number, certificates: number): string =>
  `${LEFT_OUT}: the API does not list associations here, and ${asked === 0 ? 'no hostname was asked for' : `none of ${asked} hostnames that were asked for has one`}. ` +
  `Hostname certificates that are live: ${certificates}. With --discover dns or --previous, import asks for more hostnames.`;
