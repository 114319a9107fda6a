import { describe, expect, it } from 'vitest';
import type { DesiredState } from '../support/world.ts';
import { ACCOUNT, accessRotation, hostnameRotation, zoneRotation } from './support/cases.ts';
import { applied, type Refusing, refusal } from './support/refusing.ts';
import { meddle } from './support/third-hand.ts';

const STORES = [
  ['the zone', zoneRotation, 'POST /zones/ID/origin_tls_client_auth'],
  ['hostnames', hostnameRotation, 'POST /zones/ID/origin_tls_client_auth/hostnames/certificates'],
  ['Access', accessRotation, 'POST /accounts/ID/access/certificates'],
] as const;
const LOST = refusal(502, 0, 'bad gateway');

/** The first answer to an upload is lost. */
function losing(to: string, isCarriedOut: boolean): Refusing {
  let isFirst = true;
  return async (request, carryOut) => {
    if (request.to !== to || !isFirst) return undefined;
    isFirst = false;
    if (isCarriedOut) await carryOut();
    return LOST;
  };
}

describe('an upload whose answer was lost', () => {
  for (const [store, of, to] of STORES) {
    it(`to ${store} is adopted where the list shows it, and not sent again`, async () => {
      const { ran, tried, world } = await applied([...of.begin, of.want], losing(to, true));
      expect(ran.code, ran.stdout).toBe(0);
      expect(tried.filter((it) => it === to)).toHaveLength(1);
      expect(world.simulator.breaches()).toEqual([]);
    });
  }

  for (const [store, of, to] of STORES.slice(0, 2)) {
    it(`to ${store} is adopted, though the list lags behind: the store refuses it twice`, async () => {
      const options = { delays: { listLag: 40_000 } };
      const { ran, world } = await applied([...of.begin, of.want], losing(to, true), options);
      expect(ran.code, ran.stdout).toBe(0);
      const uploads = world.simulator.writes.filter(({ method }) => method === 'POST');
      expect(uploads).toHaveLength(of.begin.length + 1);
      expect(world.simulator.breaches()).toEqual([]);
    });

    it(`to ${store}, and never carried out, is made after the list has been read`, async () => {
      const { ran, tried } = await applied([...of.begin, of.want], losing(to, false));
      expect(ran.code, ran.stdout).toBe(0);
      expect(tried.filter((it) => it === to)).toHaveLength(2);
    });
  }

  for (const [store, of, to] of STORES.slice(0, 2)) {
    it(`to ${store} is tried as often as policy.retry says, and each time it is said why`, async () => {
      const want = { ...of.want, policy: { retry: { attempts: 3, base: '1s', max: '1s' } } };
      const { ran, tried } = await applied([...of.begin, want], ({ to: sent }) => (sent === to ? LOST : undefined));
      expect(ran.code).toBe(3);
      expect(tried.filter((it) => it === to)).toHaveLength(3);
      expect(ran.stderr).toContain('HTTP 502, 0 bad gateway');
      expect(ran.stderr).toContain('(attempt 2 of 3)');
      expect(ran.stdout).toMatch(/^Error: .* failed: POST /m);
    });
  }

  for (const [store, of, to] of STORES) {
    it(`to ${store} is what is told, though the list cannot be read after it`, async () => {
      let isLost = false;
      const { ran, tried } = await applied([...of.begin, of.want], ({ to: sent }) => {
        isLost ||= sent === to;
        if (sent === to) return { ...LOST, headers: { ...LOST.headers, 'cf-ray': '8a1-FRA' } };
        return isLost ? refusal(403, 10000, 'Authentication error') : undefined;
      });
      expect(ran.code).toBe(3);
      expect(ran.stdout.replaceAll('\n  ', ' ')).toMatch(
        /^Error: .* failed: POST .*HTTP 502, 0 bad gateway, cf-ray 8a1-FRA/m,
      );
      expect(tried.filter((it) => it === to)).toHaveLength(1);
    });
  }

  it('to Access, and never carried out, is not sent again: the list is watched, then the scope ends', async () => {
    const { ran, tried } = await applied([...accessRotation.begin, accessRotation.want], losing(STORES[2][2], false));
    expect(ran.code).toBe(3);
    expect(tried).toEqual([STORES[2][2]]);
    expect(ran.stderr).toContain('waiting until the list shows');
    expect(ran.stdout).toMatch(/^Error: .* failed: POST /m);
  });

  it('to Access is adopted where the list shows it only after a minute, even where it may be there twice', async () => {
    let since: number | undefined;
    const lost = losing(STORES[2][2], true);
    const late: Refusing = async (request, carryOut, simulator) => {
      if (request.to === STORES[2][2]) since ??= simulator.clock.now();
      if (request.to !== 'GET /accounts/ID/access/certificates' || since === undefined)
        return lost(request, carryOut, simulator);
      const answer = await carryOut();
      if (simulator.clock.now() > since + 60_000) return answer;
      const body = JSON.parse(answer.body) as { result: { name: string }[] };
      return {
        ...answer,
        body: JSON.stringify({ ...body, result: body.result.filter(({ name }) => name === 'Staff') }),
      };
    };
    const options = { features: { accessDuplicates: 'allowed' as const } };
    const { ran, tried, world } = await applied([...accessRotation.begin, accessRotation.want], late, options);
    expect(ran.code, ran.stdout).toBe(0);
    expect(tried.filter((it) => it.startsWith('POST'))).toHaveLength(1);
    expect(world.simulator.breaches()).toEqual([]);
  });

  it('to Access is adopted from another hand, which keeps what it gives the CA while Access is busy', async () => {
    const to = `/accounts/${ACCOUNT}/access/certificates`;
    const wanted = (certificates: object): DesiredState => ({ accounts: { [ACCOUNT]: { access: { certificates } } } });
    let [isLost, isBusy] = [false, false];
    const busy: Refusing = async (request, _carryOut, simulator) => {
      if (request.to === STORES[2][2] && !isLost) {
        isLost = true;
        const body = { ...JSON.parse(request.body), name: 'Theirs', associated_hostnames: ['two.example.com'] };
        await meddle((api) => api('POST', to, body), simulator);
        return LOST;
      }
      if (request.to !== 'PUT /accounts/ID/access/certificates/ID' || isBusy) return undefined;
      isBusy = true;
      const [{ id, name, hostnames } = { id: '', name: '', hostnames: [] }] = simulator.state.accounts[0]?.access ?? [];
      const more = { name, associated_hostnames: [...hostnames, 'third.example.com'] };
      await meddle((api) => api('PUT', `${to}/${id}`, more), simulator);
      return refusal(409, 1409, 'another mutation is in progress');
    };
    const staff = { certificate: 'ca-staff', associated_hostnames: ['one.example.com'] };
    const { ran, world } = await applied([wanted({}), wanted({ Staff: staff })], busy);
    expect(ran.code, ran.stdout).toBe(0);
    // Access shows hostnames when it has taken them up, and has when somebody looks.
    world.clock.advance(600_000);
    await meddle((api) => api('GET', to), world.simulator);
    const [ca] = world.simulator.state.accounts[0]?.access ?? [];
    expect([ca?.name, ca?.hostnames]).toEqual(['Staff', ['one.example.com', 'third.example.com', 'two.example.com']]);
  });
});
