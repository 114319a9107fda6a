import { applyScopes, type ScopeWork } from '../apply/run.ts';
import { loadDesired, resolveKeys } from '../desired/index.ts';
import { inputError } from '../model/fault.ts';
import type { Plan } from '../model/plan.ts';
import type { ApplyResult } from '../model/result.ts';
import { canonical } from '../plan/digest.ts';
import { refusalsOf } from '../plan/make.ts';
import type { ScopePlan } from '../plan/scope.ts';
import { renderOutcome } from '../report/outcome.ts';
import type { Arguments } from './args.ts';
import type { Connected, Door } from './door.ts';
import { load } from './load.ts';
import { isApplicable, print, withApi } from './plan.ts';
import { inputsOf, type Planning, planAll } from './planning.ts';
import { startProgress } from './progress.ts';
import { checkNotStale, checkSameApi, readPlanFile, savedInputs } from './saved.ts';
import { trailTo } from './trail.ts';
import { unwritten } from './unwritten.ts';

/** `cf-mtls apply`: plans, asks, and carries it out; with PLANFILE, that very plan or nothing. */
export async function apply(args: Arguments, door: Door): Promise<number> {
  const [file] = args.positionals;
  return file === undefined ? applyNow(args, door) : applySaved(readPlanFile(file, door), args, door);
}

async function applyNow(args: Arguments, door: Door): Promise<number> {
  const ask = args.options['auto-approve'] ? undefined : asker(door);
  const desired = load(args, door);
  return withApi(args, door, desired.policy, async (connected) => {
    const planning = await planAll(desired, inputsOf(args), connected, door);
    print(planning.plan, args, door);
    if (!isApplicable(planning.plan)) return 1;
    if (planning.plan.changes.length > 0 && ask !== undefined && !(await ask())) {
      door.stdout.write('Apply cancelled. Nothing was written.\n');
      return 1;
    }
    return carryOut(planning, args, connected, door, ask !== undefined);
  });
}

async function applySaved(saved: Plan, args: Arguments, door: Door): Promise<number> {
  const desired = loadDesired(args.options.file ?? saved.inputs.files, door.files);
  return withApi(args, door, desired.policy, async (connected) => {
    checkSameApi(saved, connected);
    const planning = await planAll(desired, savedInputs(saved, args), connected, door);
    checkNotStale(saved, planning.plan);
    print(planning.plan, args, door);
    if (!isApplicable(planning.plan)) return 1;
    return carryOut(planning, args, connected, door, false);
  });
}

/** Asks for `yes` on a terminal; where nobody can answer, the approval must stand on the command line. */
function asker({ ask, env, stdout }: Door): () => Promise<boolean> {
  if (ask === undefined || (env.CI ?? '') !== '')
    throw inputError(
      'apply asks for approval, and nobody can answer here',
      'Look at the plan first, then run apply with --auto-approve',
    );
  return async () => {
    stdout.write('\nDo you want to perform these actions?\n  Only `yes` will be accepted to approve.\n\n');
    return (await ask('  Enter a value: ')).trim() === 'yes';
  };
}

async function carryOut(
  planning: Planning,
  { options, positionals }: Arguments,
  connected: Connected,
  door: Door,
  asked: boolean,
): Promise<number> {
  checkBudget(planning.plan, options['max-requests']);
  checkHeard(door);
  const keys = await resolveKeys(keysNeeded(planning), door.files);
  const show = startProgress(door);
  const trail = trailTo(options.events, connected.api, door);
  const works = planning.scopes.map((it): ScopeWork & { plan: ScopePlan } => ({
    live: it.live,
    steps: it.steps,
    changes: it.changes,
    plan: it,
  }));
  const plans = new Map(works.map((work) => [work as ScopeWork, work.plan]));
  let result: ApplyResult;
  try {
    result = await applyScopes(works, {
      api: connected.api,
      registry: door.registry,
      policy: planning.desired.policy,
      materials: planning.materials,
      keys,
      clock: door.clock,
      stop: door.stop,
      tell: (event) => {
        show.tell(event);
        trail.tell(event);
      },
      read: planning.read,
      parallelism: options.parallelism ?? 8,
      recheck: (work) => recheck(work, plans.get(work), planning, door, asked),
    });
  } finally {
    show.end();
  }
  const gap = trail.end(result);
  const savedPlan = positionals.length > 0;
  door.stdout.write(`\n${renderOutcome(result, { color: door.stdout.color, width: door.stdout.width(), savedPlan })}`);
  if (gap !== undefined) door.stderr.write(`Error: ${gap}\n`);
  // Said here too: below an outcome that is complete, nobody would know why the exit code is not 0.
  const silent = unwritten({ stderr: door.stderr });
  if (silent !== undefined) door.stdout.write(`Error: ${silent}\n`);
  return exitCode(result, gap !== undefined || unwritten(door) !== undefined);
}

/** What nobody could read up later is not begun. A disk that fills up after that stops nothing half way. */
function checkHeard(door: Door): void {
  const lost = unwritten(door);
  if (lost !== undefined) throw inputError(lost, 'Nothing was written. Make room for the output, then apply again');
}

/** A budget that ends half way is no budget: what the plan is known to take must fit before anything is written. */
function checkBudget({ requests: { read, apply } }: Plan, most: number | undefined): void {
  if (most === undefined || read + apply <= most) return;
  throw inputError(
    `--max-requests ${most} is too little: reading took ${read}, and applying takes at least ${apply}`,
    'Nothing was written. Allow more, or apply fewer scopes at once with --zone',
  );
}

/** Every key that an upload of this run needs; read before its first write, so that none is missing half way. */
function keysNeeded({ scopes, materials }: Planning) {
  const uploads = scopes.flatMap(({ steps }) => steps.filter(({ stage }) => stage === 'upload'));
  const needed = uploads
    .flatMap(({ id }) => materials.get(id) ?? [])
    .filter(({ privateKey }) => privateKey !== undefined);
  return [...new Set(needed)];
}

/** After a question, or a while, somebody else may have been here: the scope is read and planned once more. */
async function recheck(
  work: ScopeWork,
  plan: ScopePlan | undefined,
  planning: Planning,
  door: Door,
  asked: boolean,
): Promise<ScopeWork | string> {
  const name = work.live.scope.name;
  const age = door.clock.now() - (planning.readAt.get(name) ?? 0);
  if (plan === undefined || (!asked && age < FRESH_FOR)) return work;
  const now = await planning.again(plan.want, work.live.scope);
  if (inShort(now) !== inShort(plan))
    return 'what is live has changed since the plan was made. Nothing was written here; look at a new plan';
  const refused = refusalsOf(planning.desired, [now], planning.plan.inputs.allow).find(({ allowed }) => !allowed);
  if (refused !== undefined)
    return `what is live has changed since the plan was made, and the plan would be refused now: ${refused.name}: ${refused.message}`;
  return { live: now.live, steps: now.steps, changes: now.changes };
}

/** Milliseconds for which a reading counts as what is live now. */
const FRESH_FOR = 10_000;

/** What was shown of a scope and must still be so: what changes, and what origins see before and after. */
const inShort = ({ changes, presented }: ScopePlan): string =>
  canonical({
    presented: presented.map(({ hostname, before, after }) => ({ hostname, before, after })),
    changes: changes.map(({ address, before, after }) => ({
      address,
      before: before?.attributes ?? null,
      after: after?.attributes ?? null,
    })),
  });

/** 0 all done; 3 something was written and something failed or was not tried; 1 nothing was written. After an interruption both become 130. */
function exitCode({ scopes }: ApplyResult, hasGap: boolean): number {
  if (!hasGap && scopes.every(({ outcome }) => outcome === 'complete')) return 0;
  return scopes.some(({ written }) => written) ? 3 : 1;
}
