import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import {
  type Arrival,
  arrived,
  type Cut,
  createBody,
  type Message,
  type Network,
  NO_HEADERS,
  type Sending,
  type Timeouts,
} from './arrival.ts';

/**
 * The API over HTTP/1.1, with as many connections as requests are under way; through a proxy where the environment
 * names one. Messages go straight to undici's agents: a fetch between them takes three times as much of the processor,
 * and with eight zones at once that is what a plan waits for.
 */
export function openHttp1(timeouts: Timeouts, proxied: boolean): Network {
  const dispatcher = openDispatcher(timeouts, proxied);
  return { send: (message) => dispatch(message, dispatcher), close: () => dispatcher.destroy() };
}

function openDispatcher(timeouts: Timeouts, proxied: boolean): Dispatcher {
  const settings = {
    allowH2: false,
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.body,
  };
  return proxied ? new EnvHttpProxyAgent({ ...settings, clientFactory: toProxy }) : new Agent(settings);
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
        onResponseEnd: () => resolve(arrived(begun, received.bytes())),
        onResponseError: (_, error) => resolve({ ...begun, error }),
      },
    );
  });
  return { arrival, cut: (why) => cut(why) };
}
