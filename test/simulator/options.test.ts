import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadState, SIMULATE_OPTIONS, simulate, simulateSettings } from '../../src/simulator/index.ts';
import { PULLS, START } from './support.ts';

type Given = Parameters<typeof simulateSettings>[0];
const settings = (given: Record<string, true | string | readonly string[]>) =>
  simulateSettings(new Map(Object.entries(given)) as Given);

describe('the options of simulate', () => {
  it('become settings', () => {
    expect(
      settings({
        port: '8787',
        state: 'sim.json',
        'deploy-delay': '500ms',
        'delete-delay': '1.5s',
        'list-lag': '1m',
        busy: '0',
        'access-settle': '2s',
        'rate-limit': '0',
        'access-quota': '3',
        'no-association-list': true,
        'no-auto-create': true,
        'settings-mode': 'replace',
        overlap: 'refused',
        token: ['all', 'few=SSL and Certificates Read, Access: Mutual TLS Certificates Write', 'none='],
      }),
    ).toEqual({
      port: 8787,
      stateFile: 'sim.json',
      delays: { deploy: 500, delete: 1500, void: 1500, listLag: 60_000, busy: 0, accessSettle: 2000 },
      limits: { requests: 0, accessCertificates: 3 },
      features: { associationList: '404', autoCreate: false, settingsMode: 'replace', accessOverlap: 'refused' },
      tokens: [
        { token: 'all' },
        { token: 'few', permissions: ['SSL and Certificates Read', 'Access: Mutual TLS Certificates Write'] },
        { token: 'none', permissions: [] },
      ],
    });
    expect(settings({})).toMatchObject({ port: 0, stateFile: undefined });
  });

  it.each([
    ['port', '65536'],
    ['port', '-1'],
    ['port', 'http'],
    ['rate-limit', '1.5'],
    ['deploy-delay', '5'],
    ['deploy-delay', '5 s'],
    ['list-lag', 'toString'],
    ['settings-mode', 'both'],
    ['overlap', ''],
    ['token', '=Zone Read'],
  ])('refuse --%s %s', (name, value) => {
    expect(() => settings({ [name]: value })).toThrow(`--${name} is`);
  });

  it('each have a help text, and a placeholder or none', () => {
    for (const [name, option] of Object.entries(SIMULATE_OPTIONS)) {
      expect(option.help, name).toMatch(/^[A-Z].*\.$/);
      expect(name.startsWith('no-'), name).toBe(option.value === undefined);
    }
  });
});

describe('the command', () => {
  /** Starts the command, does something when it listens, stops it, and answers what it printed. */
  async function run(given: Record<string, string>, whenReady: (url: string) => Promise<void>): Promise<string> {
    const stop = new AbortController();
    let printed = '';
    let ready: Promise<void> | undefined;
    await simulate(settings(given), {
      clock: { now: () => START },
      signal: stop.signal,
      stdout(text) {
        printed += text;
        const url = /^Simulator on (\S+)$/m.exec(printed)?.[1] ?? '';
        ready ??= whenReady(url).finally(() => stop.abort());
      },
    });
    await ready;
    return printed;
  }
  const put = (url: string) =>
    fetch(`${url}${PULLS}/settings`, {
      method: 'PUT',
      headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
      body: '{"enabled":true}',
    });

  it('serves until it is stopped, says where, and keeps its state', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'simulator-')), 'state.json');
    const printed = await run({ state: file }, async (url) => {
      expect((await put(url)).status).toBe(200);
      expect((await loadState(file))?.zones[0]?.enabled).toBe(true);
    });
    expect(printed).toMatch(/^Simulator on http:\/\/127\.0\.0\.1:\d+\/client\/v4\nPoint cf-mtls at it: /);
    expect(printed).toContain('CLOUDFLARE_API_TOKEN to anything');
    await run({ state: file }, async (url) => {
      const response = await fetch(`${url}${PULLS}/settings`, { headers: { authorization: 'Bearer any' } });
      expect(await response.json()).toMatchObject({ result: { enabled: true } });
      await expect(fetch(url.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow();
    });
  });

  it('says which ports it cannot take', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    await expect(run({ port: `${port}` }, async () => {})).rejects.toThrow(`Port ${port} can't be used: EADDRINUSE`);
    await new Promise((resolve) => taken.close(resolve));
    await expect(run({ port: '6000' }, async () => {})).rejects.toThrow('fetch refuses to go there');
  });
});
