import { afterEach } from 'vitest';
import { createSimulator, type Simulator, type SimulatorOptions, serve } from '../../src/simulator/index.ts';
import { type TestCertificate, testCertificate } from '../support/certificates.ts';

export const START = Date.parse('2026-06-01T00:00:00Z');
export const ZONE = '023e105f4ecef8ad9ca31a8372d0c353';
export const OTHER_ZONE = '123e105f4ecef8ad9ca31a8372d0c353';
export const ACCOUNT = '4d5e105f4ecef8ad9ca31a8372d0c353';
export const PULLS = `/zones/${ZONE}/origin_tls_client_auth`;
export const HOSTNAMES = `${PULLS}/hostnames`;
export const CERTIFICATES = `${HOSTNAMES}/certificates`;
export const SETTING = `/zones/${ZONE}/settings/tls_client_auth`;
export const ACCESS = `/accounts/${ACCOUNT}/access/certificates`;
export const ZONE_ACCESS = `/zones/${ZONE}/access/certificates`;

/** Round numbers, so that tests read well. */
export const DELAYS = { deploy: 1000, delete: 1000, void: 2000, accessSettle: 1000 } as const;

export type Row = Record<string, unknown>;
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly success: boolean;
  /** The code of the first error. */
  readonly code: number | undefined;
  readonly message: string | undefined;
  readonly result: unknown;
  readonly row: Row;
  readonly rows: readonly Row[];
  readonly info: Row | undefined;
  readonly envelope: Row;
}
export interface Running {
  readonly simulator: Simulator;
  readonly url: string;
  /** Moves the clock. */
  pass(ms: number): void;
  /** One request over HTTP, with a token unless other headers are given. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A simulator on a free port with a clock that only the test moves; ended after the test. */
export async function start(options: Partial<SimulatorOptions> = {}): Promise<Running> {
  let now = START;
  const clock = {
    now: () => now,
    advance(ms: number) {
      now += ms;
    },
  };
  const simulator = createSimulator({ clock, ...options, delays: { ...DELAYS, ...options.delays } });
  const served = await serve(simulator);
  closers.push(served.close);
  return {
    simulator,
    url: served.url,
    pass: (ms) => clock.advance(ms),
    async ask(method, path, body, headers = { authorization: 'Bearer any' }) {
      const response = await fetch(`${served.url}${path}`, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return replyOf(response, (await response.json()) as Row);
    },
  };
}

/** Uploads a leaf to either store and answers its id. */
export async function upload({ ask }: Running, path: string, certificate: TestCertificate): Promise<string> {
  const reply = await ask('POST', path, pairOf(certificate));
  if (reply.status !== 200) throw new Error(`upload failed: ${reply.code} ${reply.message}`);
  return String(reply.row.id);
}

/** Adds a CA and answers its id. */
export async function addCa(
  { ask }: Running,
  name: string,
  hostnames: readonly string[],
  path: string = ACCESS,
): Promise<string> {
  const { certificate } = await testCertificate(name, { ca: true });
  const reply = await ask('POST', path, { name, certificate, associated_hostnames: hostnames });
  if (reply.status !== 201) throw new Error(`adding failed: ${reply.code} ${reply.message}`);
  return String(reply.row.id);
}

export const pairOf = ({ certificate, privateKey }: TestCertificate): Row => ({
  certificate,
  private_key: privateKey,
});

export const link = (hostname: string, cert_id: string | undefined, enabled: boolean | null = true): Row => ({
  hostname,
  cert_id,
  enabled,
});

function replyOf(response: Response, envelope: Row): Reply {
  const { result } = envelope;
  const [error] = envelope.errors as readonly { code: number; message: string }[];
  return {
    status: response.status,
    headers: response.headers,
    success: envelope.success === true,
    code: error?.code,
    message: error?.message,
    result,
    row: result as Row,
    rows: result as readonly Row[],
    info: envelope.result_info as Row | undefined,
    envelope,
  };
}
