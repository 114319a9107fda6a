import { expect } from 'vitest';
import type { ClientOptions, FetchInit } from '../../../src/cloudflare/client.ts';
import { REFUSALS } from '../../../src/model/names.ts';
import {
  createSimulator,
  fetchFrom,
  type Simulator,
  type SimulatorOptions,
  type SimulatorState,
} from '../../../src/simulator/index.ts';
import { testClock } from '../../support/clock.ts';
import { openWorld, type Ran } from '../../support/world.ts';
import type { Case } from './cases.ts';
import type { Fault } from './faults.ts';
import { shown } from './live.ts';

/** A case that is ready to be run from its beginning as often as one likes. */
export interface Stage {
  /** What the API shows after an apply without faults. */
  readonly goal: string;
  /** What that apply sent. */
  readonly requests: readonly Sent[];
  /** Begins the case anew; only one run of it at a time. */
  begin(plot: Plot): Take;
  close(): Promise<void>;
}
/** One run through a case. */
export interface Take {
  readonly simulator: Simulator;
  /** Milliseconds since the beginning. */
  elapsed(): number;
  advance(ms: number): void;
  apply(): Promise<Ran>;
}
export type Rules = Pick<SimulatorOptions, 'delays' | 'features' | 'limits'>;
export interface Sent {
  readonly method: string;
  readonly path: string;
}

/** What happens to the n-th request of a take, from 1, in its n-th run; undefined: nothing. */
export type Plot = (place: number, sent: Sent, run: number) => Fault | undefined;
export const calm: Plot = () => undefined;

/** Time enough for everything that is under way to happen. */
export const SETTLED = 30 * 60_000;

/** Walks to where a case begins, and once to its end. */
export async function prepare(of: Case, rules: Rules = {}): Promise<Stage> {
  const clock = testClock();
  let take = { simulator: createSimulator({ ...rules, clock }), plot: calm, sent: [] as Sent[], runs: 0 };
  const client = fronted(() => take, clock.advance);
  const world = await openWorld({ clock, client });
  const apply = () => world.run('apply', '--auto-approve', ...REFUSALS.flatMap((name) => ['--allow', name]));
  for (const state of of.begin) {
    await world.want(state);
    const ran = await apply();
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  }
  clock.advance(SETTLED);
  const [state, start]: [SimulatorState, number] = [take.simulator.state, clock.now()];
  await world.want(of.want);

  const begin = (plot: Plot): Take => {
    clock.advance(start - clock.now());
    const simulator = createSimulator({ ...rules, clock, state });
    simulator.mark();
    take = { simulator, plot, sent: [], runs: 0 };
    return { simulator, apply, advance: clock.advance, elapsed: () => clock.now() - start };
  };
  const { simulator } = begin(calm);
  const ran = await apply();
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  expect(simulator.breaches()).toEqual([]);
  clock.advance(SETTLED);
  return { goal: await shown(simulator), requests: take.sent, begin, close: world.close };
}

/** A client with the simulator in place of the network, and an alarm that rings when a request hangs. */
function fronted(
  take: () => { readonly simulator: Simulator; readonly plot: Plot; readonly sent: Sent[]; runs: number },
  advance: (ms: number) => void,
): Partial<ClientOptions> {
  let settingOut: { ring?: () => void } = {};
  return {
    // It is set for the request that has just set out.
    alarm: (ms, ring) => {
      settingOut.ring = () => {
        advance(ms);
        ring();
      };
      return () => {};
    },
    // Taken anew for the client of each run.
    get fetch() {
      const mine = take();
      const run = ++mine.runs;
      return (url: string, init: FetchInit) => {
        const own: typeof settingOut = {};
        settingOut = own;
        const request = { method: init.method, path: new URL(url).pathname.replace('/client/v4', '') };
        const { signal: _, ...rest } = init;
        const send = () => fetchFrom(mine.simulator)(url, rest);
        const fault = mine.plot(mine.sent.push(request), request, run);
        return fault === undefined ? send() : fault(send, () => own.ring?.(), init, url);
      };
    },
  };
}
