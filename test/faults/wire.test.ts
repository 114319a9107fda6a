import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SimResponse } from '../../src/simulator/index.ts';
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

it('whatever happens to the real connection of any request, the run is complete', { timeout: 60_000 }, async () => {
  const stage = await prepare(hostnameRotation);
  const { port } = server.address() as AddressInfo;
  const overTheWire: Fault = (_send, _giveUp, init, url) =>
    fetch(`http://127.0.0.1:${port}${new URL(url).pathname}${new URL(url).search}`, init as RequestInit);
  const wrong: string[] = [];
  for (const [index, { method, path }] of stage.requests.entries()) {
    for (const [what, how] of Object.entries(BROKEN)) {
      broken = how;
      const plot = (place: number) => (place === index + 1 ? overTheWire : undefined);
      const result = await judged(stage, plot, (it) => {
        take = it;
      });
      if (result.code !== 0) wrong.push(`${method} ${path} ${what}: exit ${result.code}`);
      wrong.push(...result.wrong.map((it) => `${method} ${path} ${what}: ${it}`));
    }
  }
  await stage.close();
  expect(wrong.join('\n\n')).toBe('');
});
