import { once } from 'node:events';
import { type OutgoingHttpHeaders, sensitiveHeaders } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openNetwork } from '../../src/cloudflare/network.ts';
import { testCertificate } from '../support/certificates.ts';
import { type HttpsServer, openHttps, type Received } from '../support/https.ts';
import { bench, failureFrom, GET, POST, PUT, TOKEN } from './support.ts';

const OK = '{"success":true,"errors":[],"messages":[],"result":{"id":"x"}}';
const single = { retry: { attempts: 1, base: 1, max: 1 }, wait: { rateLimit: 0 } };
const json = { ':status': 200, 'content-type': 'application/json' } as const;

const answer = ({ stream }: Received, body: string | Buffer = OK, headers: OutgoingHttpHeaders = json) => {
  if (stream.closed) return;
  stream.respond(headers);
  stream.end(body);
};
/** Servers with a certificate that nobody has signed are believed, as with a CA of one's own. */
const trust = () => vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');

const servers: (() => Promise<unknown>)[] = [];
async function open(...how: Parameters<typeof openHttps>): Promise<HttpsServer> {
  const server = await openHttps(...how);
  servers.push(server.close);
  return server;
}
afterEach(async () => {
  for (const close of servers.splice(0)) await close();
});
beforeAll(() => void trust());
afterAll(() => void vi.unstubAllEnvs());

describe('a server that offers HTTP/2', () => {
  it('gets all requests over one connection', async () => {
    const server = await open((request) => answer(request));
    const { client } = bench({ baseUrl: server.url });
    for (let round = 0; round < 3; round += 1) await Promise.all(Array.from({ length: 40 }, () => client.request(GET)));
    expect(server.requests).toHaveLength(120);
    expect(server.connections).toBe(1);
  });

  it('gets what goes over HTTP/1.1 to any other', async () => {
    const server = await open((request) => answer(request));
    await bench({ baseUrl: server.url }).client.request({ ...PUT, query: { a: 'b c' } });
    const [{ headers, body } = { headers: {}, body: '' }] = server.requests;
    expect({ ...headers }).toEqual({
      ':method': 'PUT',
      ':scheme': 'https',
      ':authority': new URL(server.url).host,
      ':path': '/client/v4/zones/z/thing?a=b+c',
      accept: 'application/json',
      'accept-encoding': 'gzip',
      authorization: `Bearer ${TOKEN}`,
      'content-length': '11',
      'content-type': 'application/json',
      'user-agent': 'cf-mtls/1.2.3',
      [sensitiveHeaders]: ['authorization'],
    });
    expect(body).toBe('{"on":true}');
  });

  it('is called by its name, where it has one', async () => {
    const names: unknown[] = [];
    const server = await open((request) => answer(request), {
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    const { port } = new URL(server.url);
    for (const host of ['localhost', '127.0.0.1']) {
      await bench({ baseUrl: `https://${host}:${port}/client/v4` }).client.request(GET);
    }
    expect(names).toEqual(['localhost']);
    expect(server.requests.map(({ headers }) => headers[':authority'])).toEqual([
      `localhost:${port}`,
      `127.0.0.1:${port}`,
    ]);
  });

  it('gets the length of a body in bytes', async () => {
    const server = await open((request) => answer(request));
    await bench({ baseUrl: server.url }).client.request({ ...PUT, body: { name: 'Geräte' } });
    expect(server.requests[0]).toMatchObject({ body: '{"name":"Geräte"}', headers: { 'content-length': '18' } });
  });

  it('is told a key as what it must not index', async () => {
    const server = await open((request) => answer(request));
    await bench({ baseUrl: server.url, credentials: { email: 'me@example.com', key: TOKEN } }).client.request(GET);
    const { headers } = server.requests[0] as Received;
    expect(headers['x-auth-key']).toBe(TOKEN);
    expect((headers as Record<symbol, unknown>)[sensitiveHeaders]).toEqual(['x-auth-key']);
  });

  it('may pack its answer, name no length, and add facts', async () => {
    const headers = { ...json, 'content-encoding': 'gzip', 'cf-ray': '8f0-FRA' };
    const server = await open((request) => answer(request, gzipSync(OK), headers));
    expect(await bench({ baseUrl: server.url }).client.request(GET)).toMatchObject({
      result: { id: 'x' },
      status: 200,
      ray: '8f0-FRA',
    });
  });

  it('may answer without a body, and with one of many pieces', async () => {
    const server = await open(({ stream }, index) => {
      if (index === 0) stream.respond({ ':status': 204 }, { endStream: true });
      else {
        stream.respond(json);
        for (const letter of OK) stream.write(letter);
        stream.end();
      }
    });
    const { client } = bench({ baseUrl: server.url });
    expect(await client.request(POST)).toMatchObject({ status: 204, result: null });
    expect(await client.request(POST)).toMatchObject({ status: 200, result: { id: 'x' } });
  });

  it('sends a long answer without waiting for us, however long the way', async () => {
    const long = JSON.stringify({ ...JSON.parse(OK), result: 'x'.repeat(1_000_000) });
    const server = await open((request) => answer(request, long));
    const port = await farAway(Number(new URL(server.url).port), 25);
    const { client } = bench({ baseUrl: `https://localhost:${port}/client/v4` });
    await client.request(GET);
    const begun = performance.now();
    expect((await client.request<string>(GET)).result).toHaveLength(1_000_000);
    // One round trip takes 50 ms; there would be sixteen.
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it('may take three requests at a time', async () => {
    let most = 0;
    let open3 = 0;
    const server = await open(
      (request) => {
        open3 += 1;
        most = Math.max(most, open3);
        setTimeout(() => {
          open3 -= 1;
          answer(request);
        }, 2);
      },
      { settings: { maxConcurrentStreams: 3 } },
    );
    const { client } = bench({ baseUrl: server.url });
    await client.request(GET);
    await Promise.all(Array.from({ length: 40 }, () => client.request(GET)));
    expect(most).toBe(3);
    expect(server.connections).toBe(1);
  });

  it('is not followed elsewhere', async () => {
    const server = await open((request) => answer(request, '', { ':status': 302, location: 'https://thief.invalid/' }));
    const error = await failureFrom(bench({ baseUrl: server.url }).client.request(PUT));
    expect(error.failure).toMatchObject({ fault: 'redirect to https://thief.invalid/', ambiguous: false });
  });

  it('is not read beyond 32 MiB', async () => {
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    let written = 0;
    const server = await open(({ stream }) => {
      stream.respond(json);
      const more = () => {
        while (!stream.destroyed && written < 512) {
          written += 1;
          if (!stream.write(chunk)) return;
        }
      };
      stream.on('drain', more);
      more();
    });
    const error = await failureFrom(bench({ baseUrl: server.url }).client.request(GET));
    expect(error.failure.fault).toBe('answer of more than 32 MiB');
    expect(written).toBeLessThan(100);
  });
});

describe('a server that moves its connections', () => {
  it('answers what it has begun; the rest goes over the next connection, and nothing is lost or sent twice', async () => {
    const server = await open((request, index) => {
      if (index % 10 === 9) request.session.goaway();
      setTimeout(() => answer(request), 5);
    });
    const { client } = bench({ baseUrl: server.url, policy: single });
    for (let round = 0; round < 10; round += 1)
      await Promise.all(Array.from({ length: 20 }, () => client.request(POST)));
    expect(server.requests).toHaveLength(200);
    expect(server.connections).toBeGreaterThan(5);
  });

  it('has not looked at what came behind its last one: even a POST is sent again', async () => {
    const server = await open((request, index) => {
      if (index === 1) request.session.goaway(0, 1);
      else answer(request);
    });
    const { client } = bench({ baseUrl: server.url });
    await client.request(GET);
    expect((await client.request(POST)).result).toEqual({ id: 'x' });
    expect(client.requests).toBe(3);
    expect(server.connections).toBe(2);
  });

  it('without a word gets a read again, over the next connection', async () => {
    const server = await open((request, index) => (index === 0 ? request.session.destroy() : answer(request)));
    const { client } = bench({ baseUrl: server.url });
    expect((await client.request(GET)).result).toEqual({ id: 'x' });
    expect(server.connections).toBe(2);
  });

  it('between two requests is not noticed', async () => {
    const server = await open((request) => answer(request));
    const { client } = bench({ baseUrl: server.url, policy: single });
    await client.request(POST);
    const { session } = server.requests[0] as Received;
    const gone = new Promise((resolve) => session.once('close', resolve));
    session.close();
    await gone;
    await client.request(POST);
    expect(server.connections).toBe(2);
  });
});

/** What a bad server does to a request, and the word that the error has for it. */
const BAD: readonly (readonly [string, RegExp, (request: Received) => unknown])[] = [
  ['resets a stream', /^HTTP2_INTERNAL_ERROR$/, ({ stream }) => stream.close(2)],
  ['ends a stream before it begins', /^HTTP2_/, ({ stream }) => stream.close(0)],
  ['asks for calm', /^HTTP2_ENHANCE_YOUR_CALM$/, ({ stream }) => stream.close(11)],
  ['goes away with the word for a refused stream', /^ERR_HTTP2_SESSION_ERROR$/, ({ session }) => session.goaway(7)],
  ['cancels a stream', /^HTTP2_CANCEL$/, ({ stream }) => stream.close(8)],
  ['goes away with an error', /^ERR_HTTP2_SESSION_ERROR$/, ({ session }) => session.goaway(1)],
  ['closes without a word', /^HTTP2_CANCEL$/, ({ session }) => session.destroy()],
  ['resets the connection', /^ECONNRESET$/, ({ unplug }) => unplug()],
  [
    'cuts the body',
    /^HTTP2_INTERNAL_ERROR$/,
    ({ stream }) => {
      stream.respond(json);
      stream.write(OK.slice(0, -9), () => stream.destroy(new Error('no more')));
    },
  ],
  [
    'ends in the middle',
    /not JSON/,
    ({ stream }) => {
      stream.respond(json);
      stream.write(OK.slice(0, -9), () => stream.close(0));
    },
  ],
  [
    'names a length and sends less',
    /^HTTP2_PROTOCOL_ERROR$/,
    (request) => answer(request, OK.slice(0, -9), { ...json, 'content-length': OK.length }),
  ],
  ['sends bytes that are no gzip', /^Z_/, (request) => answer(request, 'not', { ...json, 'content-encoding': 'gzip' })],
  ['sends HTML', /not JSON/, (request) => answer(request, '<html>', { ':status': 502 })],
];

describe.each(BAD)('a server of HTTP/2 that %s', (_, word, act) => {
  it('is met with retries, and then an error that says so', async () => {
    const server = await open(act);
    const error = await failureFrom(bench({ baseUrl: server.url }).client.request(GET));
    expect(error.failure.fault).toMatch(word);
    expect(server.requests).toHaveLength(5);
  });

  it('gets a POST only once, and the error says that it may have been carried out', async () => {
    const server = await open(act);
    const error = await failureFrom(bench({ baseUrl: server.url }).client.request(POST));
    expect(error.failure.ambiguous).toBe(true);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a stream that is refused', () => {
  it('was not looked at: even a POST is sent again', async () => {
    const server = await open((request, index) => (index < 2 ? request.stream.close(7) : answer(request)));
    const { client } = bench({ baseUrl: server.url });
    expect((await client.request(POST)).result).toEqual({ id: 'x' });
    expect(client.requests).toBe(3);
    expect(server.connections).toBe(1);
  });
});

describe('a stream that is refused when its answer has begun', () => {
  it('may have been carried out', async () => {
    const server = await open((request, index) => {
      if (index === 0) return answer(request);
      request.stream.respond(json);
      setTimeout(() => request.session.goaway(0, 1), 20);
    });
    const { client } = bench({ baseUrl: server.url });
    await client.request(GET);
    const error = await failureFrom(client.request(POST));
    expect(error.failure).toMatchObject({ status: 200, fault: 'HTTP2_REFUSED_STREAM', ambiguous: true });
    expect(server.requests).toHaveLength(2);
  });
});

describe('a server of HTTP/2 that takes its time', () => {
  it('with its answer is asked again over another connection, since nobody knows whether this one still works', async () => {
    const server = await open((request, index) => (index === 0 ? undefined : answer(request)));
    const { client, waits } = bench({ baseUrl: server.url, timeouts: { headers: 60 } });
    expect((await client.request(GET)).result).toEqual({ id: 'x' });
    expect(waits.join()).toContain('UND_ERR_HEADERS_TIMEOUT');
    expect(server.connections).toBe(2);
  });

  it('with its body is given up', async () => {
    const server = await open(({ stream }) => {
      stream.respond(json);
      stream.write('{');
    });
    const error = await failureFrom(
      bench({ baseUrl: server.url, timeouts: { body: 60 }, policy: single }).client.request(POST),
    );
    expect(error.failure).toMatchObject({ fault: 'UND_ERR_BODY_TIMEOUT', ambiguous: true });
  });

  it('is cut when the alarm for the whole answer rings, and the others on the connection are not', async () => {
    const server = await open((request, index) => (index === 0 ? undefined : setTimeout(() => answer(request), 30)));
    let rung = false;
    const { client } = bench({
      baseUrl: server.url,
      policy: single,
      alarm: (_, ring) => {
        if (!rung) setTimeout(ring, 20);
        rung = true;
        return () => {};
      },
    });
    const [first, second] = await Promise.allSettled([client.request(POST), client.request(POST)]);
    expect(first.status === 'rejected' && String(first.reason)).toContain('no whole answer in 100 s');
    expect(second.status).toBe('fulfilled');
    expect(server.requests[0]?.stream.rstCode).toBe(8);
  });

  describe('to say who it is', () => {
    let mute: Server;
    let baseUrl = '';
    beforeEach(async () => {
      mute = createServer((socket) => socket.resume());
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      baseUrl = `https://127.0.0.1:${(mute.address() as AddressInfo).port}`;
      servers.push(() => new Promise((resolve) => mute.close(resolve)));
    });

    it('was never asked, and a POST is safe to send again', async () => {
      const { client } = bench({ baseUrl, timeouts: { connect: 40 } });
      const error = await failureFrom(client.request(POST));
      expect(error.failure).toMatchObject({ fault: 'UND_ERR_CONNECT_TIMEOUT', ambiguous: false });
      expect(client.requests).toBe(5);
    });

    it('was never asked where it hangs up instead', async () => {
      mute.on('connection', (socket) => socket.once('data', () => socket.destroy()));
      const { client } = bench({ baseUrl });
      const error = await failureFrom(client.request(POST));
      expect(error.failure).toMatchObject({ fault: 'ECONNRESET', ambiguous: false });
      expect(client.requests).toBe(5);
    });

    it('is not waited for by a client that is closed', async () => {
      const { client } = bench({ baseUrl });
      const error = failureFrom(client.request(POST));
      await once(mute, 'connection');
      await client.close();
      expect((await error).failure).toMatchObject({ fault: 'interrupted', ambiguous: false });
      expect(client.requests).toBe(1);
    });
  });

  it('is left after a minute of silence, since what stands between may have forgotten the connection', async () => {
    const server = await open((request) => answer(request));
    const { client } = bench({ baseUrl: server.url, timeouts: { idle: 30 } });
    await client.request(GET);
    const { session } = server.requests[0] as Received;
    await new Promise((resolve) => session.once('close', resolve));
    await client.request(GET);
    expect(server.connections).toBe(2);
  });
});

describe('a request that can not be put on the wire', () => {
  it('ends, and was not looked at', async () => {
    const server = await open((request) => answer(request));
    const network = openNetwork(server.url, { connect: 5000, headers: 5000, body: 5000, idle: 5000 }, false);
    const headers = { Connection: 'keep-alive' };
    const { error, unseen } = await network.send({ method: 'GET', url: new URL(server.url), headers }).arrival;
    expect(error).toMatchObject({ code: 'ERR_HTTP2_INVALID_CONNECTION_HEADERS' });
    expect(unseen).toBe(true);
    await network.close();
  });
});

describe('a server that can not prove who it is', () => {
  it('is told nothing', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '1');
    const server = await open((request) => answer(request));
    const { client } = bench({ baseUrl: server.url });
    const error = await failureFrom(client.request(POST));
    expect(error.failure).toMatchObject({ fault: 'DEPTH_ZERO_SELF_SIGNED_CERT', ambiguous: false });
    expect(error.message).toContain('NODE_EXTRA_CA_CERTS');
    expect(client.requests).toBe(1);
    expect(server.requests).toEqual([]);
    trust();
  });
});

describe('a server that offers only HTTP/1.1', () => {
  it('is asked over HTTP/1.1, and once only what it speaks', async () => {
    const { certificate, privateKey } = await testCertificate('localhost');
    let connections = 0;
    const seen: unknown[] = [];
    const server = createHttps({ cert: certificate, key: privateKey }, ({ httpVersion }, response) => {
      seen.push(httpVersion);
      response.writeHead(200, { 'content-type': 'application/json' }).end(OK);
    });
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const { client } = bench({ baseUrl: `https://localhost:${(server.address() as AddressInfo).port}` });
    await Promise.all(Array.from({ length: 5 }, () => client.request(POST)));
    await client.request(POST);
    expect(seen).toEqual(['1.1', '1.1', '1.1', '1.1', '1.1', '1.1']);
    expect(connections).toBe(6);
    await client.close();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('an interruption before there is a connection', () => {
  it('sends nothing any more', async () => {
    const server = await open((request) => answer(request));
    const interruption = new AbortController();
    const { client } = bench({ baseUrl: server.url, signal: interruption.signal });
    const error = failureFrom(client.request(POST));
    while (server.connections === 0) await new Promise((resolve) => setImmediate(resolve));
    interruption.abort();
    expect((await error).failure.fault).toBe('interrupted');
    await bench({ baseUrl: server.url }).client.request(GET);
    expect(server.requests.map(({ headers }) => headers[':method'])).toEqual(['GET']);
  });
});

describe('a client that is closed', () => {
  it('lets go of its connection, and of what nobody waits for any more', async () => {
    const server = await open((request, index) => (index === 0 ? answer(request) : undefined));
    const { client } = bench({ baseUrl: server.url });
    await client.request(GET);
    const [error, { session }] = [failureFrom(client.request(GET)), server.requests[0] as Received];
    const gone = once(session, 'close');
    while (server.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await client.close();
    await gone;
    expect((await error).failure.fault).toBe('interrupted');
    expect((await failureFrom(client.request(GET))).failure.fault).toBe('interrupted');
    expect([server.connections, client.requests]).toEqual([1, 2]);
  });
});

/** A port behind which a server is, so many milliseconds away. */
async function farAway(port: number, ms: number): Promise<number> {
  const slowly = (from: Socket, to: Socket) => {
    from.on('data', (bytes) => setTimeout(() => to.writable && to.write(bytes), ms));
    from.on('close', () => to.destroy());
    from.on('error', () => {});
  };
  const way = createServer((near) => {
    const far = connect(port, 'localhost');
    slowly(near, far);
    slowly(far, near);
  });
  await new Promise<void>((resolve) => way.listen(0, 'localhost', resolve));
  servers.push(() => new Promise((resolve) => way.close(resolve)));
  return (way.address() as AddressInfo).port;
}
