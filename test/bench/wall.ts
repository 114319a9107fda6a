import { openBench } from './bench.ts';
import type { Line } from './line.ts';

const goal = 'wall time';
const LATENCY = 50;
const PARALLELISM = 8;

/** Goal 2: as fast as the network, where 50 ms of latency are all that holds us up. */
export async function wallLines(): Promise<readonly Line[]> {
  return [...(await planOfMany()), await rotationOfMany()];
}

function planOfMany(): Promise<readonly Line[]> {
  const zones = 200;
  return openBench({ zones, hostnames: 5 }, { latency: LATENCY }, async ({ run, server }) => {
    const least = Math.ceil(zones / PARALLELISM) * LATENCY;
    const { ms: start } = await run('version');
    await run('plan', '--zone', 'z0.example');
    await server.count();
    const { ms } = await run('plan', '--parallelism', `${PARALLELISM}`);
    const { connections, requests } = await server.count();
    const note = `${Math.round(ms)} ms less ${Math.round(start)} ms of \`version\`; at the least ${least} ms`;
    return [
      { goal, name: `plan of ${zones} zones`, value: (ms - start) / least, bound: 1.25, unit: '× the latency', note },
      {
        goal,
        name: `connections of a plan of ${zones} zones`,
        value: connections,
        bound: 2 * 5 * PARALLELISM,
        unit: 'connections',
        note: `for ${requests} requests`,
      },
    ];
  });
}

async function rotationOfMany(): Promise<Line> {
  const took = (zones: number) =>
    openBench(
      { zones, hostnames: 10 },
      { latency: LATENCY, delays: { deploy: 1200, delete: 3000, void: 3000 } },
      async ({ run, want }) => {
        want('next');
        return (await run('apply', '--auto-approve', '--compact', '--parallelism', '50')).ms;
      },
    );
  const [one, fifty] = [await took(1), await took(50)];
  const note = `${Math.round(fifty)} ms ÷ ${Math.round(one)} ms`;
  return { goal, name: 'a rotation in 50 zones ÷ in one', value: fifty / one, bound: 1.5, unit: '× the time', note };
}
