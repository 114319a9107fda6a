import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Line, median } from './line.ts';
import { PROGRAM } from './program.ts';

const RUNS = 21;
const QUICKSTART = fileURLToPath(new URL('../examples/quickstart/cf-mtls.yaml', import.meta.url));

/** Goal 4: the start, beside that of a bare node, in turns. */
export function startLines(): readonly Line[] {
  const commands = {
    node: ['-e', '0'],
    version: [PROGRAM, 'version'],
    validate: [PROGRAM, 'validate', '-f', QUICKSTART],
  };
  const times = { node: [] as number[], version: [] as number[], validate: [] as number[] };
  for (let run = 0; run < RUNS; run += 1)
    for (const name of ['node', 'version', 'validate'] as const) {
      const begun = performance.now();
      const { status } = spawnSync(process.execPath, commands[name]);
      if (status !== 0)
        throw new Error(`${name} ended with ${status}; run examples/quickstart once, for its certificates`);
      times[name].push(performance.now() - begun);
    }
  const bare = median(times.node);
  const line = (name: 'version' | 'validate', bound: number): Line => ({
    goal: 'start',
    name: name === 'version' ? 'version ÷ node -e 0' : 'validate on the quickstart ÷ node -e 0',
    value: median(times[name]) / bare,
    bound,
    unit: '× the time',
    note: `${Math.round(median(times[name]))} ms ÷ ${Math.round(bare)} ms, medians of ${RUNS}`,
  });
  return [line('version', 1.3), line('validate', 1.7)];
}
