import type { Policy, Prune, ScopeWant } from '../model/document.ts';
import { KIND_NAMES, REFUSALS } from '../model/names.ts';
import { asMapping, asNumber, asTexts } from './data.ts';
import { createFaults, type Faults } from './faults.ts';

type Durations = Readonly<Record<string, number>>;

/** The policy at the top of the document with its defaults; `prune` is what scopes have that say nothing of their own. */
export function readPolicy(data: unknown, faults: Faults): { readonly policy: Policy; readonly prune: Prune } {
  const given = asMapping(data) ?? {};
  const wait = readDurations(given.wait, ['policy', 'wait'], WAIT, faults);
  const { attempts, ...spans } = asMapping(given.retry) ?? {};
  const retry = readDurations(spans, ['policy', 'retry'], RETRY, faults);
  if (wait.poll < 10) {
    const advice = 'Every look costs a request of a small budget: 1s is usual.';
    faults.add({ path: ['policy', 'wait', 'poll'], message: '`poll` must be at least 10ms.', advice });
  }
  return {
    policy: {
      maxDeletePercent: asNumber(given.max_delete_percent) ?? 30,
      maxDeleteTotal: asNumber(given.max_delete_total) ?? 20,
      maxFailures: asNumber(given.max_failures) ?? 3,
      expiryWarningDays: asNumber(given.expiry_warning_days) ?? 30,
      wait: {
        poll: wait.poll,
        deploy: wait.deploy,
        delete: wait.delete,
        rateLimit: wait.rate_limit,
        settle: wait.settle,
      },
      retry: { attempts: asNumber(attempts) ?? 5, base: retry.base, max: retry.max },
    },
    prune: readPrune(given.prune) ?? true,
  };
}

/** The policy of files that say nothing of it. */
export function defaultPolicy(): Policy {
  const none = () => [];
  return readPolicy(undefined, createFaults(none, none)).policy;
}

/** What a zone or account says of itself. */
export function readScopePolicy(data: unknown, prune: Prune): Pick<ScopeWant, 'prune' | 'allow'> {
  const given = asMapping(data) ?? {};
  const allowed = new Set((asTexts(given.allow) ?? []).map(([, name]) => name));
  return { prune: readPrune(given.prune) ?? prune, allow: REFUSALS.filter((name) => allowed.has(name)) };
}

/** Milliseconds of `500ms`, `1s`, `2m` or `1h`; null where it is none. */
export function parseDuration(text: string): number | null {
  const [, digits, unit] = /^(0|[1-9][0-9]{0,7})(ms|s|m|h)$/.exec(text) ?? [];
  return digits === undefined || unit === undefined ? null : Number(digits) * (UNITS[unit] ?? 1);
}

function readPrune(value: unknown): Prune | undefined {
  if (typeof value === 'boolean') return value;
  const kinds = asTexts(value)?.map(([, name]) => name);
  return kinds && KIND_NAMES.filter((name) => kinds.includes(name));
}

function readDurations<T extends Durations>(
  data: unknown,
  path: readonly string[],
  defaults: T,
  faults: Faults,
): { readonly [K in keyof T]: number } {
  const read: Record<string, number> = { ...defaults };
  for (const [name, value] of Object.entries(asMapping(data) ?? {})) {
    const span = typeof value === 'string' ? parseDuration(value) : null;
    if (span === null || !Object.hasOwn(defaults, name)) continue;
    read[name] = Math.min(span, LONGEST);
    if (span <= LONGEST) continue;
    faults.add({ path: [...path, name], message: `\`${name}\` is longer than 24h.`, advice: 'Write at most `24h`.' });
  }
  return read as { [K in keyof T]: number };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const LONGEST = 24 * 3_600_000;
const WAIT = { poll: 1000, deploy: 120_000, delete: 300_000, rate_limit: 660_000, settle: 0 };
const RETRY = { base: 500, max: 8000 };
