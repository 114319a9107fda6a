import { afterEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../../src/simulator/index.ts';
import { type DesiredState, openWorld, type World, type WorldOptions } from '../support/world.ts';

const ID = '023e105f4ecef8ad9ca31a8372d0c353';
const ACCOUNT = '4d5e6f708192a3b4c5d6e7f8091a2b3c';
const zone = (authenticated_origin_pulls: object, policy?: object): DesiredState => ({
  zones: { 'example.com': { id: ID, authenticated_origin_pulls, ...(policy ? { policy } : {}) } },
});
const access = (certificates: object): DesiredState => ({ accounts: { [ACCOUNT]: { access: { certificates } } } });
const link = (certificate: string, enabled = true) => ({ certificate, enabled });

let world: World;
afterEach(() => world.close());

describe('somebody turns a switch while apply asks', () => {
  it('does not delete the last certificate of a zone that is on now', async () => {
    const turnOn = () =>
      call(world.simulator, 'PUT', `/zones/${ID}/origin_tls_client_auth/settings`, { enabled: true });
    await begin([zone({ enabled: false, certificate: 'z1' })], asking(turnOn));
    const { code, stdout } = await apply(zone({ certificate: 'none' }));
    expect(code).toBe(1);
    expect(stdout).toContain('what is live has changed since the plan was made');
    expect(writes()).toEqual(['PUT']);
  });

  it('does not void a link that would fall to nothing now', async () => {
    const turnOff = () =>
      call(world.simulator, 'PUT', `/zones/${ID}/origin_tls_client_auth/settings`, { enabled: false });
    const both = { 'app.example.com': link('h1'), 'b.example.com': link('h1') };
    await begin([zone({ enabled: true, certificate: 'z1', hostnames: both })], asking(turnOff));
    const { code } = await apply(zone({ hostnames: { 'b.example.com': link('h1') } }));
    expect(code).toBe(1);
    expect(writes()).toEqual(['PUT']);
  });
});

it('voids a link only while the zone presents the certificate that it is to fall to', async () => {
  const both = { 'app.example.com': link('h1'), 'b.example.com': link('h1') };
  let armed = false;
  const turnOffAtUpload =
    (simulator: Simulator): Simulator['handle'] =>
    async (request) => {
      const answer = await simulator.handle(request);
      if (armed && request.method === 'POST') {
        armed = false;
        await call(simulator, 'PUT', `/zones/${ID}/origin_tls_client_auth/settings`, { enabled: false });
      }
      return answer;
    };
  await begin([zone({ enabled: true, certificate: 'z1', hostnames: both })], { handle: turnOffAtUpload });
  armed = true;
  await world.want(zone({ hostnames: { 'b.example.com': link('h2') } }));
  const { code, stdout } = await world.run('apply', '--auto-approve');
  expect(code).toBe(3);
  expect(stdout.replaceAll('\n  ', ' ')).toContain('turned off by someone else');
  expect(world.simulator.state.zones[0]?.associations.map(({ hostname }) => hostname)).toContain('app.example.com');
  expect(world.simulator.breaches().filter(({ subject }) => subject === 'app.example.com')).toEqual([]);
});

describe('the CA behind one name changes in one step', () => {
  const staff = (certificate: string, ...associated_hostnames: string[]) => ({ certificate, associated_hostnames });
  const begun = access({ Staff: staff('ca-1', 'admin.example.com'), Spare: staff('ca-2') });

  it('is refused where the new CA is live under another name', async () => {
    await begin([begun]);
    await world.want(access({ Staff: staff('ca-2', 'admin.example.com') }));
    expect((await world.run('plan')).stdout).toContain('access-ca-replaced');
  });

  it('is refused where two names swap their CAs', async () => {
    await begin([begun]);
    await world.want(access({ Staff: staff('ca-2', 'admin.example.com'), Spare: staff('ca-1') }));
    expect((await world.run('plan')).stdout).toContain('access-ca-replaced');
  });

  it('is none where the old CA keeps the hostname under another name', async () => {
    await begin([begun]);
    await world.want(access({ Staff: staff('ca-2', 'admin.example.com'), Old: staff('ca-1', 'admin.example.com') }));
    expect((await world.run('plan')).code).toBe(0);
  });

  it('is refused where the name changes with it, under the key that was the name', async () => {
    const partners = { Partners: staff('ca-2', 'admin.example.com') };
    await begin([access({ Staff: staff('ca-1', 'admin.example.com', 'b.example.com'), ...partners })]);
    const renamed = { ...staff('ca-3', 'admin.example.com', 'b.example.com'), name: 'Staff new' };
    await world.want(access({ Staff: renamed, ...partners }));
    const { code, stdout } = await world.run('plan');
    expect(code).toBe(1);
    expect(stdout).toContain('Error: access-ca-replaced');
    expect(stdout).toContain('would be turned away from admin.example.com, b.example.com.');
    await world.want(access({ Old: staff('ca-1', 'admin.example.com', 'b.example.com'), Staff: renamed, ...partners }));
    expect((await world.run('plan')).code, 'the old one stays beside it').toBe(0);
  });

  it('is refused where the CA that takes its place under the key was live, for other hostnames', async () => {
    await begin([access({ Staff: staff('ca-1', 'admin.example.com'), Guests: staff('ca-2', 'g.example.com') })]);
    const guests = { ...staff('ca-2', 'admin.example.com', 'g.example.com'), name: 'Guests' };
    await world.want(access({ Staff: guests }));
    const { code, stdout } = await world.run('plan', '--allow', 'mass-deletion');
    expect(code, stdout).toBe(1);
    expect(stdout).toContain('Error: access-ca-replaced');
  });

  it('is none where the key is another one, or where what has its name for a key was there before', async () => {
    const [staff1, staff2] = [staff('ca-1', 'admin.example.com'), staff('ca-2', 'admin.example.com')];
    await begin([access({ 2025: staff1, Staff: { ...staff2, name: 'Ours' } })]);
    await world.want(access({ Staff: { ...staff2, name: 'Ours' }, 2027: staff('ca-3', 'admin.example.com') }));
    const { code, stdout } = await world.run('plan');
    expect(code, stdout).toBe(0);
  });
});

it('warns of hostnames that are live in a zone and not of its name: the id may be that of another zone', async () => {
  const pulls = { hostname_certificates: ['a'], hostnames: { 'app.one.example': { certificate: 'a' } } };
  await begin([{ zones: { 'one.example': { authenticated_origin_pulls: pulls } } }]);
  const { id } = world.simulator.state.zones.find(({ name }) => name === 'one.example') ?? {};
  await world.want({ zones: { 'two.example': { id, authenticated_origin_pulls: { hostnames: {}, enabled: false } } } });
  const { stdout } = await world.run('plan');
  expect(stdout.replaceAll('\n  ', ' ')).toContain(
    `app.one.example: live in the zone with the id ${id}, and not a name in two.example. Look whether that is the id`,
  );
  const meant = { id, authenticated_origin_pulls: pulls, policy: { allow: ['hostname-outside-zone'] } };
  await world.want({ zones: { 'two.example': meant } });
  expect((await world.run('plan')).stdout, 'named in the file, it is meant').not.toContain('Look whether');
});

it('turns a zone on only after the certificates in front of the wanted one are gone', async () => {
  await begin([
    zone({ enabled: false, certificate: 'z1' }),
    zone({ certificate: 'z2', keep: ['z1'] }),
    zone({ certificate: 'z3', keep: ['z1', 'z2'] }),
  ]);
  await world.want(zone({ enabled: true, certificate: 'z1' }, { allow: ['mass-deletion'] }));
  const { code, stdout } = await world.run('apply', '--auto-approve');
  expect(code, stdout).toBe(0);
  expect(writes()).toEqual(['DELETE', 'DELETE', 'PUT']);
});

describe('what stands behind a link is read before it is judged', () => {
  it('is loud about a new link that is switched off, where the zone presented a certificate', async () => {
    await begin([zone({ enabled: true, certificate: 'z1' })]);
    await world.want(zone({ hostnames: { 'app.example.com': link('h1', false) } }));
    const { stdout } = await world.run('plan');
    expect(stdout).toContain('app.example.com presented its own certificate to its origin and will present none');
    expect(stdout).not.toContain('unknown');
  });

  it('refuses an expired certificate that a void would bring to light', async () => {
    const past = { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') };
    world = await openWorld();
    await world.certify('old', past);
    await world.want(zone({ enabled: true, certificate: 'old', hostnames: { 'b.example.com': link('h1', false) } }));
    expect((await world.run('apply', '--auto-approve', '--allow', 'expired-certificate')).code).toBe(0);
    await world.want(zone({ hostnames: { 'b.example.com': 'none' }, hostname_certificates: ['h1'] }));
    expect((await world.run('plan', '--allow', 'mass-deletion')).stdout).toContain('Error: expired-certificate');
  });
});

it('takes along what a chosen void needs, and not the rotation of the whole zone', async () => {
  const both = { 'a.example.com': link('h1'), 'b.example.com': link('h1') };
  await begin([zone({ enabled: true, certificate: 'z1', hostnames: both })]);
  await world.want(zone({ enabled: true, certificate: 'z2', hostnames: { 'a.example.com': link('h1') } }));
  const { stdout } = await world.run('plan', '--target', 'example.com/hostname_association/b*');
  expect(stdout).toContain('Plan: 0 to add, 0 to change, 1 to destroy.');
  expect(stdout).not.toContain('z2');
});

it('does not wait for somebody who will not let go of a certificate', async () => {
  let armed = false;
  const linkAtDeletion =
    (simulator: Simulator): Simulator['handle'] =>
    async (request) => {
      const answer = await simulator.handle(request);
      if (armed && request.method === 'PUT') {
        armed = false;
        const cert_id = simulator.state.zones[0]?.hostnameCertificates[0]?.id;
        const config = [{ hostname: 'third.example.com', cert_id, enabled: true }];
        await call(simulator, 'PUT', `/zones/${ID}/origin_tls_client_auth/hostnames`, { config });
      }
      return answer;
    };
  await begin([zone({ hostnames: { 'a.example.com': link('h1') } })], { handle: linkAtDeletion });
  armed = true;
  await world.want(zone({ hostnames: { 'a.example.com': link('h2') } }));
  const began = world.clock.now();
  const { code, stdout } = await world.run('apply', '--auto-approve');
  expect(code).toBe(3);
  expect(stdout.replaceAll('\n  ', ' ')).toContain('is used by third.example.com');
  expect(world.clock.now() - began).toBeLessThan(30_000);
});

it('writes nothing where the budget does not reach to the end', async () => {
  await begin([]);
  await world.want(zone({ enabled: true, certificate: 'z1', hostnames: { 'a.example.com': link('h1') } }));
  const { code, stderr } = await world.run('apply', '--auto-approve', '--max-requests', '7');
  expect(code).toBe(1);
  expect(stderr).toContain('--max-requests 7 is too little');
  expect(writes()).toEqual([]);
});

/** Walks a world to where the danger begins, and starts to watch. */
async function begin(states: readonly DesiredState[], options: WorldOptions = {}): Promise<void> {
  const { door, ...rest } = options;
  world = await openWorld({ ...rest, ...(door ? { door } : {}) });
  for (const state of states) {
    await world.want(state);
    const { code, stdout, stderr } = await world.run('apply', '--auto-approve', '--allow', 'mass-deletion');
    expect(code, stdout + stderr).toBe(0);
  }
  world.simulator.mark();
  before = world.simulator.writes.length;
}
let before = 0;
const writes = () => world.simulator.writes.slice(before).map(({ method }) => method);

/** Somebody at the terminal says yes, after something else has happened. */
const asking = (first: () => Promise<void>): WorldOptions => ({
  door: {
    ask: async () => {
      await first();
      return 'yes';
    },
  },
});

async function apply(state: DesiredState) {
  await world.want(state);
  return world.run('apply');
}

async function call(simulator: Simulator, method: string, url: string, body: object): Promise<void> {
  const headers = { authorization: 'Bearer other', 'content-type': 'application/json' };
  const { status } = await simulator.handle({ method, url, headers, body: JSON.stringify(body) });
  expect(status).toBeLessThan(300);
}
