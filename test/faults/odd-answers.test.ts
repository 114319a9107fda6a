import { describe, expect, it } from 'vitest';
import type { SimResponse, Simulator } from '../../src/simulator/index.ts';
import type { DesiredState } from '../support/world.ts';
import { ACCOUNT, hostnameRotation, zoneRotation } from './support/cases.ts';
import { accessAtLast, applied, type Refusing, refusal } from './support/refusing.ts';

const PULLS = '/zones/ID/origin_tls_client_auth';
const LINKS = `${PULLS}/hostnames`;
const ACCESS = '/accounts/ID/access/certificates';

type Row = Readonly<Record<string, unknown>>;

/** Changes the rows of an answer to these requests. */
const rewriting =
  (to: string, rewrite: (rows: readonly Row[], simulator: Simulator) => unknown): Refusing =>
  async (request, carryOut, simulator) => {
    if (request.to !== to) return undefined;
    const answer = await carryOut();
    const body = JSON.parse(answer.body) as { readonly result: readonly Row[] };
    if (answer.status >= 300) return answer;
    return { ...answer, body: JSON.stringify({ ...body, result: rewrite(body.result, simulator) }) };
  };

const zone = (authenticated_origin_pulls: object): DesiredState => ({
  zones: { 'example.com': { authenticated_origin_pulls } },
});
const said = ({ stdout }: { readonly stdout: string }): string => stdout.replaceAll('\n  ', ' ');
const deletions = (tried: readonly string[]) => tried.filter((it) => it.startsWith('DELETE'));

describe('links as the API may show them', () => {
  const rotated: Readonly<Record<string, (row: Row) => readonly Row[]>> = {
    'beside an older tombstone of their hostname': (row) => [
      { ...row, status: 'deleted', cert_id: 'c'.repeat(36), enabled: true },
      row,
    ],
    'without a status': ({ status, ...row }) => (status === 'active' ? [row] : [{ ...row, status }]),
    'with null for a status': (row) => [row.status === 'active' ? { ...row, status: null } : row],
  };
  it.each(Object.entries(rotated))('are rotated %s', async (_, shown) => {
    const { ran, world } = await applied(
      [...hostnameRotation.begin, hostnameRotation.want],
      rewriting(`GET ${LINKS}`, (rows) => rows.flatMap(shown)),
    );
    expect(ran.code, ran.stdout).toBe(0);
    expect(said(ran)).not.toContain('not in effect');
    expect(world.simulator.breaches()).toEqual([]);
    expect(world.simulator.writes.slice(-3).map(({ method }) => method)).toEqual(['POST', 'PUT', 'DELETE']);
  });

  const linked = { hostname_certificates: ['a'], hostnames: { 'app.example.com': { certificate: 'a' } } };
  const unlinked = { ...linked, hostnames: { 'app.example.com': 'none' } };
  it.each([
    ['without its certificate', { cert_id: null, enabled: false }],
    ['with an empty one', { cert_id: '', enabled: false }],
    ['with its certificate, and nothing for enabled', { enabled: null }],
  ])('are void %s', async (_, more) => {
    let isVoid = false;
    const { ran } = await applied([zone(linked), zone(unlinked)], async (request, carryOut, simulator) => {
      if (request.to === `PUT ${LINKS}`) {
        const answer = await carryOut();
        isVoid = true;
        return answer;
      }
      const shown = (row: Row) => (isVoid ? { ...row, ...more, status: 'active' } : row);
      return rewriting(`GET ${LINKS}`, (rows) => rows.map(shown))(request, carryOut, simulator);
    });
    expect(ran.code, ran.stdout).toBe(0);
  });

  it('hold their certificate as long as their deletion is stuck, which is said at once', async () => {
    const stuck = { hostname: 'stuck.example.com', enabled: true, status: 'deletion_timed_out' };
    const { ran, tried } = await applied(
      [zone(linked), zone({ hostname_certificates: [], hostnames: {} })],
      rewriting(`GET ${LINKS}`, (rows, { state }) => [
        ...rows,
        { ...stuck, cert_id: state.zones[0]?.hostnameCertificates[0]?.id },
      ]),
    );
    expect(ran.code).toBe(3);
    expect(said(ran)).toContain('stays: the link of stuck.example.com reads deletion_timed_out');
    expect(deletions(tried)).toEqual([]);
  });

  it('keep every certificate once they can no longer be listed', async () => {
    let hasWritten = false;
    const { ran, tried } = await applied([...hostnameRotation.begin, hostnameRotation.want], ({ to }) => {
      hasWritten ||= to.startsWith('PUT');
      return hasWritten && to === `GET ${LINKS}` ? refusal(404, 7003, 'Could not route to this list') : undefined;
    });
    expect(ran.code).toBe(3);
    expect(said(ran)).toContain('stays: the API no longer lists the hostnames of this zone, and one may use it');
    expect(deletions(tried)).toEqual([]);
  });
});

it('a switch that is answered with nothing, and does nothing, holds back the one after it', async () => {
  const off: DesiredState = {
    zones: {
      'example.com': { tls_client_auth: 'off', authenticated_origin_pulls: { enabled: false, certificate: 'a' } },
    },
  };
  const on: DesiredState = {
    zones: {
      'example.com': { tls_client_auth: 'on', authenticated_origin_pulls: { enabled: true, certificate: 'a' } },
    },
  };
  const nothing = JSON.stringify({ success: true, errors: [], messages: [], result: null });
  const { ran, tried } = await applied([off, on], ({ to }) =>
    to === `PUT ${PULLS}/settings`
      ? { status: 200, headers: { 'content-type': 'application/json' }, body: nothing }
      : undefined,
  );
  expect(ran.code).toBe(3);
  expect(said(ran)).toContain('example.com/zone_enablement: not in effect after 120 s');
  expect(tried).toEqual([`PUT ${PULLS}/settings`]);
});

it('all links of a request that was cut may have been carried out, and none is called untried', async () => {
  const cut = new AbortController();
  const hostnames = Object.fromEntries(['x', 'y', 'w'].map((name) => [`${name}.example.com`, { certificate: 'a' }]));
  const states = [
    zone({ hostname_certificates: ['a'], hostnames: {} }),
    zone({ hostname_certificates: ['a'], hostnames }),
  ];
  const { ran } = await applied(
    states,
    async ({ to }, carryOut) => {
      if (to !== `PUT ${LINKS}`) return undefined;
      const answer = await carryOut();
      cut.abort();
      return answer;
    },
    { client: { signal: cut.signal }, door: { stop: cut.signal } },
  );
  expect(ran.code).toBe(130);
  expect(said(ran).match(/link .\.example\.com to \S+ failed: interrupted before an answer came/g)).toHaveLength(3);
  expect(ran.stdout).not.toContain('Not tried');
});

describe('an upload that is answered with less than its certificate', () => {
  const uploads: Readonly<Record<string, readonly [readonly DesiredState[], string]>> = {
    'of the zone': [[...zoneRotation.begin, zoneRotation.want], `POST ${PULLS}`],
    'of hostnames': [[...hostnameRotation.begin, hostnameRotation.want], `POST ${PULLS}/hostnames/certificates`],
    'of Access': [[access({}), access({ Staff: ['one.example.com'] })], `POST ${ACCESS}`],
  };
  it.each(Object.entries(uploads))('%s is found in the list', async (_, [states, to]) => {
    for (const result of [null, {}, { id: 'x' }]) {
      const { ran, tried } = await applied(
        states,
        rewriting(to, () => result),
      );
      expect(ran.code, ran.stdout).toBe(0);
      expect(tried.filter((it) => it === to)).toHaveLength(1);
    }
  });
});

it('of two zone certificates of one time, plan and apply name the same as the newest', async () => {
  const kept = { certificate: 'b', keep: ['a'] };
  const states = [
    zone({ enabled: false, certificate: 'a' }),
    zone({ enabled: false, ...kept }),
    zone({ enabled: true, ...kept }),
  ];
  const sameTime = rewriting(`GET ${PULLS}`, (rows) =>
    [...rows]
      .sort((one, other) => String(one.uploaded_on).localeCompare(String(other.uploaded_on)))
      .map((row) => ({ ...row, uploaded_on: '2026-01-01T00:00:00Z' })),
  );
  const { ran, world } = await applied(states, sameTime);
  expect(ran.code, ran.stdout).toBe(0);
  expect(world.simulator.state.zones[0]?.enabled).toBe(true);
});

it('a hostname that a CA has gained stays with it, though the list before the release is as old as the plan', async () => {
  const both = (S: readonly string[], T: readonly string[]) => access({ S, T });
  let before: SimResponse | undefined;
  let begun = 0;
  let lateLooks = 0;
  const { ran, world } = await applied(
    [both(['x.example.com', 'q.example.com'], ['z.example.com']), both(['q.example.com'], ['x.example.com'])],
    async ({ to }, carryOut, { writes }) => {
      if (to !== `GET ${ACCESS}`) return undefined;
      const answer = await carryOut();
      if (before === undefined) begun = writes.length;
      before ??= answer;
      // After the first of the two releases.
      if (writes.length !== begun + 2) return answer;
      lateLooks += 1;
      return before;
    },
  );
  expect(lateLooks).toBeGreaterThan(0);
  expect(ran.code, ran.stdout).toBe(0);
  expect(await accessAtLast(world)).toMatchObject([
    { name: 'S', associated_hostnames: ['q.example.com'] },
    { name: 'T', associated_hostnames: ['x.example.com'] },
  ]);
});

function access(of: Readonly<Record<string, readonly string[]>>): DesiredState {
  const certificates = Object.entries(of).map(([name, associated_hostnames]) => [
    name,
    { certificate: `ca-${name.toLowerCase()}`, associated_hostnames },
  ]);
  return { accounts: { [ACCOUNT]: { access: { certificates: Object.fromEntries(certificates) } } } };
}
