import type { Desired } from '../model/document.ts';
import type { Fault } from '../model/fault.ts';
import { gather } from '../model/gather.ts';
import { globTest } from '../model/glob.ts';
import type { RefusalName } from '../model/names.ts';
import type { Plan, PlanCertificate, PlanChange, PlanInputs, PlanStep, Refusal } from '../model/plan.ts';
import { actionOf } from '../model/thing.ts';
import { digestOf } from './digest.ts';
import type { ScopePlan } from './scope.ts';
import { settingsManagedTwice } from './settings-twice.ts';

export interface MakeInput {
  readonly desired: Desired;
  readonly scopes: readonly ScopePlan[];
  readonly failures: Plan['failures'];
  readonly inputs: PlanInputs;
  /** That, and how, it was narrowed to fewer scopes than the files name. */
  readonly narrowed?: string | undefined;
  readonly toolVersion: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Requests that reading took. */
  readonly requests: number;
}

/** Puts the plans of all scopes together into the one document that is shown, saved and hashed. */
export function makePlan(input: MakeInput): Plan {
  const { desired, scopes, failures, inputs, narrowed, toolVersion, now, requests } = input;
  const changes = gather(scopes, changesOf);
  const refusals = refusalsOf(desired, scopes, inputs.allow);
  const count = (action: PlanChange['action']) => changes.filter((change) => change.action === action).length;
  const targeted = scopes.flatMap(({ choice }) => choice ?? []);
  const plan = {
    format_version: '1.0' as const,
    tool_version: toolVersion,
    generated_at: new Date(now).toISOString(),
    inputs,
    scopes: scopes.map(({ live: { scope } }) => ({ kind: scope.kind, name: scope.name, id: scope.id })),
    summary: { add: count('create'), change: count('update'), destroy: count('delete') },
    changes,
    steps: gather(scopes, stepsOf),
    presented: gather(scopes, ({ presented }) => presented),
    unmanaged: scopes.flatMap(({ unmanaged, want }) =>
      unmanaged.map(({ address, kind }) => ({ address, scope: want.name, kind })),
    ),
    warnings: [
      ...(narrowed === undefined ? [] : [{ scope: null, address: null, message: narrowed }]),
      ...desired.remarks.flatMap(warningOf),
      ...scopes.flatMap(({ warnings }) => warnings),
    ],
    refusals,
    coverage: scopes.flatMap((scope) => coverageOf(scope, inputs)),
    requests: { read: requests, apply: scopes.reduce((sum, { writes, steps }) => sum + writes + waitsOf(steps), 0) },
    certificates: certificatesOf(scopes),
    failures,
    ...(inputs.targets.length === 0
      ? {}
      : {
          targeting: {
            added: targeted.flatMap(({ added }) => added),
            left_out: targeted.flatMap(({ leftOut }) => leftOut),
          },
        }),
  };
  return { ...plan, digest: digestOf(plan) };
}

function changesOf({ changes, want }: ScopePlan): readonly PlanChange[] {
  return changes.map((change) => ({
    address: change.address,
    kind: change.kind,
    scope: want.name,
    action: actionOf(change),
    before: change.before?.attributes ?? null,
    after: change.after?.attributes ?? null,
    reasons: change.reasons,
  }));
}

function stepsOf({ steps }: ScopePlan): readonly PlanStep[] {
  return steps.map(({ scope, wave, stage, address, summary }, index) => ({
    order: index + 1,
    scope,
    wave,
    stage,
    address,
    summary,
  }));
}

/** Every wait needs one reading at the least. */
function waitsOf(steps: ScopePlan['steps']): number {
  return new Set(steps.filter(({ stage }) => stage !== 'upload').map(({ wave, stage }) => `${wave} ${stage}`)).size;
}

/** Every refusal of these scopes, with the word whether it is lifted. */
export function refusalsOf(
  desired: Desired,
  scopes: readonly ScopePlan[],
  allow: readonly string[],
): readonly Refusal[] {
  const isAllowed = permits(desired, allow);
  const own = scopes.flatMap(({ refusals, want }) =>
    refusals.map(({ name, message }) => ({
      name,
      scope: want.name,
      message,
      allowed: name !== 'impossible' && isAllowed(name, want.name),
    })),
  );
  const planned = new Set(scopes.map(({ want }) => want.name));
  const fromFile = desired.remarks.flatMap(({ refusal, message, at }): Refusal[] => {
    if (refusal === undefined || (refusal.scope !== '*' && !planned.has(refusal.scope))) return [];
    const where = at === undefined ? '' : ` (${at.file}:${at.line}:${at.col})`;
    return [{ ...refusal, message: `${message}${where}`, allowed: isAllowed(refusal.name, refusal.scope) }];
  });
  const twice = settingsManagedTwice(
    desired.scopes,
    scopes.map(({ live }) => live.scope),
  );
  return [...fromFile, ...own, ...twice, ...massDeletionInAll(desired, scopes, isAllowed)];
}

type Permits = (name: RefusalName, scope: string) => boolean;

function permits(desired: Desired, allow: readonly string[]): Permits {
  const policies = new Map(desired.scopes.map((scope) => [scope.name, scope.allow]));
  const words = allow.map((word) => {
    const [name, glob = '**'] = word.split('=');
    return { name, test: globTest(glob) };
  });
  return (name, scope) =>
    policies.get(scope)?.includes(name) === true || words.some((word) => word.name === name && word.test(scope));
}

/** What is allowed in its own scope does not count against the whole run. */
function massDeletionInAll(desired: Desired, scopes: readonly ScopePlan[], isAllowed: Permits): readonly Refusal[] {
  const { maxDeleteTotal } = desired.policy;
  const counted = scopes.filter(({ want }) => !isAllowed('mass-deletion', want.name));
  const total = counted.reduce((sum, { losses }) => sum + losses.length, 0);
  if (total <= maxDeleteTotal) return [];
  const where = counted
    .filter(({ losses }) => losses.length > 0)
    .map(({ want, losses }) => `${want.name} ${losses.length}`);
  return [
    {
      name: 'mass-deletion',
      scope: '*',
      message: `${total} things would be removed in the whole run (${where.slice(0, 5).join(', ')}${where.length > 5 ? ' …' : ''}). The limit is ${maxDeleteTotal} (policy.max_delete_total). If that is meant, allow it scope by scope, or in several smaller commits.`,
      allowed: false,
    },
  ];
}

function warningOf({ severity, message, at, refusal }: Fault) {
  if (severity !== 'warning' || refusal !== undefined) return [];
  const where = at === undefined ? '' : ` (${at.file}:${at.line}:${at.col})`;
  return [{ scope: null, address: null, message: `${message}${where}` }];
}

function coverageOf({ live, want }: ScopePlan, { discover, previous }: PlanInputs): Plan['coverage'] {
  if (live.asked === undefined) return [];
  const sources = [
    'that are named',
    ...(previous === null ? [] : [`that were named in ${previous}`]),
    ...(discover === null ? [] : ['of the proxied DNS records']),
  ];
  const asked = `${sources.slice(0, -1).join(', ')}${sources.length > 1 ? ' and ' : ''}${sources.at(-1)}`;
  const message = `The API does not list hostname associations here: only the hostnames ${asked} were asked for, one by one. Others can not be seen, and no hostname certificate is deleted.`;
  return [{ scope: want.name, asked: live.asked, message }];
}

/** Of every certificate that a change or a presentation names, what a reader wants to know. */
function certificatesOf(scopes: readonly ScopePlan[]): Readonly<Record<string, PlanCertificate>> {
  const entries = new Map<string, PlanCertificate>();
  for (const scope of scopes) {
    for (const name of namedIn(scope)) {
      const entry = typeof name === 'string' ? scope.book.entry(name) : undefined;
      if (entry !== undefined) entries.set(String(name), entry);
    }
  }
  return Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function namedIn({ changes, presented }: ScopePlan): ReadonlySet<unknown> {
  const names = new Set<unknown>();
  for (const { before, after } of changes)
    for (const thing of [before, after]) names.add(thing?.attributes.fingerprint).add(thing?.attributes.certificate);
  for (const { before, after } of presented) names.add(before).add(after);
  return names;
}
