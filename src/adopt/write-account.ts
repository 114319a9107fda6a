import type { AccessCertificateWant, ScopeWant } from '../model/document.ts';
import { groupBy } from '../model/group.ts';
import type { AccessEntry, Found } from './found.ts';
import type { Labels } from './labels.ts';
import type { Desk } from './shelf.ts';

/** Writes what the files do not say yet of an account. */
export function writeAccount(found: Found, want: ScopeWant | undefined, labels: Labels, desk: Desk): void {
  const { accessCertificates, accessSettings, remarks } = found;
  const have = want?.access;
  if (accessCertificates !== undefined) {
    if (have?.certificates === undefined) desk.add(['access'], 'certificates', (sheet) => sheet.block({}));
    const entries = missing(accessCertificates, have?.certificates ?? []);
    const taken = new Set((have?.certificates ?? []).flatMap(({ key, name }) => [key, name]));
    for (const [key, { name, fingerprint, hostnames }] of keyed(entries, taken)) {
      const value = {
        ...(key === name ? {} : { name }),
        certificate: labels.use(fingerprint),
        ...(hostnames === undefined ? {} : { associated_hostnames: hostnames }),
      };
      const remark = hostnames === undefined ? UNSAYABLE : undefined;
      desk.add(['access', 'certificates'], key, (sheet) => sheet.block(value), remark);
    }
  }
  if (accessSettings !== undefined) {
    if (have?.hostnameSettings === undefined) desk.add(['access'], 'hostname_settings', (sheet) => sheet.block({}));
    const fresh = accessSettings.filter(({ hostname }) => !have?.hostnameSettings?.has(hostname));
    for (const { hostname, ...flags } of [...fresh].sort((one, other) => (one.hostname < other.hostname ? -1 : 1)))
      desk.add(['access', 'hostname_settings'], hostname, (sheet) => sheet.line(flags));
  }
  for (const remark of Object.values(remarks)) {
    if (want === undefined) desk.remark(['access'], remark);
    else desk.note(remark);
  }
}

/** Entries that the files do not have: each of theirs stands for one live CA of its fingerprint, of its name first. */
function missing(entries: readonly AccessEntry[], have: readonly AccessCertificateWant[]): readonly AccessEntry[] {
  const rest = [...entries];
  const wants = have.flatMap(({ certificate, name }) => (certificate === 'none' ? [] : [{ ...certificate, name }]));
  const open: typeof wants = [];
  const take = (fits: (entry: AccessEntry) => boolean): boolean => {
    const at = rest.findIndex(fits);
    return at >= 0 && rest.splice(at, 1).length === 1;
  };
  for (const want of wants)
    if (!take((it) => want.md5s.includes(it.fingerprint) && it.name === want.name)) open.push(want);
  for (const { md5s } of open) take((it) => md5s.includes(it.fingerprint));
  return rest;
}

/** Each entry with its key: the name where that tells it from all others, else the name with some of the fingerprint. */
function keyed(
  entries: readonly AccessEntry[],
  taken: ReadonlySet<string>,
): readonly (readonly [string, AccessEntry])[] {
  const byName = groupBy(entries, ({ name }) => name);
  const keys = new Set(taken);
  for (const [name, { length }] of byName) if (length === 1) keys.add(name);
  const pairs = [...byName].flatMap(([name, same]) => {
    if (same.length === 1 && !taken.has(name) && !/^(<<|__proto__)$/.test(name))
      return same.map((it) => [name, it] as const);
    return same.map((it) => {
      const digits = it.fingerprint.slice('md5:'.length);
      let length = 8;
      const keyWith = () => `${name.slice(0, 300)} (${digits.slice(0, length)})`;
      while (keys.has(keyWith()) && length < digits.length) length += 4;
      keys.add(keyWith());
      return [keyWith(), it] as const;
    });
  });
  return pairs.sort(([one], [other]) => (one < other ? -1 : 1));
}

const UNSAYABLE = 'Its hostnames are left as they are: one of them can not be written down.';
