import type { KindName } from './names.ts';

/** `SCOPE/KIND[/NAME]`; `/`, `*`, `%` and control characters in names are percent-encoded. */
export function addressOf(scope: string, kind: KindName, name?: string): string {
  return name === undefined ? `${encodeName(scope)}/${kind}` : addressesFor(scope, kind)(name);
}

/** The addresses of many things of one kind, whose beginning is made once. */
export function addressesFor(scope: string, kind: KindName): (name: string) => string {
  const head = `${encodeName(scope)}/${kind}/`;
  return (name) => head + encodeName(name);
}

/** `sha256:3f1b82c4d0aa`: a fingerprint as people see it. */
export function shortFingerprint(fingerprint: string): string {
  const [algorithm = '', digits = ''] = fingerprint.split(':');
  return `${algorithm}:${digits.slice(0, 12)}`;
}

function encodeName(name: string): string {
  return name.replace(/[/*%\u0000-\u001f\u007f-\u009f]/g, encodeURIComponentStrict);
}

function encodeURIComponentStrict(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
