import nock from 'nock';
import { afterEach, beforeEach, expect } from 'vitest';

/** Where mocked requests go; nothing leaves this machine while a test file uses this. */
export const MOCK_URL = 'https://api.cloudflare.com/client/v4';

/**
 * Mocks of the API for one test file. A request that no mock expects fails its test, and so does a mock that no
 * request met, so that a list of mocks is exactly what was sent.
 */
export function httpMock(): () => nock.Scope {
  let unexpected: string[] = [];
  const note = (request: { method?: string; path?: string; options?: { method?: string; path?: string } }) => {
    unexpected.push(`${request.method ?? request.options?.method} ${request.path ?? request.options?.path}`);
  };
  beforeEach(() => {
    unexpected = [];
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
    nock.emitter.on('no match', note);
  });
  afterEach(() => {
    const unused = nock.pendingMocks();
    nock.emitter.off('no match', note);
    nock.cleanAll();
    nock.enableNetConnect();
    nock.restore();
    expect({ unused, unexpected }).toEqual({ unused: [], unexpected: [] });
  });
  return () => nock(MOCK_URL);
}

/** An answer as the API wraps it. */
export function ok(result: unknown, info?: Readonly<Record<string, number>>) {
  return { success: true, errors: [], messages: [], result, ...(info ? { result_info: info } : {}) };
}

/** A refusal as the API wraps it. */
export function refused(code: number, message: string, extra: Readonly<Record<string, unknown>> = {}) {
  return { success: false, errors: [{ code, message, ...extra }], messages: [], result: null };
}
