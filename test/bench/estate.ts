import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulator } from '../../src/simulator/index.ts';
import { type TestCertificate, testCertificate } from '../support/certificates.ts';

/** An estate as it is live: in every zone a certificate of its own, and for every hundred hostnames another one that they present. */
export interface Setup {
  readonly zones: number;
  readonly hostnames: number;
  /** `edge`, and `app-0`, `app-1` … with those that may take their place, `next-0` … */
  readonly certificates: Readonly<Record<string, TestCertificate>>;
  /** Whether all of `next` are live already. */
  readonly both: boolean;
}
export type Generation = 'app' | 'next';

export async function makeSetup(zones: number, hostnames: number, both = false): Promise<Setup> {
  const labels = ['edge', ...labelsOf('app', { hostnames }), ...labelsOf('next', { hostnames })];
  const made = labels.map(async (label) => [label, await testCertificate(label)] as const);
  return { zones, hostnames, certificates: Object.fromEntries(await Promise.all(made)), both };
}

const labelOf = (generation: Generation, host: number): string => `${generation}-${Math.floor(host / PER_CERTIFICATE)}`;
const labelsOf = (generation: Generation, { hostnames }: Pick<Setup, 'hostnames'>): readonly string[] =>
  Array.from({ length: Math.ceil(hostnames / PER_CERTIFICATE) }, (_, index) => `${generation}-${index}`);
const PER_CERTIFICATE = 100;

export const zoneName = (zone: number): string => `z${zone}.example`;
export const hostnamesOf = ({ hostnames }: Pick<Setup, 'hostnames'>, zone: number): readonly string[] =>
  Array.from({ length: hostnames }, (_, host) => `h${host}.${zoneName(zone)}`);

/** Makes the estate live, past the network. */
export async function populate(simulator: Simulator, setup: Setup): Promise<void> {
  const ask = async <T>(method: string, url: string, body?: object): Promise<T> => {
    const headers = { authorization: 'Bearer bench', 'content-type': 'application/json' };
    const answer = await simulator.handle({ method, url, headers, body: body ? JSON.stringify(body) : '' });
    if (answer.status >= 300) throw new Error(`${method} ${url}: ${answer.body}`);
    return (JSON.parse(answer.body) as { readonly result: T }).result;
  };
  for (let zone = 0; zone < setup.zones; zone += 1) {
    const [found] = await ask<{ readonly id: string }[]>('GET', `/zones?name=${zoneName(zone)}`);
    const pulls = `/zones/${found?.id}/origin_tls_client_auth`;
    const upload = (path: string, label: string) => {
      const { certificate, privateKey } = setup.certificates[label] ?? {};
      return ask<{ readonly id: string }>('POST', path, { certificate, private_key: privateKey });
    };
    await upload(pulls, 'edge');
    await ask('PUT', `${pulls}/settings`, { enabled: true });
    await ask('PATCH', `/zones/${found?.id}/settings/tls_client_auth`, { value: 'on' });
    const ids = new Map<string, string>();
    for (const label of [...labelsOf('app', setup), ...(setup.both ? labelsOf('next', setup) : [])])
      ids.set(label, (await upload(`${pulls}/hostnames/certificates`, label)).id);
    const links = hostnamesOf(setup, zone).map((hostname, host) => ({
      hostname,
      cert_id: ids.get(labelOf('app', host)),
      enabled: true,
    }));
    for (let from = 0; from < links.length; from += 100)
      await ask('PUT', `${pulls}/hostnames`, { config: links.slice(from, from + 100) });
  }
}

/** A folder with the files for such an estate, all hostnames wanted where they are, so many zones to a file. */
export function makeFolder(setup: Setup, zonesInFile = 200): string {
  const folder = mkdtempSync(join(tmpdir(), 'cf-mtls-bench-'));
  mkdirSync(join(folder, 'cf-mtls'));
  for (const [label, { certificate, privateKey }] of Object.entries(setup.certificates)) {
    writeFileSync(join(folder, `${label}.pem`), certificate);
    writeFileSync(join(folder, `${label}.key`), privateKey);
  }
  writeWants(folder, setup, 'app', zonesInFile);
  return folder;
}

/** Rewrites the files: all hostnames on certificates of this generation. */
export function writeWants(folder: string, setup: Setup, generation: Generation, zonesInFile = 200): void {
  const staged = setup.both ? [...labelsOf('app', setup), ...labelsOf('next', setup)] : labelsOf(generation, setup);
  const materials = ['edge', ...staged].map(
    (label) => `  ${label}: { certificate: { file: ../${label}.pem }, private_key: { file: ../${label}.key } }\n`,
  );
  const policy = 'policy: { wait: { poll: 500ms } }\n';
  writeFileSync(join(folder, 'cf-mtls/a.yaml'), `version: 1\ncertificates:\n${materials.join('')}${policy}`);
  for (let from = 0; from < setup.zones; from += zonesInFile) {
    const count = Math.min(zonesInFile, setup.zones - from);
    const zones = Array.from({ length: count }, (_, index) => zoneText(setup, from + index, generation, staged));
    writeFileSync(join(folder, `cf-mtls/z${from}.yaml`), `version: 1\nzones:\n${zones.join('')}`);
  }
}

function zoneText(setup: Setup, zone: number, generation: Generation, staged: readonly string[]): string {
  const hostnames = hostnamesOf(setup, zone).map(
    (name, host) => `        ${name}: { certificate: ${labelOf(generation, host)}, enabled: true }\n`,
  );
  return `  ${zoneName(zone)}:
    tls_client_auth: on
    authenticated_origin_pulls:
      enabled: true
      certificate: edge
      hostname_certificates: [${staged.join(', ')}]
      hostnames:
${hostnames.join('')}`;
}
