import {
  type Arrival,
  type Message,
  type Network,
  NO_HEADERS,
  type Sending,
  type Timeouts,
  type Transport,
} from './arrival.ts';
import { openHttp2 } from './http2.ts';

/**
 * The network: HTTP/2 where the server offers it, one connection for all requests, else HTTP/1.1.
 * What is in the clear (this machine itself) and what goes through a proxy is HTTP/1.1 from the start.
 */
export function openNetwork(baseUrl: string, timeouts: Timeouts, proxied: boolean): Network {
  let http1: Promise<Network> | undefined;
  const overHttp1 = () => {
    http1 ??= import('./http1.ts').then(({ openHttp1 }) => openHttp1(timeouts, proxied));
    return http1;
  };
  const http2 = proxied || baseUrl.startsWith('http:') ? undefined : openHttp2(new URL(baseUrl), timeouts);
  const transport = async () => (await http2?.transport()) ?? (await overHttp1()).send;
  return {
    send: (message) => sendOver(transport(), message),
    async close() {
      http2?.close();
      await (await http1)?.close();
    },
  };
}

/** Sends a message as soon as there is something to put it on. */
function sendOver(transport: Promise<Transport>, message: Message): Sending {
  let cut: Sending['cut'] = () => {};
  const arrival = new Promise<Arrival>((resolve) => {
    let isCut = false;
    const nothing = (error: unknown) => resolve({ headers: NO_HEADERS, error, unseen: true });
    cut = (why) => {
      isCut = true;
      nothing(why);
    };
    const begin = (send: Transport) => {
      if (isCut) return;
      const sending = send(message);
      cut = sending.cut;
      resolve(sending.arrival);
    };
    transport.then(begin).catch(nothing);
  });
  return { arrival, cut: (why) => cut(why) };
}
