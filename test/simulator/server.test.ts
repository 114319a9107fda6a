import { describe, expect, it } from 'vitest';
import { createSimulator, fetchFrom, serve } from '../../src/simulator/index.ts';
import { testCertificate } from '../support/certificates.ts';
import { CERTIFICATES, PULLS, START, start, upload, ZONE } from './support.ts';

describe('a route', () => {
  it.each([
    ['GET', '/nowhere'],
    ['GET', '/zones/'],
    ['GET', `/zones/${ZONE}/settings/always_online`],
    ['GET', `${PULLS}/hostnames/certificates/one/two`],
    ['GET', `${CERTIFICATES}/`],
    ['GET', `${PULLS}/hostnames/%ZZ`],
  ])('%s %s does not exist', async (method, path) => {
    const { ask } = await start();
    const reply = await ask(method, path);
    expect([reply.status, reply.code, reply.message]).toEqual([404, 7003, 'No route for the URI']);
  });

  it.each([
    ['DELETE', PULLS],
    ['PATCH', `${PULLS}/settings`],
    ['DELETE', `${PULLS}/hostnames`],
    ['PUT', `${PULLS}/hostnames/app.example.com`],
    ['PUT', CERTIFICATES],
    ['DELETE', '/zones'],
  ])('%s %s takes another method', async (method, path) => {
    const { ask } = await start();
    expect((await ask(method, path, method === 'DELETE' ? undefined : {})).status).toBe(405);
  });

  it('prefers what is literal to what is a parameter', async () => {
    const { ask } = await start();
    expect((await ask('GET', `${PULLS}/settings`)).result).toEqual({ enabled: false });
    expect((await ask('GET', `${PULLS}/hostnames`)).result).toEqual([]);
    expect((await ask('GET', CERTIFICATES)).result).toEqual([]);
    expect((await ask('DELETE', `${PULLS}/settings`)).status).toBe(405);
  });
});

describe('the server', () => {
  it('answers below /client/v4 alone', async () => {
    const { url } = await start();
    const headers = { authorization: 'Bearer any' };
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/client\/v4$/);
    expect((await fetch(`${url}${PULLS}`, { headers })).status).toBe(200);
    expect((await fetch(url.replace('/client/v4', PULLS), { headers })).status).toBe(404);
  });

  it('tells breaches, writes and state, marks, and moves its clock', async () => {
    const running = await start();
    const control = running.url.replace('/client/v4', '/_simulator');
    const read = async (path: string, init?: RequestInit): Promise<unknown> =>
      (await fetch(`${control}/${path}`, init)).json();
    const id = await upload(running, PULLS, await testCertificate('edge'));
    expect(await read('writes')).toEqual({ writes: [{ method: 'POST', path: PULLS, time: START }] });
    expect(await read('advance', { method: 'POST', body: '{"ms":1000}' })).toEqual({ now: START + 1000 });
    expect((await running.ask('GET', `${PULLS}/${id}`)).row.status).toBe('active');
    expect(await read('mark', { method: 'POST' })).toEqual({ marked: true });
    expect(await read('breaches')).toEqual({ breaches: [] });
    expect(await read('state')).toEqual(JSON.parse(JSON.stringify(running.simulator.state)));
  });

  it('has no clock to move when it runs on the real one', async () => {
    const served = await serve(createSimulator({ clock: Date }));
    const response = await fetch(served.url.replace('/client/v4', '/_simulator/advance'), {
      method: 'POST',
      body: '{"ms":1}',
    });
    expect(response.status).toBe(404);
    await served.close();
  });

  it('survives a control request that makes no sense', async () => {
    const { url, ask } = await start();
    const response = await fetch(url.replace('/client/v4', '/_simulator/advance'), { method: 'POST', body: 'x' });
    expect(response.status).toBe(500);
    expect((await ask('GET', PULLS)).status).toBe(200);
  });

  it('ends every connection when it closes, answered or not', async () => {
    let reach = () => {};
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const served = await serve(createSimulator({ clock: Date }), {
      handle() {
        reach();
        return new Promise(() => {});
      },
    });
    const cut = expect(fetch(`${served.url}/zones`)).rejects.toThrow('fetch failed');
    await reached;
    await served.close();
    await cut;
  });

  it('can have another handle in front, to make faults', async () => {
    const simulator = createSimulator({ clock: Date });
    const served = await serve(simulator, {
      handle: (request) =>
        request.method === 'PUT' ? { status: 502, headers: {}, body: '<html>' } : simulator.handle(request),
    });
    const send = async (method: string) =>
      fetch(`${served.url}${PULLS}/settings`, { method, headers: { authorization: 'Bearer any' } });
    expect([(await send('PUT')).status, (await send('GET')).status]).toEqual([502, 200]);
    await served.close();
  });
});

describe('fetch in the process', () => {
  it('reaches the same rules, whatever the host', async () => {
    const simulated = fetchFrom(createSimulator({ clock: { now: () => START } }));
    const headers = { Authorization: 'Bearer any', 'Content-Type': 'application/json' };
    const put = await simulated(`https://api.cloudflare.com/client/v4${PULLS}/settings`, {
      method: 'PUT',
      headers,
      body: '{"enabled":true}',
    });
    expect(put.status).toBe(200);
    expect(put.headers.get('cf-ray')).toContain('-SIM');
    const got = await simulated(new URL(`https://elsewhere.example/client/v4${PULLS}/settings?x=1`), { headers });
    expect(await got.json()).toMatchObject({ result: { enabled: true } });
    expect((await simulated(`https://api.cloudflare.com${PULLS}`, { headers })).status).toBe(404);
  });

  it('throws what an aborted signal says', async () => {
    const simulated = fetchFrom(createSimulator({ clock: { now: () => START } }));
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(simulated(`https://api.cloudflare.com/client/v4${PULLS}`, { signal })).rejects.toThrow('stopped');
  });
});
