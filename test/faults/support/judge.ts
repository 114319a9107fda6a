import type { Ran } from '../../support/world.ts';
import { shown } from './live.ts';
import { calm, type Plot, SETTLED, type Stage } from './trial.ts';

export interface Judgement {
  /** Of the run under faults. */
  readonly code: number;
  /** How much it wrote. */
  readonly written: number;
  /** What does not hold; nothing, where all does. */
  readonly wrong: readonly string[];
}

/** Runs a case under faults, runs it again without, and judges both, over the whole time from the first to the last. */
export async function judged(stage: Stage, plot: Plot): Promise<Judgement> {
  let now = plot;
  const take = stage.begin((place, sent) => now(place, sent));
  const first = await take.apply();
  const written = take.simulator.writes.length;
  const wrong = [...wrongWith(first, written, take.elapsed())];
  now = calm;
  take.advance(60_000);
  const second = await take.apply();
  if (second.code !== 0) wrong.push(`the second run exits ${second.code}: ${errorIn(second)}`);
  if (first.code === 0 && !second.stdout.includes('No changes.')) wrong.push('a complete apply left changes');
  take.advance(SETTLED);
  const end = await shown(take.simulator);
  if (end !== stage.goal) wrong.push(`it ends in another state:\n${end}\ninstead of\n${stage.goal}`);
  for (const { subject, message } of take.simulator.breaches()) wrong.push(`${subject} ${message}`);
  return { code: first.code, written, wrong };
}

function* wrongWith(ran: Ran, written: number, took: number): Iterable<string> {
  const text = ran.stdout + ran.stderr;
  if (![0, 1, 3].includes(ran.code)) yield `the first run exits ${ran.code}: ${errorIn(ran)}`;
  if (ran.code === 1 && written > 0) yield `the first run exits 1 after ${written} writes: ${errorIn(ran)}`;
  if (ran.code !== 0 && errorIn(ran) === '') yield 'the first run does not say why it failed';
  if (/^\s+at \S+.*:\d+:\d+/m.test(text) || /TypeError|InternalError/.test(text)) yield `a stack trace: ${text}`;
  if (text.includes('PRIVATE KEY')) yield 'a key was printed';
  if (took > LONGEST) yield `the first run took ${Math.round(took / 60_000)} minutes`;
}

/** The lines that say what went wrong. */
export const errorIn = ({ stdout, stderr }: Ran): string =>
  (stdout + stderr).match(/^Error: \S.*$/gm)?.join('\n') ?? '';

const LONGEST = 60 * 60_000;
