import type { AccessCertificateWant, AccessSettingWant, AccessWant } from '../model/document.ts';
import { asBoolean, asMapping, asText, asTexts, defined, entriesOf } from './data.ts';
import { type Desk, hostnameOf, hostnamesOf, use } from './desk.ts';
import { quote } from './redact.ts';
import type { Path } from './tree.ts';

/** What `access` of an account or zone means. */
export function readAccess(data: unknown, path: Path, desk: Desk): AccessWant {
  const { certificates, hostname_settings: settings } = asMapping(data) ?? {};
  return defined({
    certificates:
      certificates === undefined ? undefined : readAccessCertificates(certificates, [...path, 'certificates'], desk),
    hostnameSettings: settings === undefined ? undefined : readSettings(settings, [...path, 'hostname_settings'], desk),
  });
}

function readAccessCertificates(data: unknown, path: Path, desk: Desk): readonly AccessCertificateWant[] {
  return entriesOf(data).flatMap(([key, value]): AccessCertificateWant[] => {
    if (value === 'none') return [{ key, name: key, certificate: 'none' }];
    const here = [...path, key];
    const entry = asMapping(value) ?? {};
    const hostnames = asTexts(entry.associated_hostnames);
    const associated = hostnames && readAssociated(hostnames, [...here, 'associated_hostnames'], desk);
    const certificate = use(asText(entry.certificate), 'access', [...here, 'certificate'], desk);
    if (certificate === undefined) return [];
    return [{ key, name: asText(entry.name) ?? key, certificate, ...defined({ associatedHostnames: associated }) }];
  });
}

function readAssociated(texts: readonly (readonly [string, string])[], path: Path, desk: Desk): readonly string[] {
  const listed = new Map<string, Path>();
  for (const [index, text] of texts) {
    const here = [...path, index];
    const name = hostnameOf(text, here, desk.faults);
    const first = name === null ? undefined : listed.get(name);
    if (first !== undefined) {
      const message = `The hostname ${quote(name ?? '')} is listed twice.`;
      desk.faults.add({ path: here, also: first, message, advice: 'Keep one of them.' });
    }
    if (name === null || first !== undefined) continue;
    listed.set(name, here);
    desk.hostnames.push({ hostname: name, section: 'associated_hostnames', path: here });
  }
  return [...listed.keys()].sort();
}

function readSettings(data: unknown, path: Path, desk: Desk): ReadonlyMap<string, AccessSettingWant | 'none'> {
  return new Map(
    hostnamesOf(data, path, 'hostname_settings', desk).map(({ name, value }): [string, AccessSettingWant | 'none'] => {
      if (value === 'none') return [name, 'none'];
      const flags = asMapping(value) ?? {};
      const chinaNetwork = asBoolean(flags.china_network);
      const clientCertificateForwarding = asBoolean(flags.client_certificate_forwarding);
      return [name, defined({ chinaNetwork, clientCertificateForwarding })];
    }),
  );
}
