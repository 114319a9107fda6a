import { basename } from 'node:path';
import { stringify } from 'yaml';
import type { Door, Output } from '../../src/cli/door.ts';
import { run } from '../../src/cli/run.ts';
import { TABLE } from '../../src/cli/table.ts';
import { createClient } from '../../src/cloudflare/client.ts';
import { findZones } from '../../src/cloudflare/zones.ts';
import { registry } from '../../src/kinds/index.ts';
import { createSimulator, fetchFrom, type Simulator, type SimulatorOptions } from '../../src/simulator/index.ts';
import { testClock } from '../support/clock.ts';
import type { Want } from './cases.ts';
import type { Pool } from './pool.ts';

/** The program against a simulator, all in memory: no socket and no file, so that hundreds of worlds fit in seconds. */
export interface SmallWorld {
  readonly simulator: Simulator;
  /** How many requests were sent so far. */
  requests(): number;
  /** Lets time pass. */
  advance(ms: number): void;
  run(want: Want, ...argv: readonly string[]): Promise<Ran>;
}
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function openSmallWorld(pool: Pool, options: (now: number) => Omit<SimulatorOptions, 'clock'>): SmallWorld {
  const clock = testClock();
  const simulator = createSimulator({ ...options(clock.now()), clock });
  const simulated = fetchFrom(simulator);
  let requests = 0;
  return {
    simulator,
    requests: () => requests,
    advance: (ms) => clock.advance(ms),
    async run(want, ...argv) {
      const out: string[] = [];
      const err: string[] = [];
      const door: Door = {
        version: '0.0.0-test',
        env: {},
        clock,
        registry,
        files: {
          cwd: '/',
          env: {},
          now: () => clock.now(),
          readDir: () => null,
          readFile: (path) => Buffer.from(fileOf(basename(path), want, pool)),
        },
        stdout: outputTo(out),
        stderr: outputTo(err),
        save: () => Promise.resolve(),
        makeFolder: () => Promise.resolve(),
        append: () => undefined,
        stop: new AbortController().signal,
        async connect({ policy, onWait }) {
          const api = createClient({
            baseUrl: 'https://simulator.invalid/client/v4',
            credentials: { token: 'test' },
            version: '0.0.0-test',
            clock,
            random: () => 0.5,
            policy,
            onWait,
            fetch: (url, { method, headers, body }) => {
              requests += 1;
              return simulated(url, { method, headers, ...(body ? { body } : {}) });
            },
          });
          return { api, address: 'test', findZones: (wanted) => findZones(api, wanted), close: () => api.close() };
        },
        simulate: () => Promise.reject(new Error('the test has its own simulator')),
      };
      const code = await run([...argv, '-f', 'cf-mtls.yaml'], TABLE, door);
      return { code, stdout: out.join(''), stderr: err.join('') };
    },
  };
}

function fileOf(name: string, want: Want, pool: Pool): string {
  const [, label = '', kind] = /^(.*)\.(pem|key)$/.exec(name) ?? [];
  const certificate = pool.get(label);
  if (certificate !== undefined) return kind === 'pem' ? certificate.certificate : certificate.privateKey;
  const said = JSON.stringify(want);
  const used = [...pool.keys()].filter((it) => said.includes(`"${it}"`));
  const certificates = Object.fromEntries(
    used.map((it) => [
      it,
      {
        certificate: { file: `${it}.pem` },
        ...(it.startsWith('ca') ? {} : { private_key: { file: `${it}.key` } }),
      },
    ]),
  );
  return stringify({ version: 1, certificates, ...want }, { aliasDuplicateObjects: false });
}

function outputTo(parts: string[]): Output {
  return {
    write: (text) => void parts.push(text),
    isTerminal: false,
    width: () => Number.POSITIVE_INFINITY,
    height: () => 24,
    color: false,
  };
}
