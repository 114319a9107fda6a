import { REFUSALS } from '../../../src/model/names.ts';
import type { SimRequest, SimResponse, Simulator } from '../../../src/simulator/index.ts';
import { type DesiredState, openWorld, type Ran, type World, type WorldOptions } from '../../support/world.ts';
import { ACCOUNT } from './cases.ts';

/** How the API answers a request instead of carrying it out; undefined: it carries it out. */
export type Refusing = (
  request: SimRequest & { readonly to: string },
  carryOut: () => Promise<SimResponse>,
  simulator: Simulator,
) => Promise<SimResponse | undefined> | SimResponse | undefined;

export interface Scene {
  readonly world: World;
  readonly ran: Ran;
  /** What was written in the last apply, as `METHOD last/parts`; what was refused included. */
  readonly tried: readonly string[];
}

/** Applies one state after the other; the last one under refusals. Answers what came of that. */
export async function applied(
  states: readonly DesiredState[],
  refusing: Refusing = () => undefined,
  options: WorldOptions = {},
): Promise<Scene> {
  let isLast = false;
  const tried: string[] = [];
  const world = await openWorld({
    ...options,
    handle: (simulator) => async (request) => {
      if (!isLast) return simulator.handle(request);
      const to = `${request.method} ${request.url.replace(/[?].*/, '').replace(/[0-9a-f-]{32,36}/g, 'ID')}`;
      if (request.method !== 'GET') tried.push(to);
      const carryOut = async () => simulator.handle(request);
      return (await refusing({ ...request, to }, carryOut, simulator)) ?? carryOut();
    },
  });
  let ran: Ran | undefined;
  for (const [index, state] of states.entries()) {
    isLast = index === states.length - 1;
    if (isLast) world.simulator.mark();
    await world.want(state);
    ran = await world.run('apply', '--auto-approve', ...REFUSALS.flatMap((name) => ['--allow', name]));
    if (!isLast && ran.code !== 0) throw new Error(ran.stdout + ran.stderr);
  }
  if (ran === undefined) throw new Error('no state to apply');
  await world.close();
  return { world, ran, tried };
}

/** The CAs as Access shows them once it has taken everything up. */
export async function accessAtLast({ clock, simulator }: World): Promise<unknown> {
  clock.advance(600_000);
  const url = `/accounts/${ACCOUNT}/access/certificates`;
  const answer = await simulator.handle({ method: 'GET', url, headers: { authorization: 'Bearer look' }, body: '' });
  return JSON.parse(answer.body).result;
}

/** A refusal as the API wraps it. */
export function refusal(status: number, code: number, message: string): SimResponse {
  const body = JSON.stringify({ success: false, errors: [{ code, message }], messages: [], result: null });
  return { status, headers: { 'content-type': 'application/json' }, body };
}

/** Refuses the first so many requests to an address. */
export function atFirst(times: number, to: string, answer: SimResponse): Refusing {
  let left = times;
  return (request) => (request.to === to && left-- > 0 ? answer : undefined);
}

/** Somebody else's request arrives just before ours, and makes the API say what it says then. */
export function twice(to: string): Refusing {
  let isFirst = true;
  return async (request, carryOut) => {
    if (request.to !== to || !isFirst) return undefined;
    isFirst = false;
    await carryOut();
    return carryOut();
  };
}
