import { expect, it } from 'vitest';
import { PULLS, SETTING, start } from './support.ts';

it('has origin pulls off until they are put on', async () => {
  const { ask } = await start();
  expect((await ask('GET', `${PULLS}/settings`)).result).toEqual({ enabled: false });
  const put = await ask('PUT', `${PULLS}/settings`, { enabled: true });
  expect([put.status, put.result]).toEqual([200, { enabled: true }]);
  expect((await ask('GET', `${PULLS}/settings`)).result).toEqual({ enabled: true });
});

it('wants a boolean for origin pulls', async () => {
  const { ask } = await start();
  for (const body of [{}, { enabled: 'true' }, { enabled: null }]) {
    expect((await ask('PUT', `${PULLS}/settings`, body)).status).toBe(400);
  }
});

it('shows tls_client_auth with its time of change', async () => {
  const { ask } = await start();
  const before = await ask('GET', SETTING);
  expect(before.result).toEqual({ id: 'tls_client_auth', value: 'off', editable: true, modified_on: null });
  const after = await ask('PATCH', SETTING, { value: 'on' });
  expect(after.row).toMatchObject({ value: 'on', modified_on: '2026-06-01T00:00:00Z' });
});

it('takes on and off for tls_client_auth, and nothing else', async () => {
  const { ask } = await start();
  for (const body of [{}, { value: true }, { value: 'maybe' }]) {
    const reply = await ask('PATCH', SETTING, body);
    expect([reply.status, reply.code]).toEqual([400, 1007]);
  }
});

it('says that tls_client_auth is not editable, and means it', async () => {
  const { ask } = await start({ features: { tlsClientAuthEditable: false } });
  expect((await ask('GET', SETTING)).row.editable).toBe(false);
  expect((await ask('PATCH', SETTING, { value: 'on' })).status).toBe(403);
});
