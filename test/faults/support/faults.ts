import type { FetchLike } from '../../../src/cloudflare/client.ts';

/** What happens to one request on its way. `send` carries it out; `giveUp` rings the client's alarm. */
export type Fault = (send: () => Promise<Response>, giveUp: () => void, init: Init, url: string) => Promise<Response>;
type Init = Parameters<FetchLike>[1];

/** Every way in which a request can go wrong, with the errors that real fetch has for it. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'reset before it was carried out': async () => reset(),
  'reset after it was carried out': async (send) => reset(await send()),
  '500 JSON': async () => json(500, refusal(1001, 'Internal Server Error')),
  '502 HTML': async () => html(),
  '502 HTML after it was carried out': async (send) => html(await send()),
  '429 with Retry-After': async () => json(429, refusal(971, 'Please wait'), { 'retry-after': '30' }),
  '429 with a null body': async () => json(429, 'null'),
  '971 inside a 200': async () => json(200, refusal(971, 'Please wait and consider throttling your request speed')),
  'cut, not carried out': async () => cut('{"success":true,"errors":[],"mess'),
  'cut, carried out': async (send) => cut((await (await send()).text()).slice(0, -20)),
  'half an answer, carried out': async (send) => json(200, (await (await send()).text()).slice(0, -20)),
  'hang, not carried out': async (_send, giveUp, init) => hang(giveUp, init),
  'hang, carried out': async (send, giveUp, init) => {
    await send();
    return hang(giveUp, init);
  },
  '409': async () => json(409, refusal(1409, 'another mutation is in progress')),
};

function refusal(code: number, message: string): string {
  return JSON.stringify({ success: false, errors: [{ code, message }], messages: [], result: null });
}

function json(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers: { 'content-type': 'application/json', ...headers } });
}

const html = (_answer?: Response): Response =>
  new Response('<html><title>502 Bad Gateway</title></html>', {
    status: 502,
    headers: { 'content-type': 'text/html' },
  });

function reset(_answer?: Response): never {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });
}

function cut(begin: string): Response {
  const cause = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
  let isFirst = true;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isFirst) controller.enqueue(new TextEncoder().encode(begin));
      else controller.error(new TypeError('terminated', { cause }));
      isFirst = false;
    },
  });
  return new Response(body, { status: 200, headers: { 'content-type': 'application/json' } });
}

function hang(giveUp: () => void, { signal }: Init): Promise<Response> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    // The alarm is set once the request is on its way.
    setImmediate(giveUp);
  });
}
