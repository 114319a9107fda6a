import { describe, expect, it } from 'vitest';
import { bench, failureFrom, fine, GET, html, json, POST, PUT, scripted } from './support.ts';

describe('the first interruption', () => {
  it('lets what is under way finish, and starts no more', async () => {
    const stop = new AbortController();
    const { fetch, sent } = scripted(() => async () => {
      stop.abort();
      return fine('finished')();
    });
    const { client } = bench({ fetch, stop: stop.signal });
    const [first, second] = await Promise.allSettled([client.request(PUT), client.request(PUT)]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { result: 'finished' } });
    expect(second).toMatchObject({ status: 'rejected' });
    const error = await failureFrom(client.request(POST));
    expect(error.failure).toMatchObject({ fault: 'interrupted', ambiguous: false });
    expect(error.message).toBe('POST /zones/z/thing: no answer, interrupted. Run again to resume');
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['a backoff', html(502), PUT, true],
    ['a backoff of a GET', html(502), GET, false],
    ['a halt', json(null, 429), PUT, false],
  ])('ends %s, and says whether something may have been done', async (_, answer, request, ambiguous) => {
    const stop = new AbortController();
    const { fetch, sent } = scripted(answer);
    const { client } = bench({
      fetch,
      stop: stop.signal,
      onWait: () => queueMicrotask(() => stop.abort()),
    });
    const error = await failureFrom(client.request(request));
    expect(error.failure).toMatchObject({ fault: 'interrupted', ambiguous });
    expect(sent).toHaveLength(1);
  });
});

describe('the second interruption', () => {
  it('cuts what is under way, which may have been carried out', async () => {
    const signal = new AbortController();
    const { fetch } = scripted(
      () => (_url, cut) =>
        new Promise((_, reject) => {
          cut.addEventListener('abort', () => reject(cut.reason));
          signal.abort();
        }),
    );
    const { client } = bench({ fetch, signal: signal.signal });
    expect((await failureFrom(client.request(PUT))).failure).toMatchObject({ fault: 'interrupted', ambiguous: true });
    expect((await failureFrom(client.request(GET))).failure).toMatchObject({ fault: 'interrupted', ambiguous: false });
    expect(client.requests).toBe(1);
  });
});
