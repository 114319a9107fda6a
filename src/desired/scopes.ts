import type {
  AccessCertificateWant,
  AccessSettingWant,
  AccessWant,
  HostnameWant,
  Material,
  OriginPullsWant,
  Prune,
  ScopeKind,
  ScopeWant,
} from '../model/document.ts';
import { normalizeHostname } from '../model/hostname.ts';
import { asBoolean, asMapping, asText, asTexts, defined, entriesOf } from './data.ts';
import type { Faults } from './faults.ts';
import { didYouMean } from './nearest.ts';
import { readScopePolicy } from './policy.ts';
import { quote } from './redact.ts';
import type { Path } from './tree.ts';

/** A zone or account as meant, with the places that the rules point at. */
export interface ScopeNote {
  readonly want: ScopeWant;
  readonly path: Path;
  readonly uses: readonly Use[];
  readonly hostnames: readonly HostnameNote[];
}
/** One mention of a label. */
export interface Use {
  readonly role: 'presented' | 'keep' | 'hostname' | 'staged' | 'access';
  readonly label: string;
  /** Undefined where the label, or the certificate behind it, is faulty. */
  readonly material?: Material;
  readonly path: Path;
}
/** One mention of a hostname. */
export interface HostnameNote {
  readonly hostname: string;
  readonly section: 'hostnames' | 'associated_hostnames' | 'hostname_settings';
  readonly path: Path;
}

export interface Labels {
  readonly materials: ReadonlyMap<string, Material>;
  /** Every label that is defined, faulty ones too. */
  readonly known: ReadonlySet<string>;
}

/** Turns zones and accounts into what they mean, hostnames normalised and labels resolved. */
export function readScopes(
  data: Readonly<Record<string, unknown>>,
  labels: Labels,
  prune: Prune,
  faults: Faults,
): readonly ScopeNote[] {
  const kinds = Object.keys(data).flatMap((key): ScopeKind[] =>
    key === 'zones' ? ['zone'] : key === 'accounts' ? ['account'] : [],
  );
  return kinds.flatMap((kind) => {
    const section = kind === 'zone' ? 'zones' : 'accounts';
    const scopes = byName(data[section], [section], kind === 'zone' ? zoneName : accountName, faults);
    return scopes.map(({ name, path, value }) =>
      readScope(kind, name, path, asMapping(value) ?? {}, { labels, prune, faults }),
    );
  });
}

interface Context {
  readonly labels: Labels;
  readonly prune: Prune;
  readonly faults: Faults;
}
interface Desk extends Context {
  readonly uses: Use[];
  readonly hostnames: HostnameNote[];
}

function readScope(
  kind: ScopeKind,
  name: string,
  path: Path,
  data: Readonly<Record<string, unknown>>,
  context: Context,
): ScopeNote {
  const desk: Desk = { ...context, uses: [], hostnames: [] };
  const id = kind === 'account' ? name : asText(data.id)?.toLowerCase();
  const want: ScopeWant = {
    kind,
    name,
    at: context.faults.locate(path, 'key'),
    ...defined({
      id,
      accountId: asText(data.account_id)?.toLowerCase(),
      tlsClientAuth: SWITCH.get(data.tls_client_auth),
    }),
    originPulls: readOriginPulls(data.authenticated_origin_pulls, [...path, 'authenticated_origin_pulls'], desk),
    access: readAccess(data.access, [...path, 'access'], desk),
    ...readScopePolicy(data.policy, context.prune),
  };
  return { want, path, uses: desk.uses, hostnames: desk.hostnames };
}

function readOriginPulls(data: unknown, path: Path, desk: Desk): OriginPullsWant {
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

function readAccess(data: unknown, path: Path, desk: Desk): AccessWant {
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

/** Notes a mention of a label, and finds what it stands for. */
function use(label: string | undefined, role: Use['role'], path: Path, desk: Desk): Material | undefined {
  if (label === undefined) return undefined;
  const { materials, known } = desk.labels;
  const material = materials.get(label);
  desk.uses.push({ role, label, path, ...defined({ material }) });
  if (known.has(label)) return material;
  const message = `No certificate has the label ${quote(label)}${didYouMean(label, known) || '.'}`;
  const none = 'Removal is said one level up: write `none` in place of the whole entry.';
  desk.faults.add({ path, message, advice: label === 'none' ? none : 'Labels are defined under `certificates:`.' });
  return undefined;
}

function useList(value: unknown, role: Use['role'], path: Path, desk: Desk): readonly Material[] | undefined {
  return asTexts(value)?.flatMap(([index, label]) => use(label, role, [...path, index], desk) ?? []);
}

interface Named {
  readonly name: string;
  readonly path: Path;
  readonly value: unknown;
}

function hostnamesOf(data: unknown, path: Path, section: HostnameNote['section'], desk: Desk): readonly Named[] {
  const named = byName(data, path, hostnameOf, desk.faults);
  for (const { name, path: here } of named) desk.hostnames.push({ hostname: name, section, path: here });
  return named;
}

/** The entries of a mapping by their normalised names; two spellings of one name are a fault. */
function byName(data: unknown, path: Path, nameOf: typeof hostnameOf, faults: Faults): readonly Named[] {
  const named = new Map<string, Named>();
  for (const [key, value] of entriesOf(data)) {
    const here = [...path, key];
    const name = nameOf(key, here, faults);
    const first = name === null ? undefined : named.get(name);
    if (first !== undefined) {
      const message = `${quote(key)} is another spelling of ${quote(first.path.at(-1) ?? '')}.`;
      faults.add({ path: here, on: 'key', also: first.path, message, advice: 'Put both into one entry.' });
    } else if (name !== null) named.set(name, { name, path: here, value });
  }
  return [...named.values()];
}

function hostnameOf(text: string, path: Path, faults: Faults): string | null {
  const name = normalizeHostname(text);
  const advice = 'Write a name such as `app.example.com`, without scheme, port or path.';
  if (name === null) faults.add({ path, on: 'key', message: `${quote(text)} is not a hostname.`, advice });
  return name;
}

function zoneName(text: string, path: Path, faults: Faults): string | null {
  const name = normalizeHostname(text);
  if (name?.includes('.') && !name.startsWith('*.')) return name;
  const advice = 'Write the name of the zone, such as `example.com`.';
  faults.add({ path, on: 'key', message: `${quote(text)} is not the name of a zone.`, advice });
  return null;
}

/** The shape of ids is the schema's to judge. */
function accountName(text: string): string | null {
  return /^[0-9a-f]{32}$/i.test(text) ? text.toLowerCase() : null;
}

const SWITCH: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ['on', true],
  ['off', false],
  [true, true],
  [false, false],
]);
