import { describe, expect, it } from 'vitest';
import { REFUSALS } from '../../src/model/names.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { type DesiredState, openWorld } from '../support/world.ts';
import { accessRotation, hostnameRotation, zoneRotation } from './support/cases.ts';
import { applied, type Refusing, refusal } from './support/refusing.ts';
import { MEDDLINGS, meddle } from './support/third-hand.ts';

const PULLS = '/zones/ID/origin_tls_client_auth';
const ACCESS = '/accounts/ID/access/certificates';
const zone = (authenticated_origin_pulls: object): DesiredState => ({
  zones: { 'example.com': { authenticated_origin_pulls } },
});
const deletions = (tried: readonly string[]) => tried.filter((it) => it.startsWith('DELETE'));

describe('what somebody changes during the waits is seen before a deletion, a void and a switch', () => {
  it('a hostname that the plan did not know uses the certificate that is to go', async () => {
    const { ran, tried } = await applied(
      [...hostnameRotation.begin, hostnameRotation.want],
      once(`PUT ${PULLS}/hostnames`, (simulator) =>
        meddle(MEDDLINGS.hostname['links a hostname to the oldest certificate'] ?? never, simulator),
      ),
    );
    expect(ran.code).toBe(3);
    expect(ran.stdout.replaceAll('\n  ', ' ')).toContain('is used by third.example.com, which the plan did not know');
    expect(deletions(tried)).toEqual([]);
  });

  it('a hostname is on its way from the certificate that is to go, and may still present it', async () => {
    const arrive = once(`PUT ${PULLS}/hostnames`, third(0));
    let looks = 0;
    // The second look after the two of them is the last one of the wait: ours are active then.
    const leave = once(`GET ${PULLS}/hostnames`, third(1), ({ writes }) => {
      if (writes.slice(-2).every(({ method }) => method === 'PUT')) looks += 1;
      return looks === 2;
    });
    const { ran, world } = await applied([...hostnameRotation.begin, hostnameRotation.want], async (...given) => {
      await arrive(...given);
      return leave(...given);
    });
    expect(ran.code, ran.stdout).toBe(0);
    expect(world.simulator.breaches()).toEqual([]);
    expect(world.simulator.writes.at(-1)?.method).toBe('DELETE');
  });

  it('a hostname came to the certificate that is to go and leaves it, while a limit of the rate holds up the last look', async () => {
    const wanted = (certificate: string, ...associated_hostnames: string[]): DesiredState => ({
      zones: {
        'example.com': {
          authenticated_origin_pulls: { hostnames: { 'app.example.com': { certificate } } },
          access: { certificates: { Staff: { certificate: 'ca-staff', associated_hostnames } } },
        },
      },
    });
    const limited = { ...refusal(429, 971, 'Please wait'), headers: { 'retry-after': '60' } };
    let isLast = false;
    let held = 0;
    const { ran, world } = await applied(
      [wanted('a', 'one.example.com'), wanted('b', 'one.example.com', 'two.example.com')],
      async ({ to }, carryOut, simulator) => {
        if (to === `GET ${PULLS}/hostnames`) {
          const answer = await carryOut();
          const after = simulator.state.zones[0]?.hostnameCertificates[1]?.id ?? 'none';
          // Ours is linked, and in the same look Access will have taken its hostname up.
          isLast = answer.body.includes(after) && !answer.body.includes('pending');
          return answer;
        }
        if (to !== 'GET /zones/ID/access/certificates' || !isLast || held === 2) return undefined;
        await third(held)(simulator);
        held += 1;
        return held === 1 ? limited : undefined;
      },
      { delays: { accessSettle: 3500 } },
    );
    expect(held).toBe(2);
    expect(ran.code, ran.stdout).toBe(0);
    expect(world.simulator.breaches()).toEqual([]);
    expect(world.simulator.writes.at(-1)?.method).toBe('DELETE');
  });

  it('a link that is to be void leads somewhere else now', async () => {
    const linked = { hostnames: { 'app.example.com': { certificate: 'a' } }, hostname_certificates: ['a', 'b'] };
    const { ran, tried } = await applied(
      [zone(linked), zone({ ...linked, hostnames: { 'app.example.com': 'none' } })],
      once(`GET ${PULLS}/hostnames`, relink, isPlanned()),
    );
    expect(ran.code).toBe(1);
    expect(ran.stdout.replaceAll('\n  ', ' ')).toContain(
      'example.com/hostname_association/app.example.com stays: somebody linked it to another certificate. Plan again',
    );
    expect(tried).toEqual([]);
  });

  it('a CA that is to go has been given a hostname', async () => {
    const { ran, tried } = await applied(
      [...accessRotation.begin, accessRotation.want],
      once(
        `GET ${ACCESS}`,
        (simulator) => meddle(MEDDLINGS.access['gives the oldest CA another hostname'] ?? never, simulator),
        ({ state }) => state.accounts.some(({ access }) => access[0]?.hostnames.length === 0),
      ),
    );
    expect(ran.code).toBe(3);
    expect(ran.stdout.replaceAll('\n  ', ' ')).toContain(
      'still holds third.example.com; it is not deleted. Plan again',
    );
    // Access shows a hostname only when it has taken it up; until then it refuses the deletion itself.
    expect(deletions(tried)).toHaveLength(1);
  });

  it('a new zone certificate that no list shows yet has been deleted', async () => {
    const { ran, tried, world } = await applied(
      [...zoneRotation.begin, zoneRotation.want],
      once(
        `GET ${PULLS}`,
        (simulator) => meddle(MEDDLINGS.zone['deletes the newest zone certificate'] ?? never, simulator),
        ({ writes }) => writes.at(-1)?.method === 'POST',
      ),
      { delays: { deploy: 0, listLag: 60_000 } },
    );
    expect(ran.code).toBe(3);
    expect(ran.stdout.replaceAll('\n  ', ' ')).toContain('stays: the certificate that takes its place');
    expect(deletions(tried)).toEqual([]);
    expect(world.simulator.breaches().filter(({ message }) => message.includes('shared'))).toEqual([]);
  });
});

describe('what somebody changes while the question stands is seen before the first write', () => {
  for (const [name, of, meddling] of [
    ['a switch', zoneRotation, MEDDLINGS.zone['deletes the newest zone certificate']],
    ['a link', hostnameRotation, MEDDLINGS.hostname['voids every link']],
    ['hostnames of Access', accessRotation, MEDDLINGS.access['takes the hostnames off the newest CA']],
  ] as const) {
    it(name, async () => {
      let ask = async (): Promise<string> => 'yes';
      const door = { ask: () => ask() };
      const world = await openWorld({ door });
      for (const state of of.begin) {
        await world.want(state);
        await world.run('apply', '--auto-approve');
      }
      world.clock.advance(60_000);
      await world.want(of.want);
      let met = 0;
      ask = async () => {
        await meddle(meddling ?? never, world.simulator);
        world.clock.advance(5000);
        met = world.simulator.writes.length;
        return 'yes';
      };
      const ran = await world.run('apply', ...REFUSALS.flatMap((it) => ['--allow', it]));
      await world.close();
      expect(ran.code, ran.stdout).toBe(1);
      expect(ran.stdout.replaceAll('\n  ', ' ')).toContain('what is live has changed since the plan was made');
      expect(world.simulator.writes.length).toBe(met);
    });
  }
});

/** Somebody acts right before the first request to an address for which a condition holds. */
function once(
  to: string,
  act: (simulator: Simulator) => Promise<void>,
  when: (simulator: Simulator) => boolean = () => true,
): Refusing {
  let isDone = false;
  return async (request, _carryOut, simulator) => {
    if (isDone || request.to !== to || !when(simulator)) return undefined;
    isDone = true;
    await act(simulator);
    return undefined;
  };
}

/** True from the second time on: the first reading is the plan's. */
function isPlanned(): () => boolean {
  let isSecond = false;
  return () => {
    const was = isSecond;
    isSecond = true;
    return was;
  };
}

const relink = (simulator: Simulator): Promise<void> => link('app.example.com', 1, simulator);

/** Links a hostname that no plan knows to the certificate that was uploaded as that one. */
const third = (to: number) => (simulator: Simulator) => link('third.example.com', to, simulator);

async function link(hostname: string, to: number, simulator: Simulator): Promise<void> {
  const [zone] = simulator.state.zones;
  const config = [{ hostname, cert_id: zone?.hostnameCertificates[to]?.id, enabled: true }];
  await meddle((api) => api('PUT', `/zones/${zone?.id}/origin_tls_client_auth/hostnames`, { config }), simulator);
}

async function never(): Promise<void> {
  throw new Error('no such meddling');
}
