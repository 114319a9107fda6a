import { execFile } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { Door, Output } from '../../src/cli/door.ts';
import { run } from '../../src/cli/run.ts';
import { TABLE } from '../../src/cli/table.ts';
import { type ClientOptions, createClient } from '../../src/cloudflare/client.ts';
import { findZones } from '../../src/cloudflare/zones.ts';
import { registry } from '../../src/kinds/index.ts';
import { createSimulator, type Simulator, type SimulatorOptions, serve } from '../../src/simulator/index.ts';
import { type TestCertificateOptions, testCertificate } from './certificates.ts';
import { type TestClock, testClock } from './clock.ts';

/** A whole world for one test: a simulator behind real HTTP, a folder, a clock, and the program as users start it. */
export interface World {
  readonly simulator: Simulator;
  readonly clock: TestClock;
  readonly folder: string;
  /** Where the simulator listens. */
  readonly url: string;
  /** Makes a certificate and its key below the folder, by label; labels that begin with `ca-` are CAs. */
  certify(label: string, options?: TestCertificateOptions): Promise<void>;
  /** Writes the desired state, with every label that it names and nobody has made yet. */
  want(state: DesiredState): Promise<void>;
  /** Runs a command line. */
  run(...argv: readonly string[]): Promise<Ran>;
  /** The text with every fingerprint of a made certificate replaced by `<label>`. */
  masked(text: string): string;
  close(): Promise<void>;
}
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
/** What stands in the file; `certificates` are added. */
export interface DesiredState {
  readonly zones?: Record<string, unknown>;
  readonly accounts?: Record<string, unknown>;
  readonly policy?: Record<string, unknown>;
  /** Labels that are not to be named by hand: everything under `certificate`, `keep`, `hostname_certificates`. */
  readonly certificates?: Record<string, unknown>;
}

export interface WorldOptions extends Partial<Omit<SimulatorOptions, 'clock'>> {
  /** Stands in front of the simulator, to make faults or to change things between requests. */
  readonly handle?: (simulator: Simulator) => Simulator['handle'];
  readonly client?: Partial<ClientOptions>;
  readonly door?: Partial<Door>;
  /** To begin at another time than all others. */
  readonly clock?: TestClock;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { clock = testClock() } = options;
  const simulator = createSimulator({ ...options, clock });
  const served = await serve(simulator, options.handle ? { handle: options.handle(simulator) } : {});
  const folder = mkdtempSync(join(tmpdir(), 'cf-mtls-'));
  mkdirSync(join(folder, 'certs'));
  const names = new Map<string, string>();
  const made = new Set<string>();

  const certify = async (
    label: string,
    how: TestCertificateOptions = { ca: label.startsWith('ca-') },
  ): Promise<void> => {
    made.add(label);
    const { certificate, privateKey, sha256, md5 } = await testCertificate(label, how);
    writeFileSync(join(folder, 'certs', `${label}.pem`), certificate);
    writeFileSync(join(folder, 'certs', `${label}.key`), privateKey);
    names.set(sha256, label).set(sha256.slice(0, 19), label).set(md5, label).set(md5.slice(0, 16), label);
  };

  return {
    simulator,
    clock,
    folder,
    url: served.url,
    certify,
    async want(state) {
      const labels = labelsIn(state);
      for (const label of labels) if (!made.has(label) && !(label in (state.certificates ?? {}))) await certify(label);
      const certificates = Object.fromEntries(
        [...labels].map((label) => [
          label,
          {
            certificate: { file: `certs/${label}.pem` },
            ...(label.startsWith('ca-') ? {} : { private_key: { file: `certs/${label}.key` } }),
          },
        ]),
      );
      const document = { version: 1, ...state, certificates: { ...certificates, ...state.certificates } };
      writeFileSync(join(folder, 'cf-mtls.yaml'), stringify(document, { aliasDuplicateObjects: false }));
    },
    async run(...argv) {
      const [stdout, stderr] = [collector(), collector()];
      const door = doorOf(folder, served.url, clock, stdout, stderr, options);
      const code = await run(argv, TABLE, door);
      return { code, stdout: stdout.text(), stderr: stderr.text() };
    },
    masked: (text) => text.replace(/(?:sha256|md5):[0-9a-f]{12,64}/g, (it) => `<${names.get(it) ?? it}>`),
    async close() {
      await served.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function doorOf(
  folder: string,
  url: string,
  clock: TestClock,
  stdout: Collector,
  stderr: Collector,
  options: WorldOptions,
): Door {
  return {
    version: '0.0.0-test',
    env: {},
    files: {
      cwd: folder,
      env: {},
      readFile: (path) => readFileSync(path),
      realPath: (path) => realpathSync(path),
      readDir: (path) => {
        try {
          return readdirSync(path);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
          throw error;
        }
      },
      now: () => clock.now(),
      run: ([file = '', ...rest], timeout) =>
        new Promise((resolve) => {
          execFile(file, rest, { timeout }, (error, out, err) => {
            resolve({ code: error ? 1 : 0, stdout: out, stderr: err, timedOut: false });
          });
        }),
    },
    clock,
    registry,
    stdout: stdout.output,
    stderr: stderr.output,
    save: async (path, text) => writeFileSync(resolve(folder, path), text),
    makeFolder: async (path) => void mkdirSync(resolve(folder, path), { recursive: true }),
    append: (path, text, fresh) => (fresh ? writeFileSync : appendFileSync)(resolve(folder, path), text),
    stop: new AbortController().signal,
    async connect({ policy, onWait, maxRequests, shares }) {
      const api = createClient({
        baseUrl: url,
        credentials: { token: 'test' },
        version: '0.0.0-test',
        clock,
        random: () => 0.5,
        policy,
        onWait,
        shares,
        ...(maxRequests === undefined ? {} : { maxRequests }),
        ...options.client,
      });
      return { api, address: 'test', findZones: (wanted) => findZones(api, wanted), close: () => api.close() };
    },
    simulate: () => Promise.reject(new Error('the test has its own simulator')),
    ...options.door,
  };
}

interface Collector {
  readonly output: Output;
  text(): string;
}

function collector(): Collector {
  const parts: string[] = [];
  return {
    output: {
      write: (text) => void parts.push(text),
      isTerminal: false,
      width: () => Number.POSITIVE_INFINITY,
      height: () => 24,
      color: false,
    },
    text: () => parts.join(''),
  };
}

/** Every label that a state names in the places where labels stand. */
function labelsIn(value: unknown, key = ''): ReadonlySet<string> {
  if (typeof value === 'string') return new Set(key === 'certificate' && value !== 'none' ? [value] : []);
  if (Array.isArray(value))
    return new Set(key === 'keep' || key === 'hostname_certificates' ? (value as string[]) : []);
  if (typeof value !== 'object' || value === null) return new Set();
  const entries = Object.entries(value).filter(([name]) => key !== '' || name !== 'certificates');
  return new Set(entries.flatMap(([name, item]) => [...labelsIn(item, name)]));
}
