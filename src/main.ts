import { appendFileSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import packageJson from '../package.json' with { type: 'json' };
import type { Connected, Connection, Door } from './cli/door.ts';
import { run } from './cli/run.ts';
import { TABLE, withSimulatorOptions } from './cli/table.ts';
import type { Client, ClientOptions } from './cloudflare/client.ts';
import type { DesiredDoor } from './desired/index.ts';
import { registry } from './kinds/index.ts';
import type { Clock } from './model/clock.ts';
import { inputError } from './model/fault.ts';
import { scrub } from './model/secret.ts';
import { SIMULATE_OPTIONS, simulateSettings } from './simulator/options.ts';
import { runCommand } from './system/command.ts';
import { makeFolder, readDir, save } from './system/files.ts';
import { outputTo } from './system/output.ts';

const { env } = process;
const stop = new AbortController();
const hardStop = new AbortController();
const clock: Clock = {
  now: Date.now,
  sleep: async (ms, signal) => {
    const { setTimeout: sleep } = await import('node:timers/promises');
    await sleep(ms, undefined, signal ? { signal } : {});
  },
};

const door: Door = {
  version: packageJson.version,
  env,
  clock,
  registry,
  files: filesDoor(),
  stdout: outputTo(process.stdout, env),
  stderr: outputTo(process.stderr, env),
  save,
  makeFolder,
  append: (path, text, fresh) => (fresh ? writeFileSync : appendFileSync)(path, scrub(text)),
  stop: stop.signal,
  connect: (how) => (how.simulate ? connectSimulator(how) : connectApi(how)),
  simulate: async (given) => {
    const { simulate } = await import('./simulator/simulate.ts');
    await simulate(simulateSettings(given), { stdout: (text) => door.stdout.write(text), signal: stop.signal, clock });
  },
  // In this order: to look at stdin opens it, which a job without a terminal need not wait for.
  ...(process.stdout.isTTY && process.stdin.isTTY ? { ask } : {}),
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
for (const stream of [process.stdout, process.stderr]) stream.on('error', lostReader);

void run(process.argv.slice(2), withSimulatorOptions(TABLE, SIMULATE_OPTIONS), door).then((code) => {
  process.exitCode = code;
});

/** The first one lets running requests finish and starts no more; the second one cuts them. */
function interrupt(): void {
  if (stop.signal.aborted) hardStop.abort();
  else {
    door.stderr.write('Interrupted: running requests may finish, no more are started. Once more to abort.\n');
    stop.abort();
  }
}

/** Nobody reads any more (`| head`, a closed terminal): an apply ends as if interrupted, and says so by its exit code. */
function lostReader(): void {
  stop.abort();
}

async function connectApi(how: Connection): Promise<Connected> {
  const { checkBaseUrl, createClient, credentialsFrom, isProxied } = await import('./cloudflare/client.ts');
  const baseUrl = checkBaseUrl(env.CLOUDFLARE_BASE_URL || 'https://api.cloudflare.com/client/v4');
  return connected(
    createClient({
      ...clientOptions(how),
      baseUrl,
      credentials: credentialsFrom(env),
      proxied: isProxied(baseUrl, env),
    }),
    baseUrl,
  );
}

/** The same client, with the simulator where the network would be. */
async function connectSimulator(how: Connection): Promise<Connected> {
  const { createClient } = await import('./cloudflare/client.ts');
  const { createSimulator, fetchFrom } = await import('./simulator/index.ts');
  const { keepState, loadState } = await import('./simulator/state-file.ts');
  const file = '.cf-mtls/simulator.json';
  const state = await loadState(file);
  const simulator = createSimulator({ clock, ...(state ? { state } : {}) });
  const simulated = fetchFrom({ handle: keepState(simulator, file) });
  const fetch: ClientOptions['fetch'] = (url, { method, headers, body, signal }) =>
    simulated(url, { method, headers, ...(body ? { body } : {}), ...(signal ? { signal } : {}) });
  const baseUrl = 'https://simulator.invalid/client/v4';
  const credentials = { token: 'simulated' };
  const inside = await connected(createClient({ ...clientOptions(how), baseUrl, credentials, fetch }), 'simulator');
  const findZones: Connected['findZones'] = (wanted) => {
    // Many are looked up in the list, which shows only those that are known already.
    simulator.know(wanted.filter(({ id }) => id === undefined));
    return inside.findZones(wanted);
  };
  return { ...inside, findZones };
}

function clientOptions({
  policy,
  onWait,
  maxRequests,
  shares,
}: Connection): Omit<ClientOptions, 'baseUrl' | 'credentials'> {
  return {
    version: packageJson.version,
    clock,
    random: Math.random,
    policy,
    onWait,
    shares,
    ...(maxRequests === undefined ? {} : { maxRequests }),
    stop: stop.signal,
    signal: hardStop.signal,
    ...(env.CF_MTLS_LOG === 'debug' ? { trace: (line: string) => door.stderr.write(`${line}\n`) } : {}),
  };
}

async function connected(api: Client, address: string): Promise<Connected> {
  const { findZones } = await import('./cloudflare/zones.ts');
  return { api, address, findZones: (wanted) => findZones(api, wanted), close: () => api.close() };
}

function filesDoor(): DesiredDoor {
  const readFile = (path: string): Buffer => readFileSync(path);
  return {
    // Looked up when a path needs it: without it, what needs none still works.
    get cwd() {
      return workingFolder();
    },
    env,
    now: Date.now,
    readFile,
    readDir,
    realPath: (path) => realpathSync(path),
    collect,
    run: runCommand,
  };
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw inputError(`The working directory is gone: ${error instanceof Error ? error.message : error}`);
  }
}

/** V8 would rather ask the system for more: files of 20,000 lines one after the other took twice the memory. */
function collect(): void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  const gc: unknown = process.getBuiltinModule('node:vm').runInNewContext('globalThis.gc');
  if (typeof gc === 'function') gc();
}

/** Nothing where it was not answered: interrupted, or the end of the input. */
async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // While it asks, the terminal gives Ctrl-C to it as a key, and nobody else.
  lines.on('SIGINT', interrupt);
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question, { signal: stop.signal }), ended]);
  } catch {
    return '';
  } finally {
    lines.close();
  }
}
