import type { Material, Prune, ScopeWant } from '../model/document.ts';
import { normalizeHostname } from '../model/hostname.ts';
import { didYouMean } from '../model/nearest.ts';
import { asTexts, entriesOf } from './data.ts';
import type { Faults } from './faults.ts';
import { quote } from './redact.ts';
import type { Path } from './tree.ts';

/** A zone or account as meant, with what a rule asks of it beside all others. */
export interface ScopeNote {
  readonly want: ScopeWant;
  readonly path: Path;
  readonly labels: ReadonlySet<string>;
  readonly settings: readonly HostnameNote[];
}
/** The same with every place that a rule can point at: as much memory as all the rest, so that it lasts for one scope. */
export interface ScopeDetail extends ScopeNote {
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

/** What the readers of scopes share. */
export interface Context {
  readonly labels: Labels;
  readonly prune: Prune;
  readonly faults: Faults;
}
/** Where the reader of one scope puts its notes. */
export interface Desk extends Context {
  readonly uses: Use[];
  readonly hostnames: HostnameNote[];
}

/** Notes a mention of a label, and finds what it stands for. */
export function use(label: string | undefined, role: Use['role'], path: Path, desk: Desk): Material | undefined {
  if (label === undefined) return undefined;
  const { materials, known } = desk.labels;
  const material = materials.get(label);
  desk.uses.push(material === undefined ? { role, label, path } : { role, label, path, material });
  if (known.has(label)) return material;
  const message = `No certificate has the label ${quote(label)}${didYouMean(label, known) || '.'}`;
  const none = 'Removal is said one level up: write `none` in place of the whole entry.';
  desk.faults.add({ path, message, advice: label === 'none' ? none : 'Labels are defined under `certificates:`.' });
  return undefined;
}

/** The same for every label of a list. */
export function useList(value: unknown, role: Use['role'], path: Path, desk: Desk): readonly Material[] | undefined {
  return asTexts(value)?.flatMap(([index, label]) => use(label, role, [...path, index], desk) ?? []);
}

export interface Named {
  readonly name: string;
  readonly path: Path;
  readonly value: unknown;
}

/** The entries of a mapping of hostnames, each noted. */
export function hostnamesOf(data: unknown, path: Path, section: HostnameNote['section'], desk: Desk): readonly Named[] {
  const named = byName(data, path, hostnameOf, desk.faults);
  for (const { name, path: here } of named) desk.hostnames.push({ hostname: name, section, path: here });
  return named;
}

/** The entries of a mapping by their normalised names; two spellings of one name are a fault. */
export function byName(data: unknown, path: Path, nameOf: typeof hostnameOf, faults: Faults): readonly Named[] {
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

/** A hostname, normalised; a fault where it is none. */
export function hostnameOf(text: string, path: Path, faults: Faults): string | null {
  const name = normalizeHostname(text);
  const advice = 'Write a name such as `app.example.com`, without scheme, port or path.';
  if (name === null) faults.add({ path, on: 'key', message: `${quote(text)} is not a hostname.`, advice });
  return name;
}
