import { groupBy } from '../model/group.ts';
import type { FoundCertificate } from './found.ts';

/** What the files that are there already call certificates. */
export interface Known {
  /** By every fingerprint that a label stands for. */
  readonly labels: ReadonlyMap<string, string>;
  /** Whether a label, or the file of its certificate, is something else's. */
  taken(label: string): boolean;
}

/** Labels by fingerprint: those that are known, and new ones for the rest. */
export interface Labels {
  /** The label for a place in the files; a new one will be written. */
  use(fingerprint: string): string;
  /** The label as people are told. */
  name(fingerprint: string): string;
  /** The certificates whose new label is in use by now, by label. */
  fresh(): ReadonlyMap<string, FoundCertificate>;
}

/**
 * Gives each certificate one label, `<subject>-<first 8 digits>`, however many scopes use it; as many more digits as
 * it takes to tell it from others. What is labelled already is found by its fingerprint and keeps its label.
 */
export function labelsFor(found: readonly FoundCertificate[], known: Known): Labels {
  const unlabelled = found.filter(({ fingerprint }) => !known.labels.has(fingerprint));
  // Some file systems take two names for one that differ in case alone.
  const alike = groupBy(unlabelled, (it) => labelWith(it, SHORT).toLowerCase());
  const labels = new Map<string, string>();
  const fresh: [string, FoundCertificate][] = [];
  for (const group of alike.values()) {
    const digits = digitsFor(group, known);
    for (const certificate of group) {
      const label = labelWith(certificate, digits);
      labels.set(certificate.fingerprint, label);
      fresh.push([label, certificate]);
    }
  }
  fresh.sort(([one], [other]) => (one < other ? -1 : 1));
  const used = new Set<string>();
  const name = (fingerprint: string) => known.labels.get(fingerprint) ?? labels.get(fingerprint) ?? fingerprint;
  return {
    name,
    use(fingerprint) {
      used.add(fingerprint);
      return name(fingerprint);
    },
    fresh: () => new Map(fresh.filter(([, { fingerprint }]) => used.has(fingerprint))),
  };
}

const SHORT = 8;

function digitsFor(group: readonly FoundCertificate[], known: Known): number {
  for (let digits = SHORT; digits < 64; digits += 4) {
    const labels = group.map((certificate) => labelWith(certificate, digits));
    const distinct = new Set(labels.map((label) => label.toLowerCase())).size;
    if (distinct === group.length && !labels.some((label) => known.taken(label))) return digits;
  }
  return 64;
}

function labelWith({ name, fingerprint }: FoundCertificate, digits: number): string {
  return `${wordOf(name)}-${fingerprint.replace(/^.*:/, '').slice(0, digits)}`;
}

/** A name as a word that is fit for labels and file names everywhere. */
function wordOf(name: string): string {
  const word = name
    .replace(/^\*\./, 'wildcard.')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^[-._]+|[-._]+$/g, '');
  return word === '' ? 'certificate' : word;
}

const LONGEST = 60;
