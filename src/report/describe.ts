import { shortFingerprint } from '../model/address.ts';
import type { Plan, PlanChange, Presented } from '../model/plan.ts';
import type { Action, Json } from '../model/thing.ts';
import { harmless } from './harmless.ts';
import { count } from './width.ts';

/** What every format says of one attribute of a change. */
export interface Detail {
  readonly mark: Mark;
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
  /** Of a list: what it gains and loses, and how much of it stays. */
  readonly items?: readonly { readonly mark: '+' | '-'; readonly text: string }[];
  readonly unchanged?: number;
  /** The values are certificates, too long for one line. */
  readonly long?: boolean;
}
export type Mark = '+' | '~' | '-';

export const MARKS: Readonly<Record<Action, Mark>> = { create: '+', update: '~', delete: '-' };

/** The end of the line `# ADDRESS …`, to the letter. */
export const WILL_BE: Readonly<Record<Action, string>> = {
  create: 'will be created',
  update: 'will be updated in-place',
  delete: 'will be destroyed',
};

/** The attributes that a change gives, alters or takes away; those that stay are left out. */
export function detailsOf(plan: Plan, change: PlanChange): Detail[] {
  const { before, after } = change;
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names.flatMap((name) => detailOf(plan, name, before?.[name] ?? null, after?.[name] ?? null) ?? []);
}

/** `edge-2026 CN=edge, O=Example expires 2027-01-31 (71 days) sha256:3f1b82c4d0aa` */
export function describeCertificate(plan: Plan, fingerprint: string): string {
  const known = plan.certificates[fingerprint];
  const facts = known && [
    known.label ?? '',
    known.subject,
    known.not_after && expiry(known.not_after, plan.generated_at),
  ];
  return harmless([...(facts ?? []), shortFingerprint(fingerprint)].filter(Boolean).join(' '));
}

/** `edge-2026 (sha256:3f1b82c4d0aa)`, where the rest was said elsewhere. */
export function nameCertificate(plan: Plan, fingerprint: string): string {
  const known = plan.certificates[fingerprint];
  const name = known?.label ?? known?.subject;
  return harmless(name ? `${name} (${shortFingerprint(fingerprint)})` : shortFingerprint(fingerprint));
}

/** What an origin sees, in words. */
export function describePresented(plan: Plan, value: Presented['before']): string {
  return PRESENTED[value] ?? nameCertificate(plan, value);
}

/** Whom an entry of `presented` speaks of. */
export const EVERY_OTHER_HOSTNAME = 'every hostname without a link of its own';

/** Certificates that would be gone for good, as far as this file is concerned. */
export function goneForGood(plan: Plan): { readonly address: string; readonly certificate: string }[] {
  return plan.changes.flatMap((change) => {
    const fingerprint = change.before?.fingerprint;
    if (change.action !== 'delete' || typeof fingerprint !== 'string') return [];
    if (plan.certificates[fingerprint]?.key === true) return [];
    return [{ address: harmless(change.address), certificate: describeCertificate(plan, fingerprint) }];
  });
}

/** Whole days from one time to another; negative where it is past. */
export function daysBetween(from: string, to: string): number {
  return Math.trunc((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

function expiry(notAfter: string, now: string): string {
  const days = daysBetween(now, notAfter);
  const date = notAfter.slice(0, 10);
  if (Date.parse(notAfter) < Date.parse(now))
    return `expired ${date} (${days === 0 ? 'today' : `${count(-days, 'day')} ago`})`;
  return `expires ${date} (${days === 0 ? 'today' : count(days, 'day')})`;
}

function detailOf(plan: Plan, name: string, before: Json, after: Json): Detail | undefined {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  const mark = before === null ? '+' : after === null ? '-' : '~';
  if (Array.isArray(before ?? []) && Array.isArray(after ?? [])) return listDetail(plan, mark, name, before, after);
  return {
    mark,
    name,
    ...(before === null ? {} : { before: wordFor(plan, before) }),
    ...(after === null ? {} : { after: wordFor(plan, after) }),
    long: [before, after].some(isFingerprint),
  };
}

function listDetail(plan: Plan, mark: Mark, name: string, before: Json, after: Json): Detail | undefined {
  const words = (list: Json): string[] => (Array.isArray(list) ? list.map((item) => wordFor(plan, item)) : []);
  const had = new Set(words(before));
  const has = new Set(words(after));
  const items = [
    ...[...had].filter((word) => !has.has(word)).map((text) => ({ mark: '-' as const, text })),
    ...[...has].filter((word) => !had.has(word)).map((text) => ({ mark: '+' as const, text })),
  ];
  const unchanged = [...had].filter((word) => has.has(word)).length;
  return items.length === 0 ? undefined : { mark, name, items, unchanged };
}

function wordFor(plan: Plan, value: Json): string {
  if (isFingerprint(value)) return describeCertificate(plan, value);
  return typeof value === 'string' && value !== '' ? harmless(value) : harmless(JSON.stringify(value));
}

const isFingerprint = (value: Json): value is string =>
  typeof value === 'string' && /^(sha256:[0-9a-f]{64}|md5:[0-9a-f]{32})$/.test(value);

const PRESENTED: Readonly<Record<string, string>> = {
  shared: "Cloudflare's shared certificate",
  none: 'no certificate',
  unknown: 'unknown (not read)',
};
