import { type Arrival, type Cut, createBody, NO_HEADERS, type Transport, textOf } from './arrival.ts';

/** `fetch` as far as we use it. */
export type FetchLike = (url: string, init: FetchInit) => Promise<Response>;
export interface FetchInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** What speaks fetch in place of the network: the simulator inside this process, and the mocks of tests. */
export function overFetch(fetch: FetchLike): Transport {
  return ({ url, ...message }) => {
    const controller = new AbortController();
    const init = { ...message, redirect: 'manual', signal: controller.signal } as const;
    return { arrival: arrivalOf(() => fetch(url.href, init)), cut: (why: Cut) => controller.abort(why) };
  };
}

async function arrivalOf(send: () => Promise<Response>): Promise<Arrival> {
  let begun: Pick<Arrival, 'status' | 'headers'> = { headers: NO_HEADERS };
  try {
    const response = await send();
    begun = { status: response.status, headers: response.headers };
    const received = createBody();
    for await (const part of response.body ?? []) received.add(part);
    return { ...begun, text: textOf(received.bytes()) };
  } catch (error) {
    return { ...begun, error };
  }
}
