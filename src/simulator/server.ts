import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BASE_PATH, belowBase, OUTSIDE } from './fetch.ts';
import type { Simulator } from './simulator.ts';

export interface ServeOptions {
  /** 0 takes any that is free. */
  readonly port?: number;
  /** A loopback address; others are not for a server that knows every token. */
  readonly host?: '127.0.0.1' | '::1' | 'localhost';
  /** Stands in front of the simulator's own: to keep its state, or to make faults. */
  readonly handle?: Simulator['handle'];
}
export interface Served {
  /** The base URL of the API: `http://127.0.0.1:PORT/client/v4`. */
  readonly url: string;
  readonly port: number;
  /** Ends the server and every connection to it. */
  close(): Promise<void>;
}

/** Puts a simulator behind HTTP: the API below `/client/v4`, and its own handles below `/_simulator`. */
export async function serve(
  simulator: Simulator,
  { port = 0, host = '127.0.0.1', handle = simulator.handle }: ServeOptions = {},
): Promise<Served> {
  const server = createServer((request, response) => {
    answer(simulator, handle, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}${BASE_PATH}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  simulator: Simulator,
  handle: Simulator['handle'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const method = request.method ?? 'GET';
  const [pathname = '', search] = (request.url ?? '').split(/(?=\?)/, 2);

  const told = CONTROLS[`${method} ${pathname}`]?.(simulator, body);
  if (told !== undefined) {
    send(response, 200, { 'content-type': 'application/json' }, JSON.stringify(told));
    return;
  }
  const path = belowBase(pathname);
  if (path === null) {
    send(response, 404, { 'content-type': 'text/plain' }, OUTSIDE);
    return;
  }
  const answered = await handle({ method, url: `${path}${search ?? ''}`, headers: headersOf(request), body });
  send(response, answered.status, answered.headers, answered.body);
}

/** What the simulator tells of itself to those who can only reach it over HTTP; undefined: not here. */
const CONTROLS: Readonly<Record<string, (simulator: Simulator, body: string) => unknown>> = {
  'POST /_simulator/mark': (simulator) => {
    simulator.mark();
    return { marked: true };
  },
  'GET /_simulator/breaches': (simulator) => ({ breaches: simulator.breaches() }),
  'GET /_simulator/state': (simulator) => simulator.state,
  'GET /_simulator/writes': (simulator) => ({ writes: simulator.writes }),
  'POST /_simulator/advance': ({ clock }, body) => {
    if (clock.advance === undefined) return undefined;
    clock.advance(Number((JSON.parse(body) as { readonly ms: unknown }).ms));
    return { now: clock.now() };
  },
};

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
