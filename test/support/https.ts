import {
  createSecureServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { BASE_PATH } from '../../src/simulator/fetch.ts';
import type { SimResponse, Simulator } from '../../src/simulator/index.ts';
import { testCertificate } from './certificates.ts';

/** A server as the API's own: HTTP/2 over TLS, by the name of `localhost`. */
export interface HttpsServer {
  readonly url: string;
  /** PEM, by which a client knows it. */
  readonly ca: string;
  /** What came in, over how many connections. */
  readonly requests: readonly Received[];
  readonly connections: number;
  close(): Promise<void>;
}
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly stream: ServerHttp2Stream;
  readonly session: ServerHttp2Session;
  /** Resets the connection. */
  unplug(): void;
}

/** `serve` does with each request whatever it likes; `index` is 0 for the first one. */
export async function openHttps(
  serve: (request: Received, index: number) => unknown,
  options: SecureServerOptions = {},
): Promise<HttpsServer> {
  const { certificate, privateKey } = await testCertificate('localhost');
  const server = createSecureServer({ ...options, cert: certificate, key: privateKey });
  /** By the port at their other end. */
  const sockets = new Map<number | undefined, Socket>();
  const requests: Received[] = [];
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    const { remotePort } = socket;
    sockets.set(remotePort, socket);
    socket.once('close', () => sockets.delete(remotePort));
  });
  server.on('session', (session) => session.on('error', () => {}));
  server.on('stream', (stream, headers) => {
    const session = stream.session as ServerHttp2Session;
    let body = '';
    stream.on('error', () => {});
    stream.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    stream.on('end', () => {
      requests.push({
        headers,
        body,
        stream,
        session,
        unplug: () => sockets.get(session.socket.remotePort)?.resetAndDestroy(),
      });
      serve(requests.at(-1) as Received, requests.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}${BASE_PATH}`,
    ca: certificate,
    requests,
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets.values()) socket.destroy();
      }),
  };
}

/** What a simulator says to a request. */
export async function ask({ headers, body }: Received, handle: Simulator['handle']): Promise<SimResponse> {
  const { ':method': method = '', ':path': path = '', ...fields } = headers;
  const sent = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  return handle({ method, url: path.slice(BASE_PATH.length), headers: sent, body });
}

export function answer({ stream }: Received, { status, headers, body }: SimResponse): void {
  if (stream.closed) return;
  stream.respond({ ':status': status, ...headers });
  stream.end(body);
}
