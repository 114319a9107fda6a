import { describe, expect, it } from 'vitest';
import { bench, failureFrom, GET, http, json, rawServer, scripted } from './support.ts';

const rows = (...ids: readonly string[]) => ids.map((id) => ({ id }));
const page = (result: unknown, info?: unknown) => json({ success: true, errors: [], result, result_info: info });

/** Answers by the number of the page that is asked for. */
function pages(answer: (page: number) => unknown, info: unknown) {
  return scripted(() => (url) => page(answer(Number(new URL(url).searchParams.get('page') ?? 1)), info)());
}

describe('a list', () => {
  it.each([
    ['null', page(null), []],
    ['empty', page([]), []],
    ['without result_info', page(rows('a')), rows('a')],
    ['of one page', page(rows('a'), { count: 1, page: 1, per_page: 50, total_count: 1, total_pages: 1 }), rows('a')],
    ['with result_info null', page(rows('a'), null), rows('a')],
    ['with result_info as text', page(rows('a'), 'page 1 of 7'), rows('a')],
    ['with total_pages as text', page(rows('a'), { total_pages: '7' }), rows('a')],
    ['with total_pages below zero', page(rows('a'), { total_pages: -7 }), rows('a')],
    ['with total_pages zero', page([], { total_pages: 0 }), []],
  ])('%s takes one request', async (_, answer, expected) => {
    const { fetch, sent } = scripted(answer);
    expect(await bench({ fetch }).client.list({ ...GET, query: { status: 'all' } })).toEqual(expected);
    expect(sent.map(({ url }) => new URL(url).search)).toEqual(['?status=all']);
  });

  it.each([
    ['the number of rows', { page: 1, per_page: 2, total_count: 5 }],
    ['the number of rows, and null for its pages', { total_count: 5, total_pages: null }],
    ['nothing but that the first page is full', { page: 1, per_page: 2, count: 2 }],
  ])('that tells %s is read whole', async (_, info) => {
    const { fetch, sent } = pages((number) => [rows('a', 'b'), rows('c', 'd'), rows('e')][number - 1] ?? [], info);
    expect(await bench({ fetch }).client.list(GET)).toEqual(rows('a', 'b', 'c', 'd', 'e'));
    expect(sent.length).toBeLessThanOrEqual(5);
  });

  it.each([
    ['a page that is not full', { page: 1, per_page: 50, count: 1 }],
    ['as many rows as it shows', { per_page: 1, total_count: 1 }],
    ['fewer', { total_count: 0 }],
  ])('that tells of %s takes one request', async (_, info) => {
    const { fetch, sent } = scripted(page(rows('a'), info));
    expect(await bench({ fetch }).client.list(GET)).toEqual(rows('a'));
    expect(sent).toHaveLength(1);
  });

  it('of several pages is read whole, in order, with the query on every page', async () => {
    const { fetch, sent } = pages((number) => rows(`${number}a`, `${number}b`), { total_pages: 7 });
    const list = await bench({ fetch }).client.list<{ id: string }>({ ...GET, query: { per_page: '2' } });
    expect(list.map(({ id }) => id).join()).toBe('1a,1b,2a,2b,3a,3b,4a,4b,5a,5b,6a,6b,7a,7b');
    expect(sent.map(({ url }) => new URL(url).search)).toEqual([
      '?per_page=2',
      ...[2, 3, 4, 5, 6, 7].map((number) => `?per_page=2&page=${number}`),
    ]);
  });

  it('holds a row once, though it moved from one page to the next meanwhile', async () => {
    const { fetch } = pages((number) => [rows('a', 'b'), rows('b', 'c')][number - 1], { total_pages: 2 });
    expect(await bench({ fetch }).client.list(GET)).toEqual(rows('a', 'b', 'c'));
  });

  it('keeps a hostname beside its own tombstone', async () => {
    const dead = { hostname: 'a.example.com', cert_id: '1', status: 'deleted' };
    const live = { hostname: 'a.example.com', cert_id: '2', status: 'active' };
    const { fetch } = pages((number) => [[dead], [live]][number - 1], { total_pages: 2 });
    expect(await bench({ fetch }).client.list(GET)).toEqual([dead, live]);
  });

  it('that repeats its first page for ever ends', async () => {
    const { fetch, sent } = pages(() => rows('a', 'b'), { total_pages: 900 });
    expect(await bench({ fetch }).client.list(GET)).toEqual(rows('a', 'b'));
    expect(sent.length).toBeLessThanOrEqual(5);
  });

  it('that promises pages which are empty ends', async () => {
    const { fetch, sent } = pages((number) => (number < 3 ? rows(`${number}`) : []), { total_pages: 900 });
    expect(await bench({ fetch }).client.list(GET)).toEqual(rows('1', '2'));
    expect(sent.length).toBeLessThanOrEqual(5);
  });

  it.each([1001, 1e9, Number.MAX_VALUE])('of %d pages is refused', async (total) => {
    const { fetch, sent } = pages((number) => rows(`${number}`), { total_pages: total });
    expect((await failureFrom(bench({ fetch }).client.list(GET))).failure.fault).toMatch(/^a list of .* pages$/);
    expect(sent).toHaveLength(1);
  });

  it('with a row that is not whole is refused, with what is known of the answer', async () => {
    const { fetch } = scripted(
      json({ success: true, errors: [], result: [{ id: 'a' }, { id: 5 }] }, 200, { 'cf-ray': '8a1-FRA' }),
    );
    const faultOf = (row: unknown) =>
      typeof (row as { id: unknown }).id === 'string' ? undefined : 'a row without an id';
    const { failure, message } = await failureFrom(bench({ fetch }).client.list(GET, faultOf));
    expect(failure).toMatchObject({ status: 200, ray: '8a1-FRA', fault: 'a row without an id' });
    expect(message).toMatch(/HTTP 200, a row without an id, cf-ray 8a1-FRA\. /);
  });

  it('fails when one of its pages does', async () => {
    const server = await rawServer((socket, request) => {
      const body = JSON.stringify({ success: true, result: rows('a'), result_info: { total_pages: 3 } });
      socket.write(request.includes('page=3') ? http('{"success":false}', '403 Forbidden') : http(body));
    });
    expect((await failureFrom(bench({ baseUrl: server.baseUrl }).client.list(GET))).failure.status).toBe(403);
  });
});
