import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ClientOptions, isProxied } from '../../src/cloudflare/client.ts';
import { bench, failureFrom, GET, http, POST, PUT, rawServer, TOKEN } from './support.ts';

const OK = http('{"success":true,"errors":[],"messages":[],"result":{"id":"x"}}');
const once = { retry: { attempts: 1, base: 1, max: 1 }, wait: { rateLimit: 0 } };

describe('on a real socket', () => {
  it('the request is, to the byte', async () => {
    const server = await rawServer((socket) => socket.write(OK));
    await bench({ baseUrl: server.baseUrl }).client.request({ ...PUT, query: { a: 'b c' } });
    const [head = '', body] = (server.received[0] ?? '').split('\r\n\r\n');
    const [line, ...headers] = head.split('\r\n');
    expect(line).toBe('PUT /client/v4/zones/z/thing?a=b+c HTTP/1.1');
    expect(headers.map((header) => header.replace(/^host: .*/, 'host: …')).sort()).toEqual([
      'Accept-Encoding: gzip',
      'Accept: application/json',
      `Authorization: Bearer ${TOKEN}`,
      'Content-Type: application/json',
      'User-Agent: cf-mtls/1.2.3',
      'connection: keep-alive',
      'content-length: 11',
      'host: …',
    ]);
    expect(body).toBe('{"on":true}');
  });

  it('no proxy sees what goes to this machine itself', async () => {
    const proxy = await rawServer((socket) => socket.end());
    const server = await rawServer((socket) => socket.write(OK));
    await withEnv({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: undefined }, async () => {
      const proxied = isProxied(server.baseUrl, process.env);
      await bench({ baseUrl: server.baseUrl, proxied }).client.request(GET);
    });
    expect(proxy.received).toEqual([]);
    expect(server.received).toHaveLength(1);
  });

  it('HTTPS_PROXY is honoured for the way out, and sees no token', async () => {
    const proxy = await rawServer((socket) => socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'));
    await withEnv({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: undefined }, async () => {
      const { client } = bench({ baseUrl: 'https://api.example.invalid', proxied: true, policy: once });
      await failureFrom(client.request(GET));
    });
    expect(proxy.received.join()).toMatch(/^CONNECT api\.example\.invalid:443 /);
    expect(proxy.received.join()).not.toContain(TOKEN);
  });

  it('a proxy that closes instead of answering is asked once for each attempt', async () => {
    const proxy = await rawServer((socket) => socket.end());
    const policy = { ...once, retry: { attempts: 3, base: 1, max: 1 } };
    await withEnv({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: undefined }, async () => {
      const { client } = bench({
        baseUrl: 'https://api.example.invalid',
        proxied: true,
        policy,
        timeouts: { total: 500 },
      });
      const error = await failureFrom(client.request(GET));
      expect(error.failure.fault).toBe('UND_ERR_SOCKET');
    });
    expect(proxy.received).toHaveLength(3);
  });
});

/** What a bad server does to a connection, and the word that the error has for it. */
const BAD: readonly (readonly [string, RegExp, (socket: Socket) => void])[] = [
  ['resets', /ECONNRESET|UND_ERR_SOCKET/, (socket) => socket.resetAndDestroy()],
  ['closes without a word', /UND_ERR_SOCKET/, (socket) => socket.end()],
  ['cuts the headers', /UND_ERR_SOCKET|HPE_/, (socket) => socket.end('HTTP/1.1 200 OK\r\nConte')],
  ['cuts the body', /UND_ERR_SOCKET/, (socket) => socket.end(OK.slice(0, -9))],
  [
    'cuts the body by a reset',
    /ECONNRESET|UND_ERR_SOCKET/,
    (socket) => socket.write(OK.slice(0, -9), () => socket.resetAndDestroy()),
  ],
  [
    'cuts a chunked body',
    /UND_ERR_SOCKET/,
    (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"suc'),
  ],
  ['does not speak HTTP', /HPE_|Expected HTTP/, (socket) => socket.end('220 smtp ready\r\n')],
  [
    'sends endless headers',
    /UND_ERR_HEADERS_OVERFLOW|HPE_/,
    (socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`),
  ],
  [
    'sends bytes that are no gzip',
    /^Z_/,
    (socket) => socket.write(http('not gzip', '200 OK', ['Content-Encoding: gzip'])),
  ],
  ['sends JSON with rubbish behind it', /not JSON/, (socket) => socket.write(http('{"success":true}{}'))],
  ['sends HTML', /not JSON/, (socket) => socket.write(http('<html>', '502 Bad Gateway'))],
  ['nests a body too deep', /not JSON|not an API envelope/, (socket) => socket.write(http('['.repeat(200_000)))],
];

describe.each(BAD)('a server that %s', (_, word, act) => {
  it('is met with retries, and then an error that says so', async () => {
    const server = await rawServer(act);
    const error = await failureFrom(bench({ baseUrl: server.baseUrl }).client.request(GET));
    expect(error.failure.fault).toMatch(word);
    expect(server.received).toHaveLength(5);
  });

  it('gets a POST only once, and the error says that it may have been carried out', async () => {
    const server = await rawServer(act);
    const error = await failureFrom(bench({ baseUrl: server.baseUrl }).client.request(POST));
    expect(error.failure.ambiguous).toBe(true);
    expect(server.received).toHaveLength(1);
  });
});

describe('a server that takes its time', () => {
  it.each([
    ['never answers', () => {}],
    ['drips its headers', (write: (text: string) => void) => write('HTTP/1.1 200 OK\r\nX-')],
    ['drips its body', (write: (text: string) => void) => write(`${OK.slice(0, -40)}`)],
  ])('and %s is given up when the alarm for the whole answer rings', async (_, act) => {
    let ringNow = (): void => {};
    const alarm: ClientOptions['alarm'] = (_, ring) => {
      ringNow = ring;
      return () => {};
    };
    const server = await rawServer((socket) => {
      act((text) => socket.write(text));
      setImmediate(ringNow);
    });
    const error = await failureFrom(bench({ baseUrl: server.baseUrl, alarm, policy: once }).client.request(POST));
    expect(error.failure).toMatchObject({ fault: 'no whole answer in 100 s', ambiguous: true });
  });

  it('is not bound any more once it has answered', async () => {
    const alarms: string[] = [];
    const alarm: ClientOptions['alarm'] = (ms) => {
      alarms.push(`set to ${ms / 1000} s`);
      return () => alarms.push('put out');
    };
    const server = await rawServer((socket) => socket.write(OK));
    await bench({ baseUrl: server.baseUrl, alarm }).client.request(GET);
    expect(alarms).toEqual(['set to 100 s', 'put out']);
  });

  it('nobody listens, and a POST is safe to send again', async () => {
    const { client } = bench({ baseUrl: `http://127.0.0.1:${await deafPort()}` });
    const error = await failureFrom(client.request(POST));
    expect(error.failure).toMatchObject({ fault: 'ECONNREFUSED', ambiguous: false });
    expect(client.requests).toBe(5);
  });
});

describe('a compressed answer', () => {
  const packed = (head: string, encoding: string, body: Uint8Array) =>
    Buffer.concat([
      Buffer.from(`HTTP/1.1 ${head}\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`),
      body,
    ]);
  const body = gzipSync('{"success":true,"errors":[],"messages":[],"result":{"id":"x"}}');

  it.each(['gzip', 'GZIP', 'x-gzip'])('is read where it is called %s', async (encoding) => {
    const server = await rawServer((socket) => socket.write(packed('200 OK', encoding, body)));
    const { client } = bench({ baseUrl: server.baseUrl });
    expect((await client.request(POST)).result).toEqual({ id: 'x' });
  });

  it('may come in pieces of a byte', async () => {
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n');
      for (const byte of body)
        socket.write(Buffer.concat([Buffer.from('1\r\n'), Buffer.of(byte), Buffer.from('\r\n')]));
      socket.write('0\r\n\r\n');
    });
    const { client } = bench({ baseUrl: server.baseUrl });
    expect((await client.request(POST)).result).toEqual({ id: 'x' });
  });

  it('without a body is what its status says', async () => {
    const heads = ['204 No Content', '403 Forbidden'];
    const server = await rawServer((socket, _, index) => {
      const head = `HTTP/1.1 ${heads[index]}\r\nContent-Encoding: gzip\r\n`;
      socket.write(index === 0 ? `${head}\r\n` : `${head}Content-Length: 0\r\n\r\n`);
    });
    const { client } = bench({ baseUrl: server.baseUrl });
    expect(await client.request(POST)).toMatchObject({ status: 204, result: null });
    const error = await failureFrom(client.request(POST));
    expect(error.failure).toMatchObject({ status: 403, fault: 'empty body', ambiguous: false });
    expect(client.requests).toBe(2);
  });
});

describe('a huge body', () => {
  const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';

  it('is not read beyond 32 MiB', async () => {
    const chunk = `100000\r\n${' '.repeat(0x100000)}\r\n`;
    let written = 0;
    const server = await rawServer((socket) => {
      socket.write(HEAD);
      const more = () => {
        while (!socket.destroyed && written < 512) {
          written += 1;
          if (!socket.write(chunk)) return;
        }
      };
      socket.on('drain', more);
      more();
    });
    const { client } = bench({ baseUrl: server.baseUrl });
    const error = await failureFrom(client.request(GET));
    expect(error.failure.fault).toBe('answer of more than 32 MiB');
    expect(written).toBeLessThan(100);
    expect(client.requests).toBe(1);
  });

  it('is none the smaller for being compressed', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`;
    const server = await rawServer((socket) => socket.write(Buffer.concat([Buffer.from(head), bomb])));
    const error = await failureFrom(bench({ baseUrl: server.baseUrl }).client.request(PUT));
    expect(error.failure).toMatchObject({ fault: 'answer of more than 32 MiB', ambiguous: true });
  });
});

describe('a redirect', () => {
  it.each([
    '301 Moved Permanently',
    '302 Found',
    '307 Temporary Redirect',
    '308 Permanent Redirect',
  ])('%s is never followed, and the other host gets nothing', async (status) => {
    const thief = await rawServer((socket) => socket.write(OK));
    const target = `http://127.0.0.1:${thief.port}/client/v4/zones/z/thing?t=${TOKEN}`;
    const server = await rawServer((socket) => socket.write(http('', status, [`Location: ${target}`])));
    for (const credentials of [{ token: TOKEN }, { email: 'me@example.com', key: TOKEN }]) {
      const error = await failureFrom(bench({ baseUrl: server.baseUrl, credentials }).client.request(PUT));
      expect(error.failure.fault).toBe(
        `redirect to http://127.0.0.1:${thief.port}/client/v4/zones/z/thing?t=[credentials removed]`,
      );
      expect(error.message).toMatch(/Redirects are never followed: check CLOUDFLARE_BASE_URL$/);
      expect(error.failure.ambiguous).toBe(false);
    }
    expect(server.received).toHaveLength(2);
    expect(thief.received).toEqual([]);
  });
});

/** A port on which nobody listens. */
async function deafPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function withEnv(values: Readonly<Record<string, string | undefined>>, run: () => Promise<void>): Promise<void> {
  const names = Object.keys(values).flatMap((name) => [name, name.toLowerCase()]);
  const before = names.map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  for (const name of names) set(name, values[name]);
  try {
    await run();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}
