import type { Desired, ScopeWant } from '../model/document.ts';
import type { Found, FoundCertificate } from './found.ts';
import { type Labels, labelsFor } from './labels.ts';
import { better } from './material.ts';
import { Sheet } from './sheet.ts';
import { Shelf } from './shelf.ts';
import { writeAccount } from './write-account.ts';
import { writeZone } from './write-zone.ts';

/** A file below the folder that is imported into. */
export interface AdoptedFile {
  readonly path: string;
  readonly text: string;
}

/** What is there already and is added to. */
export interface Existing {
  readonly desired: Desired;
  /** The YAML files below the folder, by path. */
  readonly files: readonly AdoptedFile[];
  /** Whether a path is taken by a file with another text. */
  occupied(path: string, text: string): boolean;
}

/** Every file of an import, whole: certificates first, then their labels, then the scopes that use them. */
export function filesFor(
  found: readonly Found[],
  existing?: Existing,
): { readonly files: readonly AdoptedFile[]; readonly notes: readonly string[] } {
  const certificates = union(found);
  const labels = labelsFor(certificates, {
    labels: labelsIn(existing?.desired),
    taken: (label) => existing?.desired.certificates.has(label) === true || isOccupied(label, certificates, existing),
  });
  const shelf = new Shelf(existing?.files.map(({ path, text }) => Sheet.of(path, text)) ?? []);
  const wants = new Map(existing?.desired.scopes.map((want) => [keyOf(want), want]));
  for (const one of [...found].sort(byName)) writeScope(one, wants.get(keyOf(one.scope)), labels, shelf);
  writeCertificates(labels, shelf);
  const pems = [...labels.fresh()].flatMap(([label, { pem }]) =>
    pem === undefined ? [] : [{ path: pemPath(label), text: pem }],
  );
  const sheets = shelf.sheets.map((sheet) => ({ path: sheet.path, text: sheet.text() }));
  // Labels before those that use them, so that a run that ends half-way leaves files that make sense.
  sheets.sort((one, other) => Number(holdsLabels(other)) - Number(holdsLabels(one)));
  return { files: [...pems, ...sheets], notes: shelf.notes };
}

const CERTIFICATES = 'certificates.yaml';
/** Commands without -f read this file and none beside it, so what is new stands in it too. */
const ALONE = 'cf-mtls.yaml';
const holdsLabels = ({ path }: AdoptedFile): boolean => path === CERTIFICATES || path === ALONE;
const pemPath = (label: string): string => `certs/${label}.pem`;
const keyOf = ({ kind, name }: Pick<ScopeWant, 'kind' | 'name'>): string => `${kind} ${name}`;

/** Each certificate once, however many scopes hold it. */
function union(found: readonly Found[]): readonly FoundCertificate[] {
  const all = new Map<string, FoundCertificate>();
  for (const certificate of found.flatMap(({ certificates }) => certificates)) {
    const before = all.get(certificate.fingerprint);
    all.set(certificate.fingerprint, before === undefined ? certificate : better(before, certificate));
  }
  return [...all.values()].sort((one, other) => (one.fingerprint < other.fingerprint ? -1 : 1));
}

function labelsIn(desired: Desired | undefined): ReadonlyMap<string, string> {
  const materials = [...(desired?.certificates.values() ?? [])];
  return new Map(
    materials.flatMap(({ label, fingerprint, md5s }) => [fingerprint, ...md5s].map((it) => [it, label] as const)),
  );
}

function isOccupied(label: string, certificates: readonly FoundCertificate[], existing: Existing | undefined): boolean {
  const digits = label.slice(label.lastIndexOf('-') + 1);
  const own = certificates.find(({ fingerprint }) => fingerprint.replace(/^.*:/, '').startsWith(digits));
  return existing?.occupied(pemPath(label), own?.pem ?? '') === true;
}

function writeCertificates(labels: Labels, shelf: Shelf): void {
  const fresh = labels.fresh();
  if (fresh.size === 0) return;
  const sheet = sheetAt(CERTIFICATES, `Every certificate by its label.\n\n${KEYS}`, shelf);
  for (const [label, { facts, fingerprint, pem }] of fresh) {
    const entry = sheet.block({});
    const put = (key: string, value: ReturnType<Sheet['line']> | string) => sheet.put(entry, key, value);
    if (pem === undefined) put('fingerprint', spelled(fingerprint));
    else put('certificate', sheet.line({ file: pemPath(label) }));
    if (pem !== undefined)
      sheet.after(
        entry,
        `private_key: { env: ${variableFor(label)} } # fill in before an upload: where its key can be had`,
      );
    if (!sheet.add(['certificates'], label, entry, facts))
      shelf.notes.push(
        `${label} could not be added to ${sheet.path}: \`certificates\` has an anchor. Write it by hand.`,
      );
  }
}

const KEYS =
  'Cloudflare never gives a private key back. One is needed only to upload a certificate again, to another zone or\n' +
  'after it was deleted; until then nothing asks for it. Where you have the key, take the `#` off the line and say\n' +
  'where it can be had: { env: NAME }, { file: path } or { exec: [command, argument] }. Never put the key itself here.';

function writeScope(found: Found, want: ScopeWant | undefined, labels: Labels, shelf: Shelf): void {
  const { kind, name } = found.scope;
  const path = kind === 'zone' ? (['zones', name] as const) : (['accounts', name] as const);
  const holders = want === undefined ? [] : shelf.holding(path);
  const home = want === undefined ? sheetAt(...homeOf(found), shelf) : holders[0];
  if (home === undefined) {
    shelf.notes.push(`${name}: the files have it from an anchor or merge key, so nothing was added. Write it by hand.`);
    return;
  }
  const desk = shelf.desk(path, holders, home);
  if (kind === 'zone') writeZone(found, want, labels, desk);
  else writeAccount(found, want, labels, desk);
}

function homeOf({ scope: { kind, name } }: Found): readonly [path: string, heading: string] {
  return kind === 'zone' ? [`${name}.yaml`, `Zone ${name}`] : [`account-${name}.yaml`, `Access of account ${name}`];
}

/** The file at a path or the one that is read alone, made where neither is there. */
function sheetAt(path: string, heading: string, shelf: Shelf): Sheet {
  const there = [path, ALONE].flatMap((name) => shelf.sheets.find((sheet) => sheet.path === name) ?? [])[0];
  if (there !== undefined) return there;
  const schema = `yaml-language-server: $schema=${SCHEMA_FILE}`;
  const sheet = Sheet.blank(path, `${schema}\n${heading}`);
  shelf.sheets.push(sheet);
  return sheet;
}

/** Beside the files, so that editors find it without a network. */
export const SCHEMA_FILE = 'desired-state.schema.json';

/** `MD5:1E:80:0F…`, as openssl and the dashboard show it. */
function spelled(fingerprint: string): string {
  const [algorithm = '', digits = ''] = fingerprint.toUpperCase().split(':');
  return [algorithm, ...(digits.match(/../g) ?? [])].join(':');
}

/** `EDGE_2026_3F1B82C4_KEY` */
const variableFor = (label: string): string =>
  `${label.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()}_KEY`
    .replace(/^(?=\d|CLOUDFLARE_)/, 'MTLS_')
    .replace(/^_+/, 'MTLS_');

const byName = (one: Found, other: Found): number => {
  const [a, b] = [keyOf(one.scope), keyOf(other.scope)];
  return a < b ? -1 : Number(a > b);
};
