import { groupBy } from '../model/group.ts';
import { normalizeHostname } from '../model/hostname.ts';
import type { ScopeLive } from '../model/live.ts';
import type { Thing } from '../model/thing.ts';
import type { AccessEntry, AccessSetting, Found } from './found.ts';
import { authorityIn, better } from './material.ts';

/** The CAs of an account and the settings of its hostnames, or why a file can't say them. */
export function lookAtAccess(
  { lists }: ScopeLive,
  things: readonly Thing[],
): Pick<Found, 'accessCertificates' | 'accessSettings' | 'remarks' | 'certificates'> {
  const authorities = things.filter(({ kind }) => kind === 'access_certificate');
  const settings = things.filter(({ kind }) => kind === 'access_hostname_setting');
  const wrong = whyNot(authorities);
  const entries = wrong === undefined ? authorities.map(entryOf) : undefined;
  const sayable = settings.every(({ id }) => normalizeHostname(id) === id);
  const rows = new Map(lists.access_certificates?.map((row) => [row.id, row]));
  const found = authorities.flatMap((thing) => {
    const row = rows.get(thing.row ?? '');
    return row === undefined || entries === undefined ? [] : [authorityIn(row, md5Of(thing))];
  });
  return {
    ...(entries === undefined ? {} : { accessCertificates: entries }),
    ...(sayable ? { accessSettings: settings.map(settingOf) } : {}),
    remarks: {
      ...(wrong === undefined
        ? {}
        : { certificates: `\`certificates\` is left out, so CAs are not managed: ${wrong}.` }),
      ...(sayable ? {} : { hostname_settings: '`hostname_settings` is left out: a hostname can not be written down.' }),
    },
    certificates: [...groupBy(found, ({ fingerprint }) => fingerprint).values()].map((same) => same.reduce(better)),
  };
}

function whyNot(things: readonly Thing[]): string | undefined {
  if (things.some((thing) => !/^md5:[0-9a-f]{32}$/.test(md5Of(thing)))) return 'a fingerprint can not be read';
  if (things.some((thing) => nameOf(thing) === '' || nameOf(thing).length > 350)) return 'a CA has no name';
  const ids = new Set(things.map((thing) => JSON.stringify([md5Of(thing), nameOf(thing)])));
  return ids.size < things.length ? 'one CA is there twice under one name' : undefined;
}

const md5Of = ({ attributes }: Thing): string => String(attributes.fingerprint);
const nameOf = ({ attributes }: Thing): string => String(attributes.name);

function entryOf(thing: Thing): AccessEntry {
  const hostnames = thing.attributes.associated_hostnames as readonly string[];
  const sayable =
    hostnames.every((hostname) => normalizeHostname(hostname) === hostname) &&
    new Set(hostnames).size === hostnames.length;
  return { fingerprint: md5Of(thing), name: nameOf(thing), ...(sayable ? { hostnames } : {}) };
}

const settingOf = ({ id, attributes }: Thing): AccessSetting => ({
  hostname: id,
  china_network: attributes.china_network === true,
  client_certificate_forwarding: attributes.client_certificate_forwarding === true,
});
