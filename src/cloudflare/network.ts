import { gunzipSync } from 'node:zlib';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { inputError } from '../model/fault.ts';
import {
  type Arrival,
  Cut,
  createBody,
  MAX_BODY,
  type Message,
  NO_HEADERS,
  type Sending,
  TOO_LARGE,
  type Transport,
  textOf,
} from './arrival.ts';

/** Milliseconds. */
export interface Timeouts {
  readonly connect: number;
  readonly headers: number;
  readonly body: number;
}

/**
 * The network. Messages go straight to undici's agents: a fetch between them takes three times as much of the processor,
 * and with eight zones at once that is what a plan waits for.
 */
export function openNetwork(baseUrl: string, timeouts: Timeouts): { send: Transport; close(): Promise<void> } {
  const dispatcher = openDispatcher(baseUrl, timeouts);
  return { send: (message) => dispatch(message, dispatcher), close: () => dispatcher.destroy() };
}

/**
 * HTTP/1.1, with as many connections as requests are under way. Over HTTP/2 every GOAWAY, which servers send to move
 * their connections, fails all requests of a connection in undici 7: one in three, where it came after every hundredth.
 * A proxy is for the way out. To this machine itself the token goes in the clear, so no proxy may see it.
 */
function openDispatcher(baseUrl: string, timeouts: Timeouts): Dispatcher {
  const settings = {
    allowH2: false,
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.body,
  };
  if (baseUrl.startsWith('http:')) return new Agent(settings);
  try {
    return new EnvHttpProxyAgent({ ...settings, clientFactory: toProxy });
  } catch {
    throw inputError('HTTPS_PROXY or HTTP_PROXY is not an address', 'Write it as http://host:port, or unset it');
  }
}

/**
 * Asks a proxy for tunnels. Where it closes the connection instead of answering, undici 7 asks again at once, thousands
 * of times a second, for as long as the request waits: only an error that it does not know ends that.
 */
function toProxy(_proxy: URL, options: object): Dispatcher {
  const agent = new Agent(options);
  const closed = (cause: Error): never => {
    throw new Error('the proxy opens no tunnel', { cause });
  };
  return Object.assign(agent, {
    connect: (tunnel: Dispatcher.ConnectOptions) => Agent.prototype.connect.call(agent, tunnel).catch(closed),
  });
}

function dispatch({ method, url, headers, body }: Message, dispatcher: Dispatcher): Sending {
  let cut: Sending['cut'] = () => {};
  const arrival = new Promise<Arrival>((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let begun: Pick<Arrival, 'status' | 'headers'> = { headers: NO_HEADERS };
    let reason: Cut | undefined;
    const received = createBody();
    cut = (why) => {
      reason = why;
      controller?.abort(why);
      // Before there is a connection, nobody else would tell.
      resolve({ ...begun, error: why });
    };
    const path = `${url.pathname}${url.search}`;
    const options = { origin: url.origin, path, method: method as Dispatcher.HttpMethod, body: body ?? null };
    dispatcher.dispatch(
      { ...options, headers: { ...headers, 'Accept-Encoding': 'gzip' } },
      {
        onRequestStart(started) {
          controller = started;
          if (reason !== undefined) started.abort(reason);
        },
        onResponseStart(_, status, fields) {
          begun = { status, headers: { get: (name) => fields[name]?.toString() ?? null } };
        },
        // What this throws ends the request, and comes back as its error.
        onResponseData: (_, bytes) => received.add(bytes),
        onResponseEnd: () => resolve(unpacked(begun, received.bytes())),
        onResponseError: (_, error) => resolve({ ...begun, error }),
      },
    );
  });
  return { arrival, cut: (why) => cut(why) };
}

function unpacked(begun: Pick<Arrival, 'status' | 'headers'>, bytes: Uint8Array): Arrival {
  try {
    // An answer without a body (a 204, a refusal of few words) may name the encoding that a body would have had.
    const isPacked = bytes.byteLength > 0 && GZIP.test(begun.headers.get('content-encoding') ?? '');
    return { ...begun, text: textOf(isPacked ? gunzipSync(bytes, { maxOutputLength: MAX_BODY }) : bytes) };
  } catch (error) {
    const isBomb = error instanceof RangeError;
    return { ...begun, error: isBomb ? new Cut(TOO_LARGE) : error };
  }
}

/** By the letter of HTTP its case is no matter, and its old name stands for it. */
const GZIP = /^(x-)?gzip$/i;
