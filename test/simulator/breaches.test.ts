import { beforeAll, describe, expect, it } from 'vitest';
import { type TestCertificate, testCertificate } from '../support/certificates.ts';
import {
  ACCESS,
  addCa,
  CERTIFICATES,
  HOSTNAMES,
  link,
  PULLS,
  pairOf,
  type Running,
  SETTING,
  START,
  start,
  upload,
  ZONE,
} from './support.ts';

const APP = 'app.example.com';
let edge: TestCertificate;
let next: TestCertificate;
let third: TestCertificate;
beforeAll(async () => {
  edge = await testCertificate('edge');
  next = await testCertificate('next');
  third = await testCertificate('third');
});

/** An enabled zone with its own certificate, and a hostname with another. Ready, and marked. */
async function protectedZone(): Promise<Running & { zoneId: string; hostnameId: string }> {
  const running = await start({ features: { accessDuplicates: 'allowed' } });
  const zoneId = await upload(running, PULLS, edge);
  const hostnameId = await upload(running, CERTIFICATES, edge);
  running.pass(1000);
  await running.ask('PUT', `${PULLS}/settings`, { enabled: true });
  await put(running, APP, hostnameId);
  running.pass(1000);
  running.simulator.mark();
  return { ...running, zoneId, hostnameId };
}
const put = ({ ask }: Running, hostname: string, id: string, enabled: boolean | null = true) =>
  ask('PUT', HOSTNAMES, { config: [link(hostname, id, enabled)] });
const subjects = ({ simulator }: Running): readonly string[] => simulator.breaches().map(({ subject }) => subject);
const messages = ({ simulator }: Running): string =>
  simulator
    .breaches()
    .map(({ message }) => message)
    .join('\n');

describe('no breach is told', () => {
  it('of the rotation of a hostname certificate', async () => {
    const running = await protectedZone();
    const { ask, pass, hostnameId, simulator } = running;
    const id = await upload(running, CERTIFICATES, next);
    pass(1000);
    await put(running, APP, id);
    pass(1000);
    await ask('DELETE', `${CERTIFICATES}/${hostnameId}`);
    pass(1000);
    expect(simulator.breaches()).toEqual([]);
  });

  it('of the rotation of a zone certificate', async () => {
    const running = await protectedZone();
    const { ask, pass, zoneId, simulator } = running;
    await upload(running, PULLS, next);
    pass(1000);
    await ask('DELETE', `${PULLS}/${zoneId}`);
    pass(1000);
    expect(simulator.breaches()).toEqual([]);
  });

  it('of a rollback to an older zone certificate', async () => {
    const running = await protectedZone();
    const newer = await upload(running, PULLS, next);
    running.pass(1000);
    running.simulator.mark();
    await running.ask('DELETE', `${PULLS}/${newer}`);
    expect(running.simulator.breaches()).toEqual([]);
  });

  it('of turning everything on, or off, in the right order', async () => {
    const running = await start();
    const { ask, pass, simulator } = running;
    const id = await upload(running, PULLS, edge);
    pass(1000);
    await ask('PUT', `${PULLS}/settings`, { enabled: true });
    await ask('PATCH', SETTING, { value: 'on' });
    expect(simulator.breaches()).toEqual([]);
    simulator.mark();
    await ask('PATCH', SETTING, { value: 'off' });
    await ask('PUT', `${PULLS}/settings`, { enabled: false });
    await ask('DELETE', `${PULLS}/${id}`);
    expect(simulator.breaches()).toEqual([]);
  });

  it('of an association that is voided and falls to the certificate of its zone', async () => {
    const running = await protectedZone();
    await put(running, APP, running.hostnameId, null);
    running.pass(2000);
    expect(running.simulator.breaches()).toEqual([]);
  });

  it('of an association that is disabled', async () => {
    const running = await protectedZone();
    await put(running, APP, running.hostnameId, false);
    running.pass(1000);
    expect(running.simulator.breaches()).toEqual([]);
  });

  it('of what was not active when the window began', async () => {
    const running = await protectedZone();
    const id = await upload(running, CERTIFICATES, next);
    await put(running, APP, id);
    running.simulator.mark();
    await running.ask('PATCH', SETTING, { value: 'on' });
    running.pass(1000);
    expect(running.simulator.breaches()).toEqual([]);
  });

  it('of a certificate that was deleted in an earlier window and is uploaded again', async () => {
    const running = await protectedZone();
    const id = await upload(running, CERTIFICATES, next);
    running.pass(1000);
    await running.ask('DELETE', `${CERTIFICATES}/${id}`);
    running.pass(1000);
    running.simulator.mark();
    await upload(running, CERTIFICATES, next);
    expect(running.simulator.breaches()).toEqual([]);
  });

  it('of the rotation of an Access CA', async () => {
    const running = await start();
    const { ask, pass, simulator } = running;
    const old = await addCa(running, 'old', ['a.example.com', 'b.example.com']);
    simulator.mark();
    const id = await addCa(running, 'new', []);
    await ask('PUT', `${ACCESS}/${id}`, { associated_hostnames: ['a.example.com', 'b.example.com'] });
    pass(1000);
    await ask('PUT', `${ACCESS}/${old}`, { associated_hostnames: [] });
    pass(1000);
    await ask('DELETE', `${ACCESS}/${old}`);
    expect(simulator.breaches()).toEqual([]);
  });

  it('of a hostname that gives up its CA for good', async () => {
    const running = await start();
    const id = await addCa(running, 'old', ['a.example.com']);
    running.simulator.mark();
    await running.ask('PUT', `${ACCESS}/${id}`, { associated_hostnames: [] });
    running.pass(1000);
    expect(running.simulator.breaches()).toEqual([]);
  });
});

describe('a breach is told', () => {
  it('of a hostname moved by way of void, with the moment', async () => {
    const running = await start();
    const id = await upload(running, CERTIFICATES, edge);
    const other = await upload(running, CERTIFICATES, next);
    running.pass(1000);
    await put(running, APP, id);
    running.pass(1000);
    running.simulator.mark();
    await put(running, APP, id, null);
    running.pass(2000);
    await put(running, APP, other);
    running.pass(1000);
    expect(running.simulator.breaches()).toEqual([
      {
        time: START + 2000,
        scope: `${ZONE}.example`,
        subject: APP,
        message: 'presented no certificate, neither what it had nor what it has now',
      },
    ]);
  });

  it('of a hostname that passes through a third certificate, that of its zone', async () => {
    const running = await protectedZone();
    const zoneOther = await upload(running, PULLS, third);
    const id = await upload(running, CERTIFICATES, next);
    running.pass(1000);
    expect(running.simulator.breaches()).toEqual([]);
    await put(running, APP, running.hostnameId, null);
    running.pass(2000);
    await put(running, APP, id);
    running.pass(1000);
    expect(zoneOther).not.toBe(id);
    expect(running.simulator.breaches()).toMatchObject([{ subject: APP }]);
    expect(messages(running)).toContain(third.sha256);
  });

  it('of a hostname put on a certificate that is not active yet', async () => {
    const running = await protectedZone();
    const id = await upload(running, CERTIFICATES, next);
    await put(running, APP, id);
    running.pass(1000);
    expect(messages(running)).toBe(`may have presented ${next.sha256} while that was not active`);
  });

  it('of a certificate deleted while its hostname has not left it everywhere', async () => {
    const running = await protectedZone();
    const id = await upload(running, CERTIFICATES, next);
    running.pass(1000);
    await put(running, APP, id);
    expect((await running.ask('DELETE', `${CERTIFICATES}/${running.hostnameId}`)).status).toBe(200);
    running.pass(1000);
    expect(messages(running)).toContain('the certificate that it still presents was deleted');
    expect(messages(running)).toContain(`${edge.sha256} while that was not active`);
  });

  it('of a certificate deleted while its hostname, voided and linked anew, has not left it everywhere', async () => {
    const running = await protectedZone();
    const id = await upload(running, CERTIFICATES, next);
    running.pass(1000);
    await put(running, APP, running.hostnameId, null);
    await put(running, APP, id);
    await running.ask('DELETE', `${CERTIFICATES}/${running.hostnameId}`);
    expect(messages(running)).toContain('the certificate that it still presents was deleted');
  });

  it('of a hostname that is disabled for a moment', async () => {
    const running = await protectedZone();
    await put(running, APP, running.hostnameId, false);
    await put(running, APP, running.hostnameId);
    running.pass(1000);
    expect(messages(running)).toBe('presented no certificate, neither what it had nor what it has now');
  });

  it('of a hostname that was not linked yet, or no more, when its zone fell back', async () => {
    const running = await protectedZone();
    await put(running, APP, running.hostnameId, null);
    running.pass(2000);
    await running.ask('PUT', `${PULLS}/settings`, { enabled: false });
    await running.ask('PUT', `${PULLS}/settings`, { enabled: true });
    await put(running, 'new.example.com', running.hostnameId);
    running.pass(1000);
    expect([...subjects(running)].sort()).toEqual([APP, 'new.example.com', 'zone default']);
  });

  it('of a zone that deletes its certificate before the next is active', async () => {
    const running = await protectedZone();
    await upload(running, PULLS, next);
    await running.ask('DELETE', `${PULLS}/${running.zoneId}`);
    running.pass(1000);
    expect(subjects(running)).toEqual(['zone default']);
    expect(messages(running)).toContain("Cloudflare's shared certificate");
  });

  it('of a zone that is switched on before its certificate is active', async () => {
    const running = await start();
    await upload(running, PULLS, edge);
    await running.ask('PUT', `${PULLS}/settings`, { enabled: true });
    running.pass(1000);
    expect(messages(running)).toBe("fell back to Cloudflare's shared certificate on the way");
  });

  it('of a zone that is switched off after its certificate has gone', async () => {
    const running = await protectedZone();
    await running.ask('DELETE', `${PULLS}/${running.zoneId}`);
    await running.ask('PUT', `${PULLS}/settings`, { enabled: false });
    expect(subjects(running)).toEqual(['zone default']);
  });

  it('of a zone that is switched off for a moment', async () => {
    const running = await protectedZone();
    await running.ask('PUT', `${PULLS}/settings`, { enabled: false });
    await running.ask('PUT', `${PULLS}/settings`, { enabled: true });
    expect(subjects(running)).toEqual(['zone default']);
  });

  it('of a zone that shows a third certificate on the way back to the first', async () => {
    const running = await protectedZone();
    const second = await upload(running, PULLS, next);
    running.pass(1000);
    const newest = await upload(running, PULLS, third);
    running.pass(1000);
    running.simulator.mark();
    await running.ask('DELETE', `${PULLS}/${newest}`);
    await running.ask('DELETE', `${PULLS}/${second}`);
    expect(messages(running)).toContain(`presented ${next.sha256}, neither`);
  });

  it('of an Access hostname that was released before it was taken', async () => {
    const running = await start();
    const { ask, pass, simulator } = running;
    const old = await addCa(running, 'old', ['a.example.com']);
    const id = await addCa(running, 'new', []);
    simulator.mark();
    await ask('PUT', `${ACCESS}/${old}`, { associated_hostnames: [] });
    pass(1000);
    await ask('PUT', `${ACCESS}/${id}`, { associated_hostnames: ['a.example.com'] });
    pass(1000);
    expect(simulator.breaches()).toMatchObject([
      { time: START, subject: 'a.example.com', message: 'was without a CA for a while' },
    ]);
  });

  it('of what is uploaded twice to one store', async () => {
    const running = await protectedZone();
    const ca = await testCertificate('other', { ca: true });
    const chain = { certificate: `${edge.certificate}${ca.certificate}`, private_key: edge.privateKey };
    expect((await running.ask('POST', PULLS, chain)).status).toBe(200);
    expect(running.simulator.breaches()).toMatchObject([
      { subject: edge.sha256, message: 'was uploaded twice to one store' },
    ]);
    running.simulator.mark();
    await addCa(running, 'other', []);
    await addCa(running, 'other', []);
    expect(subjects(running)).toEqual([ca.sha256]);
  });

  it('of what is deleted and uploaded again', async () => {
    const running = await protectedZone();
    await running.ask('DELETE', `${PULLS}/${running.zoneId}`);
    running.pass(1000);
    expect((await running.ask('POST', PULLS, pairOf(edge))).status).toBe(200);
    running.pass(1000);
    expect(subjects(running)).toContain(edge.sha256);
  });
});

describe('a mark', () => {
  it('forgets what went before it', async () => {
    const running = await protectedZone();
    await running.ask('PUT', `${PULLS}/settings`, { enabled: false });
    await running.ask('PUT', `${PULLS}/settings`, { enabled: true });
    running.simulator.mark();
    expect(running.simulator.breaches()).toEqual([]);
    await running.ask('PATCH', SETTING, { value: 'on' });
    expect(running.simulator.breaches()).toEqual([]);
  });

  it('sees what happens between two requests, by the clock alone', async () => {
    const running = await protectedZone();
    await put(running, APP, running.hostnameId, null);
    running.pass(100);
    await running.ask('DELETE', `${PULLS}/${running.zoneId}`);
    const id = await upload(running, CERTIFICATES, next);
    running.pass(5000);
    await put(running, APP, id);
    running.pass(1000);
    expect(subjects(running)).toContain(APP);
  });

  it('begins with what a restored state presents', async () => {
    const first = await protectedZone();
    const again = await start({ state: first.simulator.state });
    again.pass(2000);
    await again.ask('PUT', `${PULLS}/settings`, { enabled: false });
    await again.ask('PUT', `${PULLS}/settings`, { enabled: true });
    expect(subjects(again)).toEqual(['zone default']);
  });
});
