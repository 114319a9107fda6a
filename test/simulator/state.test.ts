import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSimulator, keepState, loadState, saveState } from '../../src/simulator/index.ts';
import { testCertificate } from '../support/certificates.ts';
import {
  ACCESS,
  addCa,
  CERTIFICATES,
  HOSTNAMES,
  link,
  PULLS,
  pairOf,
  type Reply,
  type Running,
  SETTING,
  START,
  start,
  upload,
  ZONE_ACCESS,
} from './support.ts';

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'simulator-'));

/** A zone and an account in which everything is in the middle of something. */
async function busy(): Promise<Running> {
  const running = await start({ tokens: [{ token: 'any' }] });
  const { ask, pass } = running;
  await upload(running, PULLS, await testCertificate('edge'));
  const old = await upload(running, CERTIFICATES, await testCertificate('old'));
  const staff = await addCa(running, 'staff', ['a.example.com']);
  await addCa(running, 'zone-staff', ['b.example.com'], ZONE_ACCESS);
  pass(1000);
  await ask('PUT', HOSTNAMES, { config: [link('a.example.com', old), link('b.example.com', old, false)] });
  pass(1000);
  await ask('PUT', `${PULLS}/settings`, { enabled: true });
  await ask('PATCH', SETTING, { value: 'on' });
  await ask('PUT', `${ACCESS}/settings`, {
    settings: [{ hostname: 'a.example.com', china_network: false, client_certificate_forwarding: true }],
  });
  pass(1000);
  await ask('PUT', HOSTNAMES, { config: [link('a.example.com', old, null)] });
  await upload(running, CERTIFICATES, await testCertificate('new'));
  await ask('PUT', `${ACCESS}/${staff}`, { associated_hostnames: [] });
  await ask('PUT', `${OTHER_ACCESS}/settings`, {
    settings: [{ hostname: 'c.example.com', china_network: true, client_certificate_forwarding: true }],
  });
  pass(300);
  return running;
}

const OTHER_ACCESS = ACCESS.replace('4d5e', '5d5e');
const LISTS = [
  `${OTHER_ACCESS}/settings`,
  PULLS,
  `${PULLS}/settings`,
  `${HOSTNAMES}?status=all`,
  CERTIFICATES,
  SETTING,
  ACCESS,
  `${ACCESS}/settings`,
  ZONE_ACCESS,
];
const readAll = (ask: Running['ask']): Promise<unknown[]> =>
  Promise.all(LISTS.map(async (path) => ((await ask('GET', path)) satisfies Reply).envelope));

it('goes on from a saved state as if nothing had happened', async () => {
  const first = await busy();
  const file = join(await folder(), 'deep', 'state.json');
  await saveState(file, first.simulator.state);
  const now = first.simulator.clock.now();
  const state = await loadState(file);
  if (state === undefined) throw new Error('nothing was loaded');
  const second = await start({ state });
  second.pass(now - START);
  for (const ms of [0, 200, 500, 300, 1000, 5000]) {
    first.pass(ms);
    second.pass(ms);
    expect(await readAll(second.ask)).toEqual(await readAll(first.ask));
  }
  expect((await second.ask('GET', PULLS, undefined, { authorization: 'Bearer unknown' })).code).toBe(9109);
});

it('holds no private key and no token', async () => {
  const { simulator } = await busy();
  const file = join(await folder(), 'state.json');
  await saveState(file, simulator.state);
  const text = await readFile(file, 'utf8');
  const { privateKey } = await testCertificate('edge');
  expect(text).toContain('BEGIN CERTIFICATE');
  expect(text).not.toContain('PRIVATE KEY');
  expect(text).not.toContain(privateKey.split('\n')[1]);
  expect(text).not.toContain('"any"');
  expect(JSON.stringify(simulator.writes)).not.toContain('PRIVATE');
});

it('is a copy that nobody can change from outside', async () => {
  const running = await busy();
  const { state } = running.simulator;
  (state.zones[0] as { enabled: boolean }).enabled = false;
  expect((await running.ask('GET', `${PULLS}/settings`)).result).toEqual({ enabled: true });
});

it('is written for its owner alone, and leaves no draft behind', async () => {
  const path = await folder();
  await saveState(join(path, 'state.json'), createSimulator({ clock: Date }).state);
  await saveState(join(path, 'state.json'), createSimulator({ clock: Date }).state);
  expect(await readdir(path)).toEqual(['state.json']);
  expect((await stat(join(path, 'state.json'))).mode & 0o777).toBe(0o600);
  await expect(saveState('/dev/null/state.json', createSimulator({ clock: Date }).state)).rejects.toThrow();
});

it('is not there before the first write, and is refused when it is something else', async () => {
  const path = await folder();
  expect(await loadState(join(path, 'none.json'))).toBeUndefined();
  for (const text of ['', 'x', '{}', '{"version":2,"tokens":[],"keys":[],"accounts":[],"zones":[]}']) {
    await writeFile(join(path, 'other.json'), text);
    await expect(loadState(join(path, 'other.json'))).rejects.toThrow('holds no state of the simulator');
  }
  await expect(loadState(path)).rejects.toThrow("can't be read");
});

it('is on disk before a write is answered, also when many write at once', async () => {
  const file = join(await folder(), 'state.json');
  const simulator = createSimulator({ clock: { now: () => START } });
  const handle = keepState(simulator, file);
  const headers = { authorization: 'Bearer any', 'content-type': 'application/json' };
  await handle({ method: 'GET', url: PULLS, headers, body: '' });
  expect(await loadState(file)).toBeUndefined();
  await Promise.all(
    ['one', 'two', 'three', 'four'].map(async (name) => {
      const body = JSON.stringify(pairOf(await testCertificate(name)));
      const answer = await handle({ method: 'POST', url: CERTIFICATES, headers, body });
      const { id } = (JSON.parse(answer.body) as { result: { id: string } }).result;
      const ids = (await loadState(file))?.zones[0]?.hostnameCertificates.map((certificate) => certificate.id);
      expect(ids).toContain(id);
    }),
  );
});
