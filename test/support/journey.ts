import { expect, it } from 'vitest';
import { expectGolden } from './golden.ts';
import { type Formats, savedPlan } from './saved-plan.ts';
import { type DesiredState, openWorld, type World, type WorldOptions } from './world.ts';

/** One stop of a journey: a whole desired state, or something that happens to the world between two of them. */
export interface Stop {
  readonly name: string;
  readonly want: DesiredState;
  /** Options of plan and apply here. */
  readonly options?: readonly string[];
  /** The exit code of apply; 0 unless said otherwise. After another one the journey goes on from where it was. */
  readonly exits?: number;
  /** What must be true of the requests that changed something, in order, as `METHOD path`. */
  readonly writes?: (writes: readonly string[]) => void;
  /** What happens before this stop by another hand. */
  readonly before?: (world: World) => Promise<void> | void;
}

/**
 * Walks a list of whole desired states against the simulator over real HTTP. After each the second plan is empty, no
 * invariant was broken at any write, and what was printed is the golden file `journeys/NAME.txt`; its plans as Markdown
 * and JSON stand beside it.
 */
export function journey(name: string, stops: readonly Stop[], options: WorldOptions = {}): void {
  it(name, async () => {
    const world = await openWorld(options);
    try {
      const pages: Page[] = [];
      for (const stop of stops) pages.push(await visit(stop, world));
      const file = `journeys/${name.replaceAll(/[^a-z0-9]+/gi, '-')}`;
      expectGolden(`${file}.txt`, pages.map(({ text }) => text).join('\n'));
      expectGolden(`${file}.md`, pages.map(({ stop, markdown }) => `# ${stop}\n\n${markdown}`).join('\n'));
      const plans = JSON.stringify(Object.fromEntries(pages.map(({ stop, json }) => [stop, json])), null, 2);
      if (plans.length < READABLE) expectGolden(`${file}.json`, `${plans}\n`);
    } finally {
      await world.close();
    }
  });
}

/** Nobody reads the difference of a longer document; the text of such a journey says the same. */
const READABLE = 50_000;

interface Page extends Formats {
  readonly stop: string;
  readonly text: string;
}

async function visit(stop: Stop, world: World): Promise<Page> {
  await stop.before?.(world);
  await world.want(stop.want);
  const formats = await savedPlan(world, stop.options);
  world.simulator.mark();
  const done = world.simulator.writes.length;
  const ran = await world.run('apply', '--auto-approve', ...(stop.options ?? []));
  const text = world.masked(`=== ${stop.name}\n${ran.stdout}${ran.stderr.replace(/^/gm, '| ')}\n`);
  expect(ran.code, `${stop.name}\n${ran.stdout}\n${ran.stderr}`).toBe(stop.exits ?? 0);
  expect(text).not.toContain('PRIVATE KEY');
  const writes = world.simulator.writes.slice(done).map(({ method, path }) => `${method} ${path}`);
  stop.writes?.(writes);
  expect(world.simulator.breaches(), stop.name).toEqual([]);
  if (ran.code === 0) {
    const second = await world.run('plan', '--detailed-exitcode', ...(stop.options ?? []));
    expect(second.stdout, stop.name).toContain('No changes. Your infrastructure matches the configuration.');
    expect(second.code, stop.name).toBe(0);
    expect(world.simulator.writes.length, 'an empty plan makes no write').toBe(done + writes.length);
  } else expect(writes, 'a refused plan writes nothing').toEqual([]);
  return { ...formats, stop: stop.name, text };
}
