import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inputError } from '../model/fault.ts';
import type { Simulator } from './simulator.ts';
import { NO_STATE, type SimulatorState } from './state.ts';

/** Reads what `saveState` wrote; undefined where there is no such file yet. Throws an InputError where it is something else. */
export async function loadState(file: string): Promise<SimulatorState | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw inputError(`The simulator's state can't be read from ${file}: ${error.code ?? error.message}`);
  });
  if (text === undefined) return undefined;
  const state = parse(text);
  if (!isState(state))
    throw inputError(`${file} holds no state of the simulator`, 'Move it away, or name another file');
  return state;
}

/** Writes a state whole or not at all, for its owner's eyes only. */
export async function saveState(file: string, state: SimulatorState): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(state)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** The simulator's `handle`, answering a write only after the state file holds it. Writes at the same time share one file. */
export function keepState(simulator: Simulator, file: string): Simulator['handle'] {
  let saved = simulator.writes.length;
  let saving: Promise<void> | undefined;

  async function save(): Promise<void> {
    const count = simulator.writes.length;
    await saveState(file, simulator.state);
    saved = count;
  }

  return async (request) => {
    const answer = await simulator.handle(request);
    const count = simulator.writes.length;
    while (saved < count) {
      saving ??= save().finally(() => {
        saving = undefined;
      });
      await saving;
    }
    return answer;
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isState(value: unknown): value is SimulatorState {
  if (typeof value !== 'object' || value === null) return false;
  const state = value as Readonly<Record<string, unknown>>;
  return (
    state.version === NO_STATE.version &&
    [state.tokens, state.keys, state.accounts, state.zones].every((list) => Array.isArray(list))
  );
}
