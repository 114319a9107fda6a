import type { Simulator } from './simulator.ts';

/** Where the API begins, as on the real server. */
export const BASE_PATH = '/client/v4';
/** What anything else answers, with 404. */
export const OUTSIDE = `The simulated API begins at ${BASE_PATH}\n`;

/** A `fetch` that reaches this simulator and nothing else, for `--simulate`; any host will do, the path must be the API's. */
export function fetchFrom(simulator: Pick<Simulator, 'handle'>): SimulatedFetch {
  return async (input, init = {}) => {
    init.signal?.throwIfAborted();
    const { pathname, search } = new URL(input);
    const path = belowBase(pathname);
    if (path === null) return new Response(OUTSIDE, { status: 404 });
    const answer = await simulator.handle({
      method: (init.method ?? 'GET').toUpperCase(),
      url: `${path}${search}`,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof init.body === 'string' ? init.body : '',
    });
    init.signal?.throwIfAborted();
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  };
}
export type SimulatedFetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

/** The path below the base, or null where it is not below it. */
export function belowBase(pathname: string): string | null {
  return pathname.startsWith(`${BASE_PATH}/`) ? pathname.slice(BASE_PATH.length) : null;
}
