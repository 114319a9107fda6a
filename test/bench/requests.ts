import { prepareBaseline } from './baseline.ts';
import { type Bench, openBench } from './bench.ts';
import type { Line } from './line.ts';

const goal = 'requests';
const unit = 'requests';
/** Deployment that shows at the second look, half a poll after the first. */
const SLOW = { deploy: 250, delete: 250, void: 250 };

/** Goal 1: how many requests it takes, alone and beside a tool that asks for one thing at a time. */
export async function requestLines(): Promise<readonly Line[]> {
  return [...(await reads()), await move(), ...(await rotation()), ...(await besideBaseline())];
}

async function reads(): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const hostnames of [10, 100, 1000])
    await openBench({ zones: 1, hostnames }, { latency: 0 }, async ({ run, server }) => {
      await run('plan');
      // One of them is the look-up of the zone's id, which nobody gave.
      const value = (await server.count()).requests - 1;
      lines.push({ goal, name: `reading a zone of ${hostnames} hostnames`, value, bound: 5, unit });
    });
  return lines;
}

function move(): Promise<Line> {
  return openBench({ zones: 1, hostnames: 100, both: true }, { latency: 0 }, async ({ run, want, server }) => {
    want('next');
    await run('apply', '--auto-approve');
    const { writes } = await server.count();
    return { goal, name: 'moving 100 hostnames to another certificate', value: writes, bound: 1, unit: 'writes' };
  });
}

function rotation(): Promise<readonly Line[]> {
  return openBench({ zones: 1, hostnames: 20 }, { latency: 0, delays: SLOW }, async (bench) => {
    await bench.run('plan');
    const { requests: planning } = await bench.server.count();
    const { requests } = await rotate(bench);
    const name = 'a rotation in a zone, after its plan; two polls';
    const note = `${requests} with the plan, which reads everything in the zone and looks up its id`;
    return [{ goal, name, value: requests - planning, bound: 12, unit, note }];
  });
}

async function rotate({ run, want, server }: Bench) {
  want('next');
  await run('apply', '--auto-approve');
  return server.count();
}

/** A hundred zones of twenty hostnames, all of which move to a certificate that is there. */
function besideBaseline(): Promise<readonly Line[]> {
  return openBench({ zones: 100, hostnames: 20, both: true }, { latency: 50 }, async (bench) => {
    const baseline = await prepareBaseline(bench.server.url, bench.setup);
    bench.want('next');
    await bench.server.count();
    const { ms } = await bench.run('apply', '--auto-approve', '--compact');
    const { requests } = await bench.server.count();
    const begun = performance.now();
    await baseline();
    const theirs = { ms: performance.now() - begun, ...(await bench.server.count()) };
    const name = 'one resource at a time ÷ ours, 2,000 hostnames moved';
    return [
      {
        goal,
        name,
        value: theirs.requests / requests,
        bound: 5,
        unit: '× the requests',
        atLeast: true,
        note: `${theirs.requests} ÷ ${requests}`,
      },
      {
        goal,
        name,
        value: theirs.ms / ms,
        bound: 5,
        unit: '× the time',
        atLeast: true,
        note: `${(theirs.ms / 1000).toFixed(1)} s ÷ ${(ms / 1000).toFixed(1)} s`,
      },
    ];
  });
}
