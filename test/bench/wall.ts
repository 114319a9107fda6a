import { openBench } from './bench.ts';
import { type Line, median } from './line.ts';

const goal = 'wall time';
const LATENCY = 50;
/** The default, and half of it: what a plan takes besides its round trips is the same for both. */
const WIDTHS = [8, 4];

/** Goal 2: as fast as the network, where 50 ms of latency are all that holds us up. */
export async function wallLines(): Promise<readonly Line[]> {
  return [...(await planOfMany(true)), ...(await planOfMany(false)), await rotationOfMany()];
}

/** Over HTTP/2, as the API is, and over HTTP/1.1 in the clear. */
function planOfMany(secure: boolean): Promise<readonly Line[]> {
  const zones = 200;
  return openBench({ zones, hostnames: 5 }, { latency: LATENCY, secure }, async ({ run, server }) => {
    await run('plan', '--zone', 'z0.example');
    const lines: Line[] = [];
    for (const width of WIDTHS) {
      const least = Math.ceil(zones / width) * LATENCY;
      await server.count();
      const took = async (...words: string[]) =>
        median([await run(...words), await run(...words), await run(...words)].map(({ ms }) => ms));
      const [start, loading] = [await took('version'), await took('validate')];
      const ms = await took('plan', '--parallelism', `${width}`);
      const { connections, requests } = await server.count();
      const round = (value: number) => `${Math.round(value)} ms`;
      lines.push(
        {
          goal,
          name: `plan of ${zones} zones, ${width} at once, over ${secure ? 'HTTP/2' : 'HTTP/1.1'}`,
          value: (ms - start) / least,
          bound: 1.25,
          unit: '× the latency',
          note: `${round(ms)} less ${round(start)} of \`version\`; at the least ${least} ms; \`validate\` alone takes ${round(loading)}`,
        },
        {
          goal,
          name: `connections of such a plan`,
          value: connections / 3,
          bound: secure ? 1 : 2 * 5 * width,
          unit: 'connections',
          note: `for ${requests / 3} requests`,
        },
      );
    }
    return lines;
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
