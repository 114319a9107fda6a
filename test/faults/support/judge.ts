import type { Ran } from '../../support/world.ts';
import { differences, shown } from './live.ts';
import { calm, type Plot, SETTLED, type Stage, type Take } from './trial.ts';

export interface Judgement {
  /** Of the run under faults. */
  readonly code: number;
  /** How much it wrote. */
  readonly written: number;
  /** What does not hold; nothing, where all does. */
  readonly wrong: readonly string[];
}

/** Runs a case under faults, runs it again without, and judges both, over the whole time from the first to the last. */
export async function judged(stage: Stage, plot: Plot, onBegin: (take: Take) => void = () => {}): Promise<Judgement> {
  let now = plot;
  const take = stage.begin((...request) => now(...request));
  onBegin(take);
  const first = await take.apply();
  const written = take.simulator.writes.length;
  const wrong = [...wrongWith(first, written, take.elapsed())];
  now = calm;
  const second = await take.apply();
  if (second.code !== 0) wrong.push(`the second run exits ${second.code}: ${errorIn(second)}`);
  if (first.code === 0 && !second.stdout.includes('No changes.')) wrong.push('a complete apply left changes');
  return { code: first.code, written, wrong: [...wrong, ...(await wrongAtTheEnd(take, stage))] };
}

/** The same for a run that is killed at a request, and followed by another one at once. */
export async function judgedAfterDeath(stage: Stage, at: number, isCarriedOut: boolean): Promise<readonly string[]> {
  let die = (): void => {};
  const death = new Promise<void>((resolve) => {
    die = resolve;
  });
  const take = stage.begin((place, _sent, run) => {
    if (place < at || run > 1) return undefined;
    return async (send) => {
      if (place === at && isCarriedOut) await send();
      die();
      return new Promise(() => {});
    };
  });
  await Promise.race([take.apply(), death]);
  const wrong: string[] = [];
  const second = await take.apply();
  if (second.code !== 0) wrong.push(`the second run exits ${second.code}: ${errorIn(second)}`);
  return [...wrong, ...(await wrongAtTheEnd(take, stage))];
}

async function wrongAtTheEnd(take: Take, { goal }: Stage): Promise<readonly string[]> {
  take.advance(SETTLED);
  const end = await shown(take.simulator);
  const broken = take.simulator.breaches().map(({ subject, message }) => `${subject} ${message}`);
  return [...differences(end, goal), ...broken];
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
