import { describe, expect, it } from 'vitest';
import { registry } from '../../src/kinds/index.ts';
import { readScope } from '../../src/live/read.ts';
import { type Api, ApiError, type ApiRequest } from '../../src/model/api.ts';
import type { Scope } from '../../src/model/live.ts';
import { LIST_NAMES } from '../../src/model/names.ts';

const SCOPE: Scope = { kind: 'zone', name: 'example.com', id: 'f'.repeat(32), accountId: 'a'.repeat(32) };
type Answers = Readonly<Record<string, unknown>>;

/** An API that knows these paths below the zone; an error is thrown, everything else is the result. */
function apiOf(answers: Answers): Api & { readonly asked: string[] } {
  const asked: string[] = [];
  const answer = ({ path }: ApiRequest): unknown => {
    const name = path.replace(`/zones/${SCOPE.id}/`, '');
    asked.push(name);
    if (answers[name] instanceof Error) throw answers[name];
    return answers[name] ?? [];
  };
  return {
    asked,
    requests: 0,
    request: async <T>(request: ApiRequest) => ({ result: answer(request) as T, status: 200 }),
    requestAfter: async () => {
      throw new Error('a reading writes nothing');
    },
    list: async <T>(request: ApiRequest, faultOf?: (row: unknown) => string | undefined) => {
      const rows = answer(request) as readonly T[];
      const fault = rows.map((row) => faultOf?.(row)).find((it) => it !== undefined);
      if (fault !== undefined) throw new ApiError({ method: 'GET', path: request.path, errors: [], fault });
      return rows;
    },
  };
}
const refusal = (status: number, code: number) =>
  new ApiError({ method: 'GET', path: '', status, errors: [{ code, message: '' }] });
const read = (api: Api, lists: Parameters<typeof readScope>[1], hostnames: readonly string[] = []) =>
  readScope(SCOPE, lists, async () => hostnames, { api, lists: registry.lists });

describe('reading a scope', () => {
  it('asks once for each list, whatever asks for it', async () => {
    const api = apiOf({
      'origin_tls_client_auth/settings': { enabled: true },
      'settings/tls_client_auth': { value: 'on' },
    });
    const { lists } = await read(api, [...LIST_NAMES, ...LIST_NAMES]);
    expect(new Set(api.asked).size).toBe(api.asked.length);
    expect(api.asked).toHaveLength(LIST_NAMES.length);
    expect(lists.zone_enablement).toEqual([{ enabled: true }]);
    expect(lists.hostname_certificates).toEqual([]);
  });

  it('leaves a list that was not read out', async () => {
    expect(Object.keys((await read(apiOf({}), ['zone_certificates'])).lists)).toEqual(['zone_certificates']);
  });

  it.each([
    [404, 1551],
    [405, 10405],
    [400, 7003],
  ])('asks hostname by hostname where associations are not listed: %i with %i', async (status, code) => {
    const api = apiOf({
      'origin_tls_client_auth/hostnames': refusal(status, code),
      'origin_tls_client_auth/hostnames/a.example.com': { hostname: 'A.example.com', cert_id: 'x', enabled: true },
      'origin_tls_client_auth/hostnames/b.example.com': refusal(404, 1553),
    });
    const live = await read(api, ['hostname_associations'], ['a.example.com', 'b.example.com']);
    expect(live.asked).toEqual(['a.example.com', 'b.example.com']);
    expect(live.lists.hostname_associations).toEqual([{ hostname: 'a.example.com', cert_id: 'x', enabled: true }]);
  });

  it('takes a missing permission for what it is', async () => {
    for (const status of [403, 404, 405]) {
      const api = apiOf({ 'origin_tls_client_auth/hostnames': refusal(status, 10000) });
      await expect(read(api, ['hostname_associations'], ['a.example.com'])).rejects.toThrow('10000');
      expect(api.asked).toHaveLength(1);
    }
  });

  it.each([
    ['without an id', { certificate: '' }],
    ['with an id that is a number', { id: 1, certificate: '' }],
    ['that is null', null],
  ])('plans nothing from a row %s', async (_how, row) => {
    const api = apiOf({ origin_tls_client_auth: [row] });
    await expect(read(api, ['zone_certificates'])).rejects.toThrow('not as documented');
  });
});
