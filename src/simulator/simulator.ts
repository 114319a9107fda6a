import { randomBytes, randomUUID } from 'node:crypto';
import { createAgenda, look, settle } from './agenda.ts';
import { failure, type SimRequest, type SimResponse, success } from './answer.ts';
import { createGuard, identify, type KeyGiven, registryOf, type TokenGiven } from './auth.ts';
import { readBody } from './body.ts';
import { createLimiter } from './rate.ts';
import { Refusal } from './refusal.ts';
import { findRoute } from './routes.ts';
import { type Delays, type Features, type Limits, rulesFrom } from './rules.ts';
import { NO_STATE, restore, type SimulatorState, snapshot } from './state.ts';
import { createWatch } from './watch.ts';
import type { Breach, World } from './world.ts';
import { findOrCreate } from './zones.ts';

export interface SimulatorOptions {
  readonly clock: SimulatorClock;
  readonly delays?: Partial<Delays>;
  readonly limits?: Partial<Limits>;
  readonly features?: Partial<Features>;
  /** Instead of those in the state. Where there are neither tokens nor keys, any credential is good. */
  readonly tokens?: readonly TokenGiven[];
  readonly keys?: readonly KeyGiven[];
  readonly state?: SimulatorState;
  /** Makes the ids of things; tests hand in their own to have the same ones every time. */
  readonly uuid?: () => string;
}

export interface SimulatorClock {
  now(): number;
  /** Only of a clock that is moved by hand. */
  advance?(ms: number): void;
}

/** The simulated API: the rules without a server around them. */
export interface Simulator {
  readonly clock: SimulatorClock;
  /** Answers one request, at once. */
  handle(request: SimRequest): SimResponse | Promise<SimResponse>;
  /** Knows these zones from now on, as if each had been asked for by its name, which no list does. */
  know(zones: readonly { readonly name: string; readonly accountId?: string }[]): void;
  /** A copy of all that is known now, as plain data; it holds no key. */
  readonly state: SimulatorState;
  /** Starts a window: what is presented now is what must go on. */
  mark(): void;
  /** The invariants that were broken since `mark`, judged by what is presented now. */
  breaches(): readonly Breach[];
  /** Every request that changed something, in order. */
  readonly writes: readonly Write[];
}
export interface Write {
  readonly method: string;
  readonly path: string;
  readonly time: number;
}

export function createSimulator(options: SimulatorOptions): Simulator {
  const { clock, state = NO_STATE } = options;
  const rules = rulesFrom(options);
  const given = registryOf(options.tokens ?? [], options.keys ?? []);
  const registry = {
    tokens: given.tokens.length > 0 ? given.tokens : state.tokens,
    keys: given.keys.length > 0 ? given.keys : state.keys,
  };
  const world: World = {
    rules,
    registry,
    accounts: new Map(),
    zones: new Map(),
    agenda: createAgenda(),
    watch: createWatch(),
    dirty: { zones: new Set(), stores: new Map() },
    now: clock.now(),
    uuid: options.uuid ?? randomUUID,
  };
  const count = createLimiter(rules.limits);
  const guard = createGuard(registry, rules.limits);
  const writes: Write[] = [];

  function carryOut(request: SimRequest, headers: Record<string, string>): SimResponse {
    const sent = lowerCased(request.headers);
    const credential = identify(sent);
    Object.assign(headers, count(credential.sha256, world.now));
    const { path, query } = split(request.url);
    const { route, params } = findRoute(request.method, path);
    if (route.audited) headers['cf-auditlog-id'] = randomUUID();
    guard(credential, route.groups, world.now);
    const isWrite = request.method !== 'GET';
    const takesBody = isWrite && request.method !== 'DELETE';
    const body = takesBody ? readBody(request.body, sent['content-type']) : {};
    const answer = route.run({ world, credential, params, query, body });
    if (isWrite) writes.push({ method: request.method, path, time: world.now });
    return success(answer, headers);
  }

  restore(world, state);
  look(world);
  world.watch.mark();

  return {
    clock,
    writes,
    handle(request) {
      settle(world, clock.now());
      const headers: Record<string, string> = { 'cf-ray': `${randomBytes(8).toString('hex')}-SIM` };
      try {
        return carryOut(request, headers);
      } catch (error) {
        if (error instanceof Refusal) return failure(error, headers);
        throw error;
      } finally {
        look(world);
      }
    },
    know(zones) {
      settle(world, clock.now());
      for (const { name, accountId } of zones) findOrCreate(world, name, accountId ?? null);
      look(world);
    },
    get state() {
      settle(world, clock.now());
      return snapshot(world);
    },
    mark() {
      settle(world, clock.now());
      world.watch.mark();
    },
    breaches() {
      settle(world, clock.now());
      return world.watch.breaches();
    },
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function split(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const at = url.indexOf('?');
  return at < 0
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}
