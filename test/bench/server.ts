import { type ChildProcess, fork } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSimulator, type Delays, type Simulator, serve } from '../../src/simulator/index.ts';
import { answer, ask, openHttps } from '../support/https.ts';
import { populate, type Setup } from './estate.ts';

/** A simulator in a process of its own, so that it takes no time from what is measured. */
export interface Server {
  readonly url: string;
  /** PEM, by which a client knows it. */
  readonly ca?: string;
  /** What came in since the last time, and over how many connections. */
  count(): Promise<Count>;
  close(): Promise<void>;
}
export interface Count {
  readonly requests: number;
  readonly writes: number;
  readonly connections: number;
}
export interface Rules {
  /** Milliseconds before each answer. */
  readonly latency: number;
  readonly delays?: Partial<Delays>;
  /** As the API: TLS, and HTTP/2. */
  readonly secure?: boolean;
}

export async function startServer(setup: Setup, rules: Rules): Promise<Server> {
  const child = fork(process.argv[1] ?? '', ['server'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const { url, ca } = await tell<Pick<Server, 'url' | 'ca'>>(child, { setup, rules });
  return {
    url,
    ...(ca === undefined ? {} : { ca }),
    count: () => tell<Count>(child, 'count'),
    async close() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

async function tell<T>(child: ChildProcess, message: object | string): Promise<T> {
  child.send(message);
  return ((await once(child, 'message')) as [T])[0];
}

/** By so much a timer rings late and an answer takes to its reader, so that a client sees the latency that was asked for. */
const LATENESS = 1.5;

/** What the other process does. */
export function runServer(): void {
  let count = { requests: 0, writes: 0, connections: 0 };
  let close = async (): Promise<void> => {};
  subscribe('net.server.socket', () => {
    count.connections += 1;
  });
  process.on('message', async (message: 'count' | { readonly setup: Setup; readonly rules: Rules }) => {
    if (message === 'count') {
      process.send?.(count);
      count = { requests: 0, writes: 0, connections: 0 };
      return;
    }
    const { setup, rules } = message;
    const simulator = createSimulator({
      clock: { now: Date.now },
      delays: { deploy: 0, delete: 0, void: 0, accessSettle: 0, ...rules.delays },
      // So high that it is none, and told in the headers, so that nobody holds back.
      limits: { requests: 10_000_000 },
    });
    await populate(simulator, setup);
    const handle: Simulator['handle'] = async (request) => {
      count.requests += 1;
      if (request.method !== 'GET') count.writes += 1;
      const due = performance.now() + rules.latency - LATENESS;
      const answered = await simulator.handle(request);
      const rest = due - performance.now();
      if (rest > 0) await sleep(rest);
      return answered;
    };
    const served = await (rules.secure
      ? openHttps(async (request) => answer(request, await ask(request, handle)))
      : serve(simulator, { handle }));
    close = served.close;
    process.send?.({ url: served.url, ca: 'ca' in served ? served.ca : undefined });
  });
  process.on('disconnect', () => void close().then(() => process.exit(0)));
}
