import { inputError } from '../model/fault.ts';
import type { SimulateSettings } from './options.ts';
import { type Served, serve } from './server.ts';
import { createSimulator, type SimulatorClock } from './simulator.ts';
import { keepState, loadState } from './state-file.ts';

export interface SimulateIo {
  stdout(text: string): void;
  readonly signal: AbortSignal;
  readonly clock: SimulatorClock;
}

/** The command `cf-mtls simulate`: serves on loopback until it is aborted. Throws an InputError where it can't. */
export async function simulate(settings: SimulateSettings, io: SimulateIo): Promise<void> {
  const { stateFile } = settings;
  const state = stateFile === undefined ? undefined : await loadState(stateFile);
  const simulator = createSimulator({ ...settings, clock: io.clock, ...(state === undefined ? {} : { state }) });
  const handle = stateFile === undefined ? simulator.handle : keepState(simulator, stateFile);
  const served = await serve(simulator, { port: settings.port, handle }).catch((error: NodeJS.ErrnoException) => {
    throw inputError(`Port ${settings.port} can't be used: ${error.code ?? error.message}`, 'Name another with --port');
  });
  try {
    await checkPort(served);
    io.stdout(`Simulator on ${served.url}\n`);
    const token = simulator.state.tokens.length > 0 ? 'one of its tokens' : 'anything';
    io.stdout(`Point cf-mtls at it: CLOUDFLARE_BASE_URL=${served.url}, and CLOUDFLARE_API_TOKEN to ${token}\n`);
    await aborted(io.signal);
  } finally {
    await served.close();
  }
}

/** Some ports (1, 9, 6000 …) can be listened on, but no fetch goes there: ask fetch itself. */
async function checkPort({ url, port }: Served): Promise<void> {
  const failed = await globalThis.fetch(url).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failed instanceof TypeError && failed.cause instanceof Error && failed.cause.message === 'bad port') {
    throw inputError(`Port ${port} can't be used: fetch refuses to go there`, 'Name another with --port');
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
