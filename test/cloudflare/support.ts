import { createServer, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { type Client, type ClientOptions, createClient, type FetchLike } from '../../src/cloudflare/client.ts';
import { ApiError, type ApiRequest } from '../../src/model/api.ts';
import type { Clock } from '../../src/model/clock.ts';

/** A clock that nobody waits for: when nothing else is left to do, it moves on to the next sleeper. */
export function testClock(): Clock & { readonly slept: readonly number[]; advance(ms: number): void } {
  let now = START;
  const slept: number[] = [];
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const tick = () => {
    sleepers.sort((one, other) => one.at - other.at);
    const next = sleepers.shift();
    now = Math.max(now, next?.at ?? now);
    next?.wake();
  };
  return {
    now: () => now,
    slept,
    advance(ms) {
      now += ms;
    },
    sleep(ms, signal) {
      slept.push(ms);
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        sleepers.push({ at: now + ms, wake: resolve });
        setImmediate(tick);
      });
    },
  };
}
export const START = Date.UTC(2026, 0, 1);

export interface Bench {
  readonly client: Client;
  readonly clock: ReturnType<typeof testClock>;
  readonly waits: string[];
  readonly traces: string[];
}

/** A client with a clock of its own, whose waits and traces are kept. Closed after the test. */
export function bench(options: Partial<ClientOptions> = {}): Bench {
  const clock = testClock();
  const waits: string[] = [];
  const traces: string[] = [];
  const client = createClient({
    baseUrl: 'https://api.cloudflare.com/client/v4',
    credentials: { token: TOKEN },
    version: '1.2.3',
    clock,
    random: () => 0,
    policy: { retry: { attempts: 5, base: 500, max: 8000 }, wait: { rateLimit: 660_000 } },
    trace: (line) => traces.push(line),
    onWait: (message) => waits.push(message),
    ...options,
  });
  cleanups.push(() => client.close());
  return { client, clock, waits, traces };
}
/** A client whose network is the global fetch, looked up late: that is what mocks of HTTP put themselves in place of. */
export function mockBench(options: Partial<ClientOptions> = {}): Bench {
  return bench({ fetch: (url, init) => globalThis.fetch(url, init), ...options });
}

export const TOKEN = 'v1.0-a-token-that-nobody-may-see';

/** An answer of `scripted`: a Response, or an error to fail with. */
export type Answer = Response | Error | ((url: string, signal: AbortSignal) => Response | Promise<Response>);

/** A fetch that gives these answers one after the other (the last one again and again), and keeps what was sent. */
export function scripted(...answers: readonly (() => Answer)[]) {
  const sent: { readonly method: string; readonly url: string; readonly body?: string }[] = [];
  const fetch: FetchLike = async (url, { method, body, signal }) => {
    const answer = (answers[sent.length] ?? answers.at(-1))?.();
    sent.push({ method, url, ...(body === undefined ? {} : { body }) });
    if (answer instanceof Error) throw answer;
    if (typeof answer === 'function') return answer(url, signal);
    if (answer === undefined) throw new Error('nothing scripted');
    return answer;
  };
  return { fetch, sent };
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) => {
  return () =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
};
export const fine = (result: unknown = { id: 'x' }) => json({ success: true, errors: [], messages: [], result });
export const no = (code: number, message: string, status = 400, headers: Record<string, string> = {}) =>
  json({ success: false, errors: [{ code, message }], messages: [], result: null }, status, headers);
export const html = (status: number) => () =>
  new Response('<html><head><title>502 Bad Gateway</title></head></html>', {
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8' },
  });
/** As the real fetch fails: a TypeError, with the word in its cause. */
export const fails = (code: string, syscall?: string) => () =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code, syscall }) });

export const GET: ApiRequest = { method: 'GET', path: '/zones/z/thing', permission: 'Thing Read' };
export const PUT: ApiRequest = { method: 'PUT', path: '/zones/z/thing', body: { on: true }, permission: 'Thing Write' };
export const POST: ApiRequest = { method: 'POST', path: '/zones/z/thing', body: { a: 1 }, permission: 'Thing Write' };
export const DELETE: ApiRequest = { method: 'DELETE', path: '/zones/z/thing/1', permission: 'Thing Write' };

/** The ApiError that a promise fails with. */
export async function failureFrom(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw error;
  return error;
}

/** A server that speaks raw bytes: what it got is kept, and `serve` does with each request whatever it likes. */
export async function rawServer(serve: (socket: Socket, request: string, index: number) => void) {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      text += bytes.toString();
      if (!isWhole(text)) return;
      received.push(text);
      text = '';
      serve(socket, received.at(-1) ?? '', received.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { baseUrl: `http://127.0.0.1:${port}/client/v4`, port, received };
}

/** An HTTP answer as bytes. */
export function http(body: string, head = '200 OK', headers: readonly string[] = []): string {
  const lines = [`HTTP/1.1 ${head}`, 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];
  return `${[...lines, ...headers].join('\r\n')}\r\n\r\n${body}`;
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
  return end !== -1 && text.length >= end + 4 + length;
}

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
