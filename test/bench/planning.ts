import { type DesiredDoor, defaultPolicy, loadDesired } from '../../src/desired/index.ts';
import { registry } from '../../src/kinds/index.ts';
import type { HostnameWant, Material } from '../../src/model/document.ts';
import { InputError } from '../../src/model/fault.ts';
import { makePlan } from '../../src/plan/make.ts';
import { planScope, type ScopePlan } from '../../src/plan/scope.ts';
import { testCertificate } from '../support/certificates.ts';
import { openBench } from './bench.ts';
import { type Line, median } from './line.ts';

const goal = 'planning';
const SIZES = [1000, 10_000, 100_000];
const NOW = Date.parse('2026-06-01T12:00:00Z');

/** Goal 3: what planning costs beside the network, and how much memory. */
export async function planningLines(): Promise<readonly Line[]> {
  return [...(await associations()), ...(await memory()), ...largeFile()];
}

/** Zones of a hundred hostnames, which stay or all move to another certificate. */
async function associations(): Promise<readonly Line[]> {
  const pair = await Promise.all(['app', 'next'].map((label) => materialOf(label)));
  const spent = (count: number, moves: boolean): number => {
    const zones = Array.from({ length: count / 100 }, (_, zone) => inputOf(`z${zone}.example`, pair, moves));
    const begun = performance.now();
    const plan = documentOf(zones.map(planned));
    if (plan.changes.length !== (moves ? count : 0)) throw new Error(`${plan.changes.length} changes, not ${count}`);
    return performance.now() - begun;
  };
  const each = (count: number, moves: boolean) =>
    median(Array.from({ length: Math.min(15, 150_000 / count) }, () => (spent(count, moves) * 1000) / count));
  return [false, true].flatMap((moves): Line[] => {
    for (let round = 0; round < 3; round += 1) each(1000, moves);
    // Side by side, since the machine itself is faster and slower from one second to the next.
    const rounds = Array.from({ length: 7 }, () => SIZES.map((count) => each(count, moves)));
    const [few = 0, some = 0, many = 0] = SIZES.map((_, index) => median(rounds.map((times) => times[index] ?? 0)));
    const ratio = median(rounds.map(([one = 0, , all = 0]) => all / one));
    const note = `${few.toFixed(1)}, ${some.toFixed(1)} and ${many.toFixed(1)} µs at 1,000, 10,000 and 100,000`;
    const [one, all] = moves ? ['that moves', 'all of which move'] : ['in place', 'all in place'];
    return [
      {
        goal,
        name: `an association ${one}, at 100,000 ÷ at 1,000`,
        value: ratio,
        bound: 1.3,
        unit: '× the time',
        note,
      },
      { goal, name: `100,000 associations, ${all}`, value: many * 100, bound: 1000, unit: 'ms' },
    ];
  });
}

async function materialOf(label: string): Promise<{ readonly material: Material; readonly pem: string }> {
  const { certificate: pem, sha256, md5 } = await testCertificate(label);
  const facts = { pem, subject: '', issuer: '', notBefore: 0, notAfter: NOW * 2, isCa: false, keyType: 'EC' };
  const at = { file: 'bench.yaml', line: 1, col: 1 };
  return { material: { label, at, fingerprint: sha256, md5s: [md5], chain: [sha256], certificate: facts }, pem };
}

function inputOf(name: string, pair: readonly Awaited<ReturnType<typeof materialOf>>[], moves: boolean) {
  const names = Array.from({ length: 100 }, (_, host) => `h${host}.${name}`);
  const target = pair[moves ? 1 : 0]?.material as Material;
  const wants = new Map(names.map((host): [string, HostnameWant] => [host, { certificate: target, enabled: true }]));
  const materials = new Map(pair.map(({ material }) => [material.fingerprint, material]));
  return {
    want: {
      kind: 'zone' as const,
      name,
      at: target.at,
      originPulls: { hostnames: wants },
      access: {},
      prune: false,
      allow: [],
    },
    live: {
      scope: { kind: 'zone' as const, name, id: 'f'.repeat(32) },
      lists: {
        zone_certificates: [],
        zone_enablement: [{ enabled: true }],
        tls_client_auth: [{ value: 'on' as const }],
        hostname_certificates: pair.map(({ pem }, index) => ({
          id: `id-${index}`,
          certificate: pem,
          status: 'active',
        })),
        hostname_associations: names.map((hostname) => ({
          hostname,
          cert_id: 'id-0',
          enabled: true,
          status: 'active',
        })),
      },
    },
    kinds: registry.kinds,
    policy: defaultPolicy(),
    materials,
    targets: [],
    now: NOW,
  };
}

function planned(input: ReturnType<typeof inputOf>): ScopePlan {
  const plan = planScope(input);
  if ('read' in plan) throw new Error(`asks for ${plan.read.join()}`);
  return plan;
}

function documentOf(scopes: readonly ScopePlan[]) {
  const wants = scopes.map(({ want }) => want);
  const none = { targets: [], allow: [], zones: [], accounts: [], discover: null, previous: null };
  return makePlan({
    desired: { files: [], certificates: new Map(), scopes: wants, policy: defaultPolicy(), remarks: [] },
    scopes,
    failures: [],
    inputs: { files: [], api: 'bench', ...none },
    toolVersion: '0.0.0',
    now: NOW,
    requests: 0,
  });
}

/** As `import` writes such an estate, a file for each zone; and in five files of 21,000 lines. */
async function memory(): Promise<readonly Line[]> {
  const peak = (zonesInFile: number, name: string): Promise<Line> =>
    openBench({ zones: 1000, hostnames: 100, zonesInFile }, { latency: 0, secure: true }, async ({ run }) => {
      const runs = [await run('plan'), await run('plan'), await run('plan')];
      const value = Math.max(...runs.map(({ megabytes }) => megabytes));
      const note = `the most of three runs, in ${(median(runs.map(({ ms }) => ms)) / 1000).toFixed(1)} s`;
      return { goal, name, value, bound: 350, unit: 'MB', note };
    });
  return [
    await peak(1, 'a plan of 1,000 zones × 100 associations'),
    await peak(200, 'the same with files of 200 zones'),
  ];
}

function largeFile(): readonly Line[] {
  const zone = (n: number) =>
    `  z${n}.com:\n    tls_client_auth: on\n    authenticated_origin_pulls:\n      enabled: true\n      hostnames:\n        gone.z${n}.com: none\n`;
  const text = (from: number, to: number) =>
    `version: 1\nzones:\n${Array.from({ length: to - from }, (_, index) => zone(from + index)).join('')}`;
  const files = new Map([
    ['/cf-mtls/a.yaml', text(0, 9000)],
    ['/cf-mtls/b.yaml', `${text(8000, 17_000)}  z17000.com: { tls_client_auth: maybe }\n`],
  ]);
  const door: DesiredDoor = {
    cwd: '/',
    env: {},
    now: () => NOW,
    readFile: (path) => Buffer.from(files.get(path) ?? ''),
    readDir: (path) => (path === '/cf-mtls' ? ['a.yaml', 'b.yaml'] : null),
  };
  const begun = performance.now();
  const at = placeOfFault(door);
  const value = (performance.now() - begun) / 1000;
  const lines = [...files.values()].reduce((sum, it) => sum + it.split('\n').length - 1, 0);
  const right = at?.file === 'cf-mtls/b.yaml' && at.line === 3 + 9000 * 6 && at.col === 34;
  const note = `${lines} lines; its one fault ${right ? 'is' : 'IS NOT'} told at its line and column`;
  return [
    {
      goal,
      name: 'loading and merging a file of 100,000 lines',
      value: right ? value : Number.NaN,
      bound: 3,
      unit: 's',
      note,
    },
  ];
}

function placeOfFault(door: DesiredDoor) {
  try {
    loadDesired(['cf-mtls'], door);
  } catch (error) {
    if (error instanceof InputError) return error.faults[0]?.at;
    throw error;
  }
  return undefined;
}
