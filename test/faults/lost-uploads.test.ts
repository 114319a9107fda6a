import { describe, expect, it } from 'vitest';
import { accessRotation, hostnameRotation, zoneRotation } from './support/cases.ts';
import { applied, type Refusing, refusal } from './support/refusing.ts';

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
});
