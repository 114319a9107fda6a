import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isMet, type Line, lineText } from './line.ts';
import { planningLines } from './planning.ts';
import { requestLines } from './requests.ts';
import { runServer } from './server.ts';
import { sizeLines } from './size.ts';
import { startLines } from './start.ts';
import { wallLines } from './wall.ts';

const GOALS: Readonly<Record<string, () => readonly Line[] | Promise<readonly Line[]>>> = {
  requests: requestLines,
  'wall time': wallLines,
  planning: planningLines,
  start: startLines,
  size: sizeLines,
};

if (process.argv[2] === 'server') runServer();
else await runGoals();

/** Measures every goal, or those that are named: a line each, and the same as JSON. Exits 1 where one is missed. */
async function runGoals(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
  const lines: Line[] = [];
  for (const [goal, measure] of Object.entries(GOALS)) {
    if (positionals.length > 0 && !positionals.includes(goal)) continue;
    for (const line of await measure()) {
      process.stdout.write(lineText(line));
      lines.push(line);
    }
  }
  const results = lines.map((line) => ({ ...line, ok: isMet(line) }));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  process.exitCode = lines.every(isMet) ? 0 : 1;
}
