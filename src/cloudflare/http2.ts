import { type ClientHttp2Session, constants, sensitiveHeaders, connect as startSession } from 'node:http2';
import { isIP } from 'node:net';
import { connect as openTls, type TLSSocket } from 'node:tls';
import {
  type Arrival,
  arrived,
  CONNECT_TIMEOUT,
  createBody,
  type Message,
  NO_HEADERS,
  type Sending,
  type Timeouts,
  type Transport,
} from './arrival.ts';

export interface Http2 {
  /** Undefined where the server does not offer HTTP/2. Rejects where it can't be reached. */
  transport(): Promise<Transport | undefined>;
  /** Lets go of all connections, whatever is under way on them. */
  close(): void;
}

/**
 * The API over HTTP/2: one connection for all requests, and another one for those that come after it was told to go.
 * Node's own, since in undici 7 a GOAWAY, which servers send to move their connections, fails all requests under way.
 * By RFC 9113 (6.8) those that the server has begun are answered, and the others it has not looked at.
 */
export function openHttp2({ hostname, port, origin }: URL, timeouts: Timeouts): Http2 {
  const sockets: TLSSocket[] = [];
  /** Null where the server has chosen HTTP/1.1. */
  let session: ClientHttp2Session | null | undefined;
  let opening: Promise<ClientHttp2Session | null> | undefined;

  async function open(): Promise<ClientHttp2Session | null> {
    const socket = connectTls(hostname, port);
    sockets.push(socket);
    await handshake(socket, timeouts.connect);
    if (socket.alpnProtocol !== 'h2') {
      socket.destroy();
      return null;
    }
    const fresh = startSession(origin, { createConnection: () => socket, settings: { initialWindowSize: WINDOW } });
    fresh.setLocalWindowSize(WINDOW);
    // Whatever happens to it happens to its requests, and they tell.
    fresh.on('error', () => {});
    fresh.setTimeout(timeouts.idle, () => fresh.close());
    return fresh;
  }

  return {
    async transport() {
      if (session === undefined || session?.closed || session?.destroyed) {
        opening ??= open().finally(() => {
          opening = undefined;
        });
        session = await opening;
      }
      const on = session;
      return on === null ? undefined : (message) => exchange(on, message, timeouts);
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Bytes that may be on their way. With the 64 KiB of RFC 9113 a list of 1 MB takes sixteen round trips. */
const WINDOW = 16 * 1024 * 1024;

function connectTls(hostname: string, port: string): TLSSocket {
  const host = hostname.replace(/^\[|\]$/g, '');
  const name = isIP(host) === 0 ? { servername: host } : {};
  return openTls({ host, port: Number(port || 443), ALPNProtocols: ['h2', 'http/1.1'], ...name });
}

async function handshake(socket: TLSSocket, patience: number): Promise<void> {
  const timer = setTimeout(() => socket.destroy(broken(CONNECT_TIMEOUT)), patience);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve).once('error', reject);
      // Where we have closed it ourselves, there is no error.
      socket.once('close', () => reject(broken('ECONNRESET')));
    });
  } finally {
    clearTimeout(timer);
  }
}

function exchange(session: ClientHttp2Session, { method, url, headers, body }: Message, timeouts: Timeouts): Sending {
  const stream = session.request({
    ...headers,
    'Accept-Encoding': 'gzip',
    ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    ':method': method,
    ':path': `${url.pathname}${url.search}`,
    [sensitiveHeaders]: SECRET_HEADERS,
  });
  let cut: Sending['cut'] = () => {};
  const arrival = new Promise<Arrival>((resolve) => {
    let begun: Pick<Arrival, 'status' | 'headers'> = { headers: NO_HEADERS };
    const received = createBody();
    const end = (error: unknown) => {
      resolve({ ...begun, error });
      stream.close(constants.NGHTTP2_CANCEL);
    };
    cut = end;
    stream.on('response', (fields) => {
      const { ':status': status = 0 } = fields;
      begun = { status, headers: { get: (name) => fields[name]?.toString() ?? null } };
      stream.setTimeout(timeouts.body);
    });
    stream.on('data', (part: Uint8Array) => {
      try {
        received.add(part);
      } catch (error) {
        end(error);
      }
    });
    stream.setTimeout(timeouts.headers);
    stream.on('timeout', () => {
      end(broken(begun.status === undefined ? 'UND_ERR_HEADERS_TIMEOUT' : 'UND_ERR_BODY_TIMEOUT'));
      // Whether anything still comes through it, nobody knows: no more requests on this connection.
      session.close();
    });
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // The end of the connection, which Node gives to all its streams as if it were their own.
      if (error.syscall !== undefined || error.code === 'ERR_HTTP2_SESSION_ERROR') end(error);
    });
    stream.on('close', () => {
      const { rstCode = 0 } = stream;
      const hasBegun = begun.status !== undefined;
      // After a GOAWAY Node takes a reset for such an end too: what it has cut is no JSON.
      if (hasBegun && rstCode === constants.NGHTTP2_NO_ERROR) return resolve(arrived(begun, received.bytes()));
      // By RFC 9113 (8.7) a stream is refused before anything is done; some servers say so after it.
      const unseen = !hasBegun && rstCode === constants.NGHTTP2_REFUSED_STREAM;
      resolve({ ...begun, error: broken(`HTTP2_${RESETS[rstCode] ?? rstCode}`), unseen });
    });
  });
  stream.end(body);
  return { arrival, cut: (why) => cut(why) };
}

/** Not kept in the table of a connection, where who watches sizes can guess at it (RFC 7541, 7.1); nor is `authorization`. */
const SECRET_HEADERS = ['x-auth-key'];

/** RFC 9113, 7: why a stream was closed. */
const RESETS = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

const broken = (code: string): Error => Object.assign(new Error(code), { code });
