import type { HostnameWant, OriginPullsWant } from '../model/document.ts';
import { asBoolean, asMapping, asText, defined } from './data.ts';
import { type Desk, hostnamesOf, use, useList } from './desk.ts';
import type { Path } from './tree.ts';

/** What `authenticated_origin_pulls` of a zone means. */
export function readOriginPulls(data: unknown, path: Path, desk: Desk): OriginPullsWant {
  const given = asMapping(data) ?? {};
  const label = asText(given.certificate);
  return defined({
    enabled: asBoolean(given.enabled),
    certificate: label === 'none' ? ('none' as const) : use(label, 'presented', [...path, 'certificate'], desk),
    keep: useList(given.keep, 'keep', [...path, 'keep'], desk),
    hostnames: given.hostnames === undefined ? undefined : readLinks(given.hostnames, [...path, 'hostnames'], desk),
    hostnameCertificates: useList(given.hostname_certificates, 'staged', [...path, 'hostname_certificates'], desk),
  });
}

function readLinks(data: unknown, path: Path, desk: Desk): ReadonlyMap<string, HostnameWant | 'none'> {
  const links = new Map<string, HostnameWant | 'none'>();
  for (const { name, path: here, value } of hostnamesOf(data, path, 'hostnames', desk)) {
    if (value === 'none') links.set(name, 'none');
    const link = asMapping(value);
    const certificate = use(asText(link?.certificate), 'hostname', [...here, 'certificate'], desk);
    if (certificate !== undefined) links.set(name, { certificate, enabled: asBoolean(link?.enabled) ?? true });
  }
  return links;
}
