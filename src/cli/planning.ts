import { readScope } from '../live/read.ts';
import type { Desired, Material, ScopeWant } from '../model/document.ts';
import { InternalError, inputError } from '../model/fault.ts';
import { globTest } from '../model/glob.ts';
import type { Scope, ScopeLive } from '../model/live.ts';
import type { ListName } from '../model/names.ts';
import type { Plan, PlanInputs } from '../model/plan.ts';
import { eachSideBySide } from '../model/side-by-side.ts';
import { makePlan } from '../plan/make.ts';
import { planScope, type ScopePlan } from '../plan/scope.ts';
import type { Arguments } from './args.ts';
import { type Choosing, choose, narrowed } from './choice.ts';
import { hostnamesToAsk } from './discovery.ts';
import type { Connected, Door } from './door.ts';

/** A plan with what an apply of it needs beside it. */
export interface Planning {
  readonly desired: Desired;
  readonly plan: Plan;
  readonly scopes: readonly ScopePlan[];
  readonly materials: ReadonlyMap<string, Material>;
  /** Milliseconds since 1970 at which each scope was read. */
  readonly readAt: ReadonlyMap<string, number>;
  /** Reads and plans one scope again. */
  again(want: ScopeWant, scope: Scope): Promise<ScopePlan>;
  /** Reads lists of a scope whose hostnames are known. */
  read(live: ScopeLive, lists: readonly ListName[]): Promise<ScopeLive>;
}

/** What a plan is made from, beside the files: the command line's, or a saved plan's. */
export interface Inputs extends Omit<PlanInputs, 'files' | 'api'>, Choosing {
  readonly parallelism: number;
  /** Given by a saved plan. One of no zone and no account is made again from as little, not from everything. */
  readonly saved?: 'some' | 'none';
}

export function inputsOf({ options }: Arguments): Inputs {
  return {
    zones: options.zone ?? [],
    accounts: options.account ?? [],
    targets: options.target ?? [],
    allow: options.allow ?? [],
    discover: options.discover === undefined ? null : 'dns',
    previous: options.previous ?? null,
    changedSince: options['changed-since'] ?? null,
    shard: options.shard ?? null,
    parallelism: options.parallelism ?? 8,
    paths: options.file ?? [],
  };
}

/** Reads the files and what is live, and plans every chosen scope. A scope that can't be read fails alone. */
export async function planAll(desired: Desired, inputs: Inputs, connected: Connected, door: Door): Promise<Planning> {
  const wants = inputs.saved === 'none' ? [] : await choose(desired, inputs, door);
  // Parts are saved by name: at another commit, the same words would choose others.
  const isPart = inputs.changedSince !== null || inputs.shard !== null;
  const named = (kind: ScopeWant['kind']) => wants.filter((want) => want.kind === kind).map(({ name }) => name);
  const materials = materialsByIdentity(desired);
  const { api } = connected;
  const reader = { api, lists: door.registry.lists };
  const input = { kinds: door.registry.kinds, policy: desired.policy, materials, targets: inputs.targets };
  const toAsk = await hostnamesToAsk(inputs, api, door);
  const again = async (want: ScopeWant, scope: Scope): Promise<ScopePlan> => {
    const hostnames = toAsk(scope, want.originPulls.hostnames?.keys() ?? []);
    let live = await readScope(scope, listsOf(want, door), hostnames, reader);
    for (let round = 0; round < ROUNDS; round++) {
      const planned = planScope({ ...input, want, live, now: door.clock.now() });
      if (!('read' in planned)) return planned;
      const more = await readScope(scope, planned.read, hostnames, reader);
      live = { ...live, ...more, lists: { ...live.lists, ...more.lists } };
    }
    throw new InternalError(`${want.name}: planning asks for the same lists again and again`);
  };

  const zones = await connected.findZones(wants.filter(({ kind }) => kind === 'zone'));
  const scopes = new Map<string, ScopePlan>();
  const failures = new Map<string, string>();
  const readAt = new Map<string, number>();
  await eachSideBySide(wants, inputs.parallelism, async (want) => {
    try {
      readAt.set(want.name, door.clock.now());
      scopes.set(want.name, await again(want, scopeOf(want, zones)));
    } catch (error) {
      if (error instanceof InternalError || !(error instanceof Error)) throw error;
      failures.set(want.name, error.message);
    }
  });
  const planned = wants.flatMap(({ name }) => scopes.get(name) ?? []);
  if (!isPart && !inputs.saved) checkTargets(inputs.targets, planned, failures.size);
  const plan = makePlan({
    desired,
    scopes: planned,
    failures: wants.flatMap(({ name }) =>
      failures.has(name) ? [{ scope: name, error: failures.get(name) ?? '' }] : [],
    ),
    inputs: {
      files: desired.files,
      api: connected.address,
      zones: isPart ? named('zone') : inputs.zones,
      accounts: isPart ? named('account') : inputs.accounts,
      targets: inputs.targets,
      allow: inputs.allow,
      discover: inputs.discover,
      previous: inputs.previous,
    },
    // What chose the scopes of a saved plan stood on another command line.
    narrowed: narrowed(wants, desired, inputs.saved ? {} : inputs),
    toolVersion: door.version,
    now: door.clock.now(),
    requests: api.requests,
  });
  return {
    desired,
    plan,
    scopes: planned,
    materials,
    readAt,
    again,
    read: (live, lists) => readScope(live.scope, lists, async () => stillToAsk(scopes.get(live.scope.name)), reader),
  };
}

/** Of the hostnames that were asked for, those that an apply can find changed: wanted, or linked when it began. */
function stillToAsk(planned: ScopePlan | undefined): readonly string[] {
  const linked = planned?.live.lists.hostname_associations?.map(({ hostname }) => hostname.toLowerCase()) ?? [];
  return [...(planned?.want.originPulls.hostnames?.keys() ?? []), ...linked];
}

/** A change may need a list, and that list another one; each is read once, so there are no more rounds than lists. */
const ROUNDS = 8;

/** A zone or account of the files as the API knows it. Throws the reason where it can't be found. */
export function scopeOf(want: ScopeWant, zones: ReadonlyMap<string, Scope | { readonly message: string }>): Scope {
  if (want.kind === 'account') return { kind: 'account', name: want.name, id: want.name, accountId: want.name };
  const found = zones.get(want.name);
  if (found === undefined) throw new InternalError(`no word about the zone ${want.name}`);
  if ('message' in found) throw new Error(found.message);
  return found;
}

function listsOf(want: ScopeWant, { registry }: Door): readonly ListName[] {
  return [...new Set(registry.kinds.flatMap((kind) => kind.reads(want)))];
}

/** Material by every name that a plan uses for it: SHA-256 for origin pulls, MD5 for Access. */
function materialsByIdentity({ certificates }: Desired): ReadonlyMap<string, Material> {
  return new Map(
    [...certificates.values()].flatMap((material) =>
      [material.fingerprint, ...material.md5s.slice(0, 1)].map((identity) => [identity, material] as const),
    ),
  );
}

function checkTargets(globs: readonly string[], scopes: readonly ScopePlan[], failures: number): void {
  const addresses = scopes.flatMap((scope) => scope.addresses);
  const idle = globs.filter((glob) => !addresses.some(globTest(glob)));
  if (idle.length === 0 || failures > 0) return;
  throw inputError(
    `--target ${idle.join(', ')} matches nothing that is live or wanted`,
    `An address looks like ${addresses[0] ?? 'example.com/hostname_association/app.example.com'}; * stops at /, ** does not`,
  );
}
