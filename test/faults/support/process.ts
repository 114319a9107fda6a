import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { REFUSALS } from '../../../src/model/names.ts';
import type { Simulator, SimulatorState } from '../../../src/simulator/index.ts';
import { type DesiredState, openWorld, type World } from '../../support/world.ts';
import type { Case } from './cases.ts';
import { shown } from './live.ts';

/** A real apply under way. */
export interface Apply {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}
export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly text: string;
}

/** Starts the built program in the folder of a world, against the server of that world or of another. */
export function startApply(world: Pick<World, 'folder' | 'url'>, ...argv: readonly string[]): Apply {
  const child = spawn(process.execPath, [PROGRAM, 'apply', '--auto-approve', ...ALLOW, ...argv], {
    cwd: world.folder,
    env: { PATH: process.env.PATH, CLOUDFLARE_BASE_URL: world.url, CLOUDFLARE_API_TOKEN: 'test' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += part));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, text })));
  return { child, ended };
}

/** A world in real time, where a case begins; everything that takes time takes some milliseconds. */
export async function openLive(
  stage: LiveStage,
  handle?: (simulator: Simulator) => Simulator['handle'],
): Promise<World> {
  const world = await openWorld({ delays: QUICK, clock: REAL, state: stage.state, ...(handle ? { handle } : {}) });
  await world.want(hasty(stage.of.want));
  world.simulator.mark();
  return world;
}
export interface LiveStage {
  readonly of: Case;
  readonly state: SimulatorState;
  readonly goal: string;
  /** How many writes an apply makes. */
  readonly writes: number;
}

/** Walks to where a case begins, and once to its end. */
export async function prepareLive(of: Case): Promise<LiveStage> {
  expect(existsSync(PROGRAM), 'dist/main.cjs is there; npm run build makes it').toBe(true);
  const world = await openWorld({ delays: QUICK, clock: REAL });
  for (const want of of.begin) {
    await world.want(hasty(want));
    expect((await world.run('apply', '--auto-approve', ...ALLOW)).code).toBe(0);
  }
  await sleep(SETTLED);
  const { state } = world.simulator;
  const before = world.simulator.writes.length;
  await world.want(hasty(of.want));
  const ran = await world.run('apply', '--auto-approve', ...ALLOW);
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  await sleep(SETTLED);
  const goal = await shown(world.simulator);
  const writes = world.simulator.writes.length - before;
  await world.close();
  return { of, state, goal, writes };
}

/** Milliseconds after which nothing is under way any more. */
export const SETTLED = 150;

/** The same state, with pauses that fit a world in a hurry. */
export const hasty = (state: DesiredState): DesiredState => ({
  ...state,
  policy: { wait: { poll: '20ms', deploy: '3s', delete: '3s' }, retry: { base: '20ms' }, ...state.policy },
});

const PROGRAM = fileURLToPath(new URL('../../../dist/main.cjs', import.meta.url));
const ALLOW = REFUSALS.flatMap((name) => ['--allow', name]);
const QUICK = { deploy: 60, delete: 40, void: 40, accessSettle: 30 };
const REAL = {
  now: Date.now,
  advance: () => {},
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal ? { signal } : {}),
};
