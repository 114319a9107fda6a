import { describe, expect, it } from 'vitest';
import { ACCOUNT, start, ZONE } from './support.ts';

const OTHER_ACCOUNT = '5d5e105f4ecef8ad9ca31a8372d0c353';

describe('zones', () => {
  it('spring into existence when they are looked up by name, with the same id every time', async () => {
    const ids: unknown[] = [];
    for (let round = 0; round < 2; round += 1) {
      const { ask } = await start();
      const reply = await ask('GET', '/zones?name=Example.com');
      expect(reply.info).toEqual({ count: 1, page: 1, per_page: 20, total_count: 1, total_pages: 1 });
      expect(reply.rows[0]).toMatchObject({
        name: 'example.com',
        status: 'active',
        account: { name: expect.any(String) },
      });
      ids.push(reply.rows[0]?.id);
    }
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(ids[1]).toBe(ids[0]);
  });

  it('do not exist below .invalid, by an operator, or where that is switched off', async () => {
    const { ask } = await start();
    expect((await ask('GET', '/zones?name=nobody.invalid')).rows).toEqual([]);
    expect((await ask('GET', '/zones?name=contains:example')).rows).toEqual([]);
    const strict = await start({ features: { autoCreate: false } });
    expect((await strict.ask('GET', '/zones?name=example.com')).rows).toEqual([]);
  });

  it('are found by operator, account and status', async () => {
    const { ask } = await start({ features: { autoCreate: false } });
    for (const [name, id] of [
      ['one.example', ACCOUNT],
      ['two.example', ACCOUNT],
      ['one.example', OTHER_ACCOUNT],
    ]) {
      expect((await ask('POST', '/zones', { name, account: { id } })).status).toBe(200);
    }
    const count = async (query: string) => (await ask('GET', `/zones?${query}`)).rows.length;
    expect(await count('name=one.example')).toBe(2);
    expect(await count(`name=one.example&account.id=${ACCOUNT}`)).toBe(1);
    expect(await count('name=starts_with:one')).toBe(2);
    expect(await count('name=contains:wo.ex')).toBe(1);
    expect(await count('name=ends_with:.example&status=active')).toBe(3);
    expect(await count('name=not_equal:one.example')).toBe(1);
    expect(await count('status=pending')).toBe(0);
    expect((await ask('GET', '/zones?status=asleep')).status).toBe(400);
    const ids = (await ask('GET', '/zones')).rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
  });

  it('have pages of 20, from 5 to 50', async () => {
    const { ask } = await start({ features: { autoCreate: false } });
    for (let index = 0; index < 23; index += 1) {
      await ask('POST', '/zones', { name: `z${index}.example`, account: { id: ACCOUNT } });
    }
    expect((await ask('GET', '/zones?page=2')).rows).toHaveLength(3);
    expect((await ask('GET', '/zones?per_page=50')).info).toEqual({
      count: 23,
      page: 1,
      per_page: 50,
      total_count: 23,
      total_pages: 1,
    });
    for (const size of [4, 51]) expect((await ask('GET', `/zones?per_page=${size}`)).status).toBe(400);
  });

  it('are made once in an account, with a name and an account', async () => {
    const { ask } = await start();
    const make = (body: unknown) => ask('POST', '/zones', body);
    const made = await make({ name: 'one.example', account: { id: ACCOUNT } });
    expect(made.row).toMatchObject({ name: 'one.example', account: { id: ACCOUNT } });
    expect((await ask('GET', `/zones/${made.row.id}`)).result).toEqual(made.result);
    expect((await make({ name: 'one.example', account: { id: ACCOUNT } })).code).toBe(1061);
    for (const body of [
      {},
      { name: 'x.example' },
      { name: 'a b', account: { id: ACCOUNT } },
      { name: 'x.example', account: { id: 'x' } },
    ]) {
      expect((await make(body)).status).toBe(400);
    }
  });

  it('are there for any id, unless that is switched off; never for what is no id', async () => {
    const { ask } = await start();
    expect((await ask('GET', `/zones/${ZONE}`)).row.id).toBe(ZONE);
    expect((await ask('GET', '/zones/short')).code).toBe(7003);
    const strict = await start({ features: { autoCreate: false } });
    const unknown = await strict.ask('GET', `/zones/${ZONE}`);
    expect([unknown.status, unknown.code]).toEqual([404, 7003]);
    expect((await strict.ask('GET', `/accounts/${ACCOUNT}`)).code).toBe(7003);
  });
});

describe('accounts', () => {
  it('are listed and read', async () => {
    const { ask } = await start();
    const [first] = (await ask('GET', '/accounts')).rows;
    expect(first).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'Simulated account',
      type: 'standard',
      created_on: '2026-06-01T00:00:00Z',
    });
    expect((await ask('GET', `/accounts/${ACCOUNT}`)).row.id).toBe(ACCOUNT);
    expect((await ask('GET', '/accounts')).info?.total_count).toBe(2);
  });

  it('hold the zones that are looked up in them', async () => {
    const { ask } = await start();
    const [zone] = (await ask('GET', `/zones?name=example.com&account.id=${ACCOUNT}`)).rows;
    expect(zone?.account).toMatchObject({ id: ACCOUNT });
  });
});

describe('DNS records', () => {
  it('are filtered by type and by proxied, a hundred to a page, 5,000 at most', async () => {
    const { ask } = await start();
    const path = `/zones/${ZONE}/dns_records`;
    for (let index = 0; index < 102; index += 1) {
      await ask('POST', path, {
        type: 'A',
        name: `h${index}.example.com`,
        content: '192.0.2.1',
        proxied: index % 2 === 0,
      });
    }
    await ask('POST', path, { type: 'TXT', name: 'example.com', content: 'hello' });
    expect((await ask('GET', path)).info).toEqual({
      count: 100,
      page: 1,
      per_page: 100,
      total_count: 103,
      total_pages: 2,
    });
    expect((await ask('GET', `${path}?proxied=true&per_page=5000`)).rows).toHaveLength(51);
    expect((await ask('GET', `${path}?type=TXT`)).rows).toMatchObject([{ name: 'example.com', proxied: false }]);
    expect((await ask('GET', `${path}?per_page=5001`)).status).toBe(400);
    expect((await ask('POST', path, { type: 'A' })).status).toBe(400);
  });
});
