import { describe, expect, it } from 'vitest';
import type { SimResponse, Simulator } from '../../src/simulator/index.ts';
import type { DesiredState } from '../support/world.ts';
import { ACCOUNT, accessRotation, type Case, hostnameRotation, zoneRotation } from './support/cases.ts';
import { accessAtLast, applied, refusal } from './support/refusing.ts';
import { MEDDLINGS, type Meddling, meddle } from './support/third-hand.ts';

const PULLS = '/zones/ID/origin_tls_client_auth';
const ACCESS = '/accounts/ID/access/certificates';

const limited = { ...refusal(429, 971, 'Please wait'), headers: { 'retry-after': '60' } };
const broken = { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' };
/** What comes of the request at first, each time without carrying it out. */
const WAYS: Readonly<Record<string, readonly SimResponse[]>> = {
  'a limit of the rate': [limited],
  'a lost answer': [broken],
  'a lost answer, and then a limit of the rate': [broken, limited],
};

const zone = (authenticated_origin_pulls: object, more: object = {}): DesiredState => ({
  zones: { 'example.com': { authenticated_origin_pulls, ...more } },
});
const access = (more: object): DesiredState => ({ accounts: { [ACCOUNT]: { access: more } } });
const linked = { hostnames: { 'app.example.com': { certificate: 'a' } }, hostname_certificates: ['a', 'b'] };
const flags = { china_network: false, client_certificate_forwarding: true };

/** A write that rests on a look, what somebody does while it is held up, and what is to come of it. */
interface Scene {
  readonly of: Pick<Case, 'begin' | 'want'>;
  readonly write: string;
  /** Which of these writes it is, from 1; the first, unless it is said. */
  readonly place?: number;
  readonly meanwhile: Meddling;
  /** What the run says; it fails where this is said. */
  readonly says?: string;
  readonly holds?: (simulator: Simulator) => void;
}
const SCENES: Readonly<Record<string, Scene>> = {
  'a zone certificate is not deleted when its heir is gone': {
    of: zoneRotation,
    write: `DELETE ${PULLS}/ID`,
    meanwhile: of('zone', 'deletes the newest zone certificate'),
    says: 'stays: the certificate that takes its place is no longer there',
  },
  'a hostname certificate is not deleted when somebody uses it': {
    of: hostnameRotation,
    write: `DELETE ${PULLS}/hostnames/certificates/ID`,
    meanwhile: of('hostname', 'links a hostname to the oldest certificate'),
    says: 'is used by third.example.com, which the plan did not know',
  },
  'a link is not voided when it leads somewhere else': {
    of: { begin: [zone(linked)], want: zone({ ...linked, hostnames: { 'app.example.com': 'none' } }) },
    write: `PUT ${PULLS}/hostnames`,
    async meanwhile(api, { state }) {
      const [{ id = '', hostnameCertificates = [] } = {}] = state.zones;
      const config = [{ hostname: 'app.example.com', cert_id: hostnameCertificates[1]?.id, enabled: true }];
      await api('PUT', `/zones/${id}/origin_tls_client_auth/hostnames`, { config });
    },
    says: 'app.example.com stays: somebody linked it to another certificate',
  },
  'a zone is not switched on when its certificate is gone': {
    of: { begin: [zone({ enabled: false, certificate: 'a' })], want: zone({ enabled: true, certificate: 'a' }) },
    write: `PUT ${PULLS}/settings`,
    meanwhile: of('zone', 'deletes the newest zone certificate'),
    says: 'stays off: the certificate that the zone is to present is no longer there',
  },
  'a zone is not switched off when tls_client_auth was turned on': {
    of: {
      begin: [zone({ enabled: true, certificate: 'a' }, { tls_client_auth: 'off' })],
      want: zone({ enabled: false, certificate: 'a' }, { tls_client_auth: 'off' }),
    },
    write: `PUT ${PULLS}/settings`,
    meanwhile: of('zone', 'turns tls_client_auth round'),
    says: 'stays on: tls_client_auth was turned on by someone else',
  },
  'a CA keeps its hostnames when no other holds them': {
    of: accessRotation,
    write: `PUT ${ACCESS}/ID`,
    place: 2,
    meanwhile: of('access', 'takes the hostnames off the newest CA'),
    says: 'keeps its hostnames: no other CA holds',
  },
  'a CA that was given a hostname is not deleted': {
    of: accessRotation,
    write: `DELETE ${ACCESS}/ID`,
    meanwhile: of('access', 'gives the oldest CA another hostname'),
    says: 'still holds third.example.com; it is not deleted',
  },
  'the hostname settings of somebody else stay': {
    of: {
      begin: [access({ hostname_settings: {} })],
      want: access({ hostname_settings: { 'one.example.com': flags } }),
    },
    write: `PUT ${ACCESS}/settings`,
    meanwhile: of('access', 'changes the hostname settings'),
    holds: ({ state }) => expect(JSON.stringify(state.accounts)).toContain('third.example.com'),
  },
};

function of(kind: keyof typeof MEDDLINGS, name: string): Meddling {
  const meddling = MEDDLINGS[kind][name];
  if (meddling === undefined) throw new Error(`nobody ${name}`);
  return meddling;
}

it('a CA that somebody else uploads while a limit of the rate holds up ours is adopted, not uploaded twice', async () => {
  const ours = { Staff: { certificate: 'ca-staff', associated_hostnames: ['one.example.com'] } };
  let isHeld = false;
  const { ran, world } = await applied(
    [access({ certificates: {} }), access({ certificates: ours })],
    async ({ to, url, body }, _carryOut, simulator) => {
      if (to !== `POST ${ACCESS}` || isHeld) return undefined;
      isHeld = true;
      const theirs = { ...JSON.parse(body), name: 'Theirs', associated_hostnames: ['two.example.com'] };
      await meddle((api) => api('POST', url, theirs), simulator);
      return limited;
    },
  );
  expect(isHeld).toBe(true);
  expect(ran.code, ran.stdout).toBe(0);
  const { writes } = world.simulator;
  expect(writes.map(({ method }) => method)).toEqual(['POST', 'PUT']);
  expect(await accessAtLast(world)).toMatchObject([
    { name: 'Staff', associated_hostnames: ['one.example.com', 'two.example.com'] },
  ]);
});

it('a look is as old as the first of its lists: one that was held up makes it anew', async () => {
  const both = { enabled: true, certificate: 'edge', hostname_certificates: ['a'] };
  const off = { tls_client_auth: 'off' };
  let looks = 0;
  const { ran, tried, world } = await applied(
    [
      zone({ ...both, hostnames: { 'app.example.com': { certificate: 'a' } } }, off),
      zone({ ...both, hostnames: { 'app.example.com': 'none' } }, off),
    ],
    async ({ to }, _carryOut, simulator) => {
      // The first reading is the plan's.
      if (to !== `GET ${PULLS}/settings` || ++looks !== 2) return undefined;
      // The other lists of the look have been read by then.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await meddle(of('zone', 'deletes the newest zone certificate'), simulator);
      return limited;
    },
  );
  expect(looks).toBeGreaterThan(2);
  expect(ran.code).toBe(1);
  expect(ran.stdout.replaceAll('\n  ', ' ')).toContain(
    "stays: the zone's certificate, which it would fall to, is no longer",
  );
  expect(tried).toEqual([]);
  expect(world.simulator.state.zones[0]?.associations.map(({ status }) => status)).toEqual(['active']);
});

describe.each(Object.entries(WAYS))('what is held up by %s is looked at again before it is sent', (_, answers) => {
  it.each(Object.entries(SCENES))('%s', async (_name, {
    of: { begin, want },
    write,
    place = 1,
    meanwhile,
    says,
    holds,
  }) => {
    let met = 0;
    let seen = 0;
    let writes = 0;
    const { ran, tried, world } = await applied([...begin, want], async ({ to }, _carryOut, simulator) => {
      if (to !== write) return undefined;
      seen += 1;
      if (seen < place || met === answers.length) return undefined;
      met += 1;
      if (met === answers.length) {
        await meddle(meanwhile, simulator);
        simulator.mark();
        writes = simulator.writes.length;
      }
      return answers[met - 1];
    });
    expect(met).toBe(answers.length);
    if (says === undefined) expect(ran.code, ran.stdout).toBe(0);
    else {
      // Of an answer that was lost nobody knows what it was.
      const hasWritten = place > 1 || tried.some((it) => it !== write);
      expect(ran.code).toBe(hasWritten || answers.includes(broken) ? 3 : 1);
      expect(ran.stdout.replaceAll('\n  ', ' ')).toContain(says);
      expect(world.simulator.writes.slice(writes)).toEqual([]);
    }
    expect(world.simulator.breaches()).toEqual([]);
    holds?.(world.simulator);
  });
});

it('in a storm of limits eight zones get through, each look a little older than the one before', async () => {
  const names = Array.from({ length: 8 }, (_, index) => `z${index}.com`);
  const wanted = (certificate: string): DesiredState => ({
    zones: Object.fromEntries(
      names.map((name) => [name, { authenticated_origin_pulls: { enabled: true, certificate } }]),
    ),
  });
  let requests = 0;
  const { ran, world } = await applied([wanted('a'), wanted('b')], () => {
    requests += 1;
    return requests % 6 === 0 ? { ...limited, headers: { 'retry-after': '5' } } : undefined;
  });
  expect(ran.code, ran.stdout).toBe(0);
  expect(requests).toBeLessThan(200);
  expect(world.simulator.breaches()).toEqual([]);
});
