import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openNetwork } from '../../src/cloudflare/network.ts';
import type { SimResponse } from '../../src/simulator/index.ts';
import { answer, ask, openHttps, type Received } from '../support/https.ts';
import { hostnameRotation } from './support/cases.ts';
import type { Fault } from './support/faults.ts';
import { judged } from './support/judge.ts';
import { prepare, type Take } from './support/trial.ts';

type Broken = (request: IncomingMessage, response: ServerResponse, carryOut: () => Promise<SimResponse>) => unknown;

/** What a network does to a connection, done to real ones. */
const BROKEN: Readonly<Record<string, Broken>> = {
  'is reset before it is carried out': (request) => request.socket.resetAndDestroy(),
  'is reset after it was carried out': async (request, _response, carryOut) => {
    await carryOut();
    request.socket.resetAndDestroy();
  },
  'is closed without an answer': async (request, _response, carryOut) => {
    await carryOut();
    request.socket.destroy();
  },
  'is cut in the middle of the answer': async (request, response, carryOut) => {
    const { status, headers, body } = await carryOut();
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.write(body.slice(0, body.length / 2), () => request.socket.destroy());
  },
  'is answered by no HTTP at all': (request) => request.socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
};

let server: Server;
let take: Take;
let broken: Broken;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { method = 'GET', url = '', headers } = request;
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const path = url.replace('/client/v4', '');
    await broken(request, response, async () => take.simulator.handle({ method, url: path, headers: sent, body }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Does each of these to each request of a run, on a real wire, and names what goes wrong. */
async function sweep(ways: readonly string[], overTheWire: Fault, use: (way: string, take: Take) => void) {
  const stage = await prepare(hostnameRotation);
  const wrong: string[] = [];
  for (const [index, { method, path }] of stage.requests.entries()) {
    for (const way of ways) {
      const plot = (place: number) => (place === index + 1 ? overTheWire : undefined);
      const result = await judged(stage, plot, (take) => use(way, take));
      if (result.code !== 0) wrong.push(`${method} ${path} ${way}: exit ${result.code}`);
      wrong.push(...result.wrong.map((it) => `${method} ${path} ${way}: ${it}`));
    }
  }
  await stage.close();
  return { tried: stage.requests.length * ways.length, wrong: wrong.join('\n\n') };
}

it('whatever happens to the real connection of any request, the run is complete', { timeout: 60_000 }, async () => {
  const { port } = server.address() as AddressInfo;
  const overTheWire: Fault = (_send, _giveUp, init, url) =>
    fetch(`http://127.0.0.1:${port}${new URL(url).pathname}${new URL(url).search}`, init as RequestInit);
  const { wrong } = await sweep(Object.keys(BROKEN), overTheWire, (way, it) => {
    broken = BROKEN[way] as Broken;
    take = it;
  });
  expect(wrong).toBe('');
});

/** What a server of HTTP/2 does to a request. */
const BROKEN_STREAMS: Readonly<Record<string, (request: Received, carryOut: () => Promise<SimResponse>) => unknown>> = {
  'is reset before it is carried out': ({ stream }) => stream.close(2),
  'is reset after it was carried out': async ({ stream }, carryOut) => {
    await carryOut();
    stream.close(2);
  },
  'is refused': ({ stream }) => stream.close(7),
  'comes when the connection is going away': ({ stream, session }) =>
    session.goaway(0, Math.max(1, (stream.id ?? 0) - 2)),
  'loses its connection after it was carried out': async ({ unplug }, carryOut) => {
    await carryOut();
    unplug();
  },
  'is cut in the middle of the answer': async ({ stream }, carryOut) => {
    const { status, headers, body } = await carryOut();
    stream.respond({ ':status': status, ...headers });
    stream.write(body.slice(0, body.length / 2), () => stream.destroy(new Error('no more')));
  },
};

it('whatever happens to the stream of any request, the run is complete', { timeout: 60_000 }, async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  let way = '';
  const streams = await openHttps((request) => {
    // Each connection begins with a request that all is well with, so that there is one for a GOAWAY to name.
    if (request.headers[':path'] === '/') return answer(request, { status: 200, headers: {}, body: '' });
    return BROKEN_STREAMS[way]?.(request, () => ask(request, take.simulator.handle));
  });
  const { origin } = new URL(streams.url);
  const network = openNetwork(streams.url, { connect: 5000, headers: 5000, body: 5000, idle: 5000 }, false);
  const overTheWire: Fault = async (_send, _giveUp, { method, headers, body }, url) => {
    await network.send({ method: 'GET', url: new URL(origin), headers: {} }).arrival;
    const sent = { method, url: new URL(new URL(url).pathname + new URL(url).search, origin), headers };
    const arrival = await network.send(body === undefined ? sent : { ...sent, body }).arrival;
    if (arrival.error !== undefined) throw arrival.error;
    const type = arrival.headers.get('content-type') ?? '';
    return new Response(arrival.text, { status: arrival.status ?? 0, headers: { 'content-type': type } });
  };
  const { wrong, tried } = await sweep(Object.keys(BROKEN_STREAMS), overTheWire, (of, it) => {
    way = of;
    take = it;
  });
  await network.close();
  await streams.close();
  vi.unstubAllEnvs();
  expect(wrong).toBe('');
  expect(streams.requests.filter(({ headers }) => headers[':path'] !== '/')).toHaveLength(tried);
});
