import { describe, expect, it } from 'vitest';
import { findZones } from '../../src/cloudflare/zones.ts';
import { InputError } from '../../src/model/fault.ts';
import { httpMock, ok, refused } from '../support/http-mock.ts';
import { failureFrom, mockBench } from './support.ts';

const mock = httpMock();
const id = (number: number) => number.toString(16).padStart(32, '0');
const A = id(0xa);
const B = id(0xb);
const zone = (name: string, number: number, account = A) => ({ id: id(number), name, account: { id: account } });
const named = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `z${index}.example` }));
const pagesOf = (all: readonly unknown[]) => {
  const total = Math.ceil(all.length / 50);
  return (uri: string) => {
    const page = Number(new URLSearchParams(uri.split('?')[1]).get('page') ?? 1);
    return ok(all.slice((page - 1) * 50, page * 50), { page, per_page: 50, total_pages: total });
  };
};

describe('looking up zones', () => {
  it('asks nothing for zones that have an id, and takes their account from the file', async () => {
    const { client } = mockBench();
    const found = await findZones(client, [
      { name: 'example.com', id: id(1), accountId: A },
      { name: 'b.example', id: id(2) },
    ]);
    expect([...found]).toEqual([
      ['example.com', { kind: 'zone', name: 'example.com', id: id(1), accountId: A }],
      ['b.example', { kind: 'zone', name: 'b.example', id: id(2) }],
    ]);
    expect(client.requests).toBe(0);
  });

  it('asks for one name by name', async () => {
    mock()
      .get('/zones?name=example.com')
      .reply(200, ok([zone('example.com', 1)]));
    const found = await findZones(mockBench().client, [{ name: 'example.com' }]);
    expect(found.get('example.com')).toEqual({ kind: 'zone', name: 'example.com', id: id(1), accountId: A });
  });

  it('reads pages of fifty where that is cheaper, and keeps the order of the file', async () => {
    const all = named(120).map(({ name }, index) => zone(name, index));
    const answer = pagesOf(all);
    mock()
      .get(/^\/client\/v4\/zones\?per_page=50&page=\d$/)
      .times(3)
      .reply(200, answer);
    const { client } = mockBench();
    const found = await findZones(client, named(120));
    expect([...found.keys()]).toEqual(named(120).map(({ name }) => name));
    expect(found.get('z119.example')).toMatchObject({ id: id(119) });
    expect(client.requests).toBe(3);
  });

  it.each([
    [50, 1],
    [51, 2],
    [200, 4],
    [201, 4],
  ])('asks for the pages that %i zones must fill at once: %i', async (zones, pages) => {
    const answer = pagesOf(named(zones).map(({ name }, index) => zone(name, index)));
    let waiting: (() => void)[] = [];
    const together: number[] = [];
    const { client } = mockBench({
      fetch: async (url) => {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          setImmediate(() => {
            if (waiting.length > 0) together.push(waiting.length);
            for (const wake of waiting) wake();
            waiting = [];
          });
        });
        return Response.json(answer(url));
      },
    });
    await findZones(client, named(zones));
    expect(together).toEqual(zones > 200 ? [pages, 1] : [pages]);
  });

  it('does not mind a page that the API refuses because there is none', async () => {
    mock()
      .get('/zones?per_page=50&page=1')
      .reply(200, pagesOf([zone('z0.example', 1), zone('z1.example', 2)]));
    mock().get('/zones?per_page=50&page=2').reply(400, refused(1003, 'Page number out of range'));
    for (const { name } of named(60).slice(2)) mock().get(`/zones?name=${name}`).reply(200, ok([]));
    const found = await findZones(mockBench().client, named(60));
    expect(found.get('z1.example')).toMatchObject({ id: id(2) });
    expect(found.get('z2.example')).toHaveProperty('message');
  });

  it('asks again for a page that there is and that failed', async () => {
    const answer = pagesOf(named(60).map(({ name }, index) => zone(name, index)));
    mock().get('/zones?per_page=50&page=1').reply(200, answer);
    mock().get('/zones?per_page=50&page=2').reply(403, refused(9109, 'Unauthorized to access requested resource'));
    mock().get('/zones?per_page=50&page=2').reply(200, answer);
    const found = await findZones(mockBench().client, named(60));
    expect(found.get('z59.example')).toMatchObject({ id: id(59) });
  });

  it('asks by name where the account holds many more zones than the file', async () => {
    const all = named(500).map(({ name }, index) => zone(name, index));
    mock().get('/zones?per_page=50&page=1').reply(200, pagesOf(all));
    for (const name of ['z7.example', 'z499.example']) {
      mock()
        .get(`/zones?name=${name}`)
        .reply(200, ok([zone(name, 7)]));
    }
    const { client } = mockBench();
    await findZones(client, [{ name: 'z7.example' }, { name: 'z499.example' }]);
    expect(client.requests).toBe(3);
  });

  it('finds ten thousand in two hundred requests', async () => {
    const all = named(10_000).map(({ name }, index) => zone(name, index));
    mock()
      .get(/^\/client\/v4\/zones\?per_page=50&page=\d+$/)
      .times(200)
      .reply(200, pagesOf(all));
    const { client } = mockBench();
    const found = await findZones(client, named(10_000));
    expect([...found.values()].every((scope) => 'id' in scope)).toBe(true);
    expect(client.requests).toBe(200);
  });

  it('asks for the one zone that changed its page while the pages were read', async () => {
    const all = named(100).map(({ name }, index) => zone(name, index));
    const shifted = pagesOf(all.filter(({ name }) => name !== 'z50.example').concat(zone('new.example', 999)));
    mock().get('/zones?per_page=50&page=1').reply(200, shifted);
    mock().get('/zones?per_page=50&page=2').reply(200, shifted);
    mock()
      .get('/zones?name=z50.example')
      .reply(200, ok([zone('z50.example', 50)]));
    const found = await findZones(mockBench().client, named(100));
    expect([...found.values()].every((scope) => 'id' in scope)).toBe(true);
  });

  it('does not ask for each of very many that the token does not see', async () => {
    mock()
      .get(/^\/client\/v4\/zones\?per_page=50&page=[1-4]$/)
      .times(4)
      .reply(200, ok([]));
    const { client } = mockBench();
    const found = await findZones(client, named(10_000));
    expect([...found.values()].every((scope) => 'message' in scope)).toBe(true);
    expect(client.requests).toBe(4);
  });

  it('asks only for the one account that all of them are in', async () => {
    mock()
      .get(`/zones?per_page=50&page=1&account.id=${A}`)
      .reply(200, ok([zone('a.example', 1), zone('b.example', 2)]));
    const found = await findZones(mockBench().client, [
      { name: 'a.example', accountId: A },
      { name: 'b.example', accountId: A },
    ]);
    expect(found.get('b.example')).toMatchObject({ id: id(2) });
  });

  it('refuses a name that stands in several accounts, and names them', async () => {
    mock()
      .get('/zones?name=example.com')
      .reply(200, ok([zone('example.com', 1, B), zone('example.com', 2, A)]));
    expect((await findZones(mockBench().client, [{ name: 'example.com' }])).get('example.com')).toEqual({
      message: `Zone example.com stands in several accounts (${A}, ${B}): choose one with account_id`,
    });
  });

  it('chooses by account', async () => {
    mock()
      .get(`/zones?name=example.com&account.id=${B}`)
      .reply(200, ok([zone('example.com', 1, B)]));
    const found = await findZones(mockBench().client, [{ name: 'example.com', accountId: B }]);
    expect(found.get('example.com')).toMatchObject({ id: id(1), accountId: B });
  });

  it('chooses by account among the pages, too, and stumbles only over the ambiguous one', async () => {
    const all = [zone('a.example', 1, A), zone('a.example', 2, B), zone('b.example', 3, A), zone('b.example', 4, B)];
    mock().get('/zones?per_page=50&page=1').reply(200, ok(all));
    const found = await findZones(mockBench().client, [{ name: 'a.example', accountId: B }, { name: 'b.example' }]);
    expect(found.get('a.example')).toMatchObject({ id: id(2), accountId: B });
    expect(found.get('b.example')).toHaveProperty('message');
  });

  it('says of a zone that is not there that the token may not see it', async () => {
    // A server that does not know `name=` must not give us the wrong zone.
    mock()
      .get('/zones?name=gone.example')
      .reply(200, ok([zone('other.example', 1)]));
    expect((await findZones(mockBench().client, [{ name: 'gone.example' }])).get('gone.example')).toEqual({
      message: 'Zone gone.example was not found: it does not exist, or the token may not see it (Zone Read)',
    });
  });

  it('knows a name in Unicode by its A-label', async () => {
    mock()
      .get('/zones?name=xn--bcher-kva.example')
      .reply(200, ok([zone('Bücher.example', 1)]));
    const found = await findZones(mockBench().client, [{ name: 'xn--bcher-kva.example' }]);
    expect(found.get('xn--bcher-kva.example')).toMatchObject({ id: id(1) });
  });

  it.each([{ id: 7 }, { id: '../x' }, {}])('takes no id that is none: %j', async (row) => {
    mock()
      .get('/zones?name=example.com')
      .reply(200, ok([{ name: 'example.com', ...row }]));
    expect((await findZones(mockBench().client, [{ name: 'example.com' }])).get('example.com')).toHaveProperty(
      'message',
    );
  });
});

it('takes no zone under two names: each would undo what the other does', async () => {
  mock()
    .get('/zones?name=one.example')
    .reply(200, ok([zone('one.example', 1)]));
  const wanted = [{ name: 'one.example' }, { name: 'two.example', id: id(1) }, { name: 'three.example', id: id(3) }];
  const found = await findZones(mockBench().client, wanted);
  expect(found.get('one.example')).toEqual({ message: expect.stringContaining('has the same id as two.example') });
  expect(found.get('two.example')).toEqual({ message: expect.stringContaining('has the same id as one.example') });
  expect(found.get('three.example')).toMatchObject({ id: id(3) });
  const again = await findZones(
    mockBench().client,
    [wanted[2], wanted[2]].flatMap((it) => it ?? []),
  );
  expect(again.get('three.example'), 'the same name twice is one zone').toMatchObject({ id: id(3) });
});

describe('where the look-up fails', () => {
  it('it is the problem of those zones alone, when others have an id', async () => {
    mock().get('/zones?name=a.example').reply(403, refused(10000, 'Authentication error'));
    const found = await findZones(mockBench().client, [{ name: 'a.example' }, { name: 'b.example', id: id(2) }]);
    expect(found.get('a.example')).toMatchObject({ message: expect.stringContaining('Zone Read') });
    expect(found.get('b.example')).toMatchObject({ id: id(2) });
  });

  it('it is one error, when there is nothing else to plan', async () => {
    mock().get('/zones?per_page=50&page=1').reply(403, refused(10000, 'Authentication error'));
    const error = await failureFrom(findZones(mockBench().client, named(40)));
    expect(error.has(10000)).toBe(true);
  });

  it('for one of several names, it is the problem of that one', async () => {
    const all = named(200).map(({ name }, index) => zone(name, index));
    mock().get('/zones?per_page=50&page=1').reply(200, pagesOf(all));
    mock().get('/zones?name=z1.example').reply(404, refused(7003, 'Could not route'));
    mock()
      .get('/zones?name=z2.example')
      .reply(200, ok([zone('z2.example', 2)]));
    const found = await findZones(mockBench().client, [{ name: 'z1.example' }, { name: 'z2.example' }]);
    expect(found.get('z1.example')).toMatchObject({ message: expect.stringContaining('7003') });
    expect(found.get('z2.example')).toMatchObject({ id: id(2) });
  });

  it('by a used-up budget, the run ends', async () => {
    const { client } = mockBench({ maxRequests: 0 });
    await expect(findZones(client, [{ name: 'a.example' }, { name: 'b.example', id: id(2) }])).rejects.toThrow(
      InputError,
    );
  });

  it('by an interruption, the run ends', async () => {
    const { client } = mockBench({ stop: AbortSignal.abort() });
    const wanted = [{ name: 'a.example' }, { name: 'b.example', id: id(2) }];
    expect((await failureFrom(findZones(client, wanted))).failure.fault).toBe('interrupted');
  });
});
