import { type Api, ApiError } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import type { Material, Policy } from '../model/document.ts';
import type { Tell } from '../model/events.ts';
import { found } from '../model/found.ts';
import { groupBy } from '../model/group.ts';
import type { Registry, Tools } from '../model/kind.ts';
import type { Lists, ScopeLive } from '../model/live.ts';
import { type ListName, STAGES } from '../model/names.ts';
import type { Secret } from '../model/secret.ts';
import type { Step } from '../model/thing.ts';
import { LiveView } from './live-view.ts';
import type { Locks } from './locks.ts';
import { noting } from './noting.ts';
import type { Record as StepRecord } from './record.ts';
import { standstill } from './standstill.ts';
import { EffectError, kindFinder, patiently, pauseFor, StoppedError, type Waiting, waitFor } from './wait.ts';

/** What an apply is handed, the same for all scopes. */
export interface ApplyTools {
  readonly api: Api;
  readonly registry: Registry;
  readonly policy: Policy;
  readonly materials: ReadonlyMap<string, Material>;
  readonly keys: ReadonlyMap<string, Secret>;
  readonly clock: Clock;
  /** The first Ctrl-C: begin nothing new. */
  readonly stop: AbortSignal;
  readonly tell: Tell;
  /** Reads lists of a scope; hostnames that are asked one by one are taken from what is live. */
  read(live: ScopeLive, lists: readonly ListName[]): Promise<ScopeLive>;
}

/** Carries out the steps of one scope, in order; throws at the first that fails, with everything so far in the record. */
export async function runScope(
  live: ScopeLive,
  steps: readonly Step[],
  record: StepRecord,
  locks: Locks,
  tools: ApplyTools,
): Promise<void> {
  const view = new LiveView(live);
  const { clock } = tools;
  const kindOf = kindFinder(tools.registry.kinds);
  const [begin] = steps;
  if (begin) await standstill(tools.registry.kinds, { ...waitingFor(begin), view, read });
  const lastWave = Math.max(0, ...steps.map(({ wave }) => wave));
  for (const [, wave] of groupBy(steps, (step) => String(step.wave))) {
    for (const stage of STAGES) {
      const here = wave.filter((step) => step.stage === stage);
      const [first] = here;
      if (first === undefined) continue;
      const waiting = waitingFor(first);
      if (stage === 'delete') await settle(waiting);
      for (const group of runsOfOneKind(here)) {
        if (tools.stop.aborted) throw new StoppedError();
        const kind = kindOf(group[0] ?? first);
        const together = kind.writes(group) < group.length;
        for (const step of group) record.started(step, together);
        if (stage === 'await') continue;
        await locks(kind, live.scope, () => kind.run(group, toolsFor(waiting)));
        // Of two switches the second relies on what the first one does.
        if (stage === 'enable') await effect(group, waiting);
      }
      if (mustWait(first)) await effect(here, waiting);
      for (const step of here) record.inEffect(step, tools.api.requests);
    }
  }
  await listed();

  /** What was just uploaded is waited for by those who need it; what was deleted, only by a wave that comes after. */
  function mustWait({ stage, wave }: Step): boolean {
    return stage !== 'upload' && stage !== 'enable' && (stage !== 'delete' || wave < lastWave);
  }

  async function effect(here: readonly Step[], waiting: Waiting): Promise<void> {
    const { deploy, delete: deletion } = tools.policy.wait;
    const isRemoval = here[0]?.stage === 'dissociate' || here[0]?.stage === 'delete';
    await waitFor(here, isRemoval ? deletion : deploy, { ...waiting, view, kindOf, read });
  }

  /** A new certificate can be missing from its list for a while, and until it is there the next plan would not be empty. */
  async function listed(): Promise<void> {
    const uploads = steps.filter(({ stage }) => stage === 'upload');
    const lists = [...new Set(uploads.flatMap((step) => kindOf(step).watches(step)))];
    const [first] = uploads;
    if (first === undefined) return;
    const waiting = waitingFor(first);
    const deadline = clock.now() + tools.policy.wait.deploy;
    for (;;) {
      const late = lists.filter((list) => view.unlisted(list).length > 0);
      if (late.length === 0) return;
      await read(late);
      if (late.every((list) => view.unlisted(list).length === 0) || clock.now() >= deadline) return;
      waiting.tell('waiting until the lists show what was uploaded');
      await pauseFor(5 * tools.policy.wait.poll, waiting);
    }
  }

  async function settle(waiting: Waiting): Promise<void> {
    const { settle: ms } = tools.policy.wait;
    if (ms === 0 || !record.hasDone()) return;
    waiting.tell(`settling for ${ms / 1000} s before the deletion (policy.wait.settle)`);
    await pauseFor(ms, waiting);
  }

  async function read(lists: readonly ListName[]): Promise<void> {
    const began = clock.now();
    view.update(await tools.read(view.now, lists), began);
    await Promise.all(lists.flatMap((list) => view.unlisted(list).map((id) => lookAt(list, id))));
  }

  /** What a list does not show yet is asked for by its id: it may be active long before it is listed, or gone again. */
  async function lookAt(list: ListName, id: string): Promise<void> {
    const { path, permission } = tools.registry.lists[list];
    try {
      const { result } = await tools.api.request<Lists[ListName][number]>({
        method: 'GET',
        path: `${path(live.scope)}/${id}`,
        permission,
      });
      if (result !== null && 'id' in result && result.id === id) view.remember(list, result);
    } catch (error) {
      if (!(error instanceof ApiError && error.failure.status === 404)) throw error;
      view.forget(list, id);
    }
  }

  function waitingFor(step: Step): Waiting {
    const { stage, scope } = step;
    const { stop, policy } = tools;
    return {
      clock,
      stop,
      policy: policy.wait,
      tell: (message, address = step.address) => tools.tell({ type: 'waiting', scope, stage, address, message }),
    };
  }

  function toolsFor(waiting: Waiting): Tools {
    return {
      scope: live.scope,
      api: noting(tools.api, record, view),
      live: () => view.now,
      read: async (...lists) => {
        await read(lists);
        return view.now;
      },
      current: async (...lists) => {
        // Not only a pause ages a reading: a limit of the rate or a lock may hold a run up for minutes.
        const since = clock.now() - tools.policy.wait.poll;
        const past = lists.filter((list) => !view.isCurrent(list, since));
        if (past.length > 0) await read(past);
        return view.now;
      },
      remember: (list, row) => view.remember(list, row),
      outdated: (list) => view.outdated(list),
      deploying: (list) => view.deploying(list),
      material: (fingerprint) => found(tools.materials.get(fingerprint), `no material ${fingerprint}`),
      key: (fingerprint) => found(tools.keys.get(fingerprint), `no key for ${fingerprint}`),
      done: (step, trace) => record.done(step, tools.api.requests, trace),
      patiently: (what, busy, call) => patiently(what, busy, call, waiting),
    };
  }
}

export { EffectError, StoppedError };

/** Steps of one kind that stand side by side go to their kind together. */
function runsOfOneKind(steps: readonly Step[]): readonly (readonly Step[])[] {
  const runs: Step[][] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last?.[0]?.kind === step.kind) last.push(step);
    else runs.push([step]);
  }
  return runs;
}
