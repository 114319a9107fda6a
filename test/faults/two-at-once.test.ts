import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DesiredState } from '../support/world.ts';
import { openWorld } from '../support/world.ts';
import {
  accessRotation,
  type Case,
  everythingOff,
  firstSetUp,
  hostnameRotation,
  OTHERS,
  waves,
  zoneRotation,
} from './support/cases.ts';
import { differences, shown } from './support/live.ts';
import { type Ended, hasty, type LiveStage, openLive, prepareLive, SETTLED, startApply } from './support/process.ts';

/** Milliseconds by which the second begins later. */
const HEAD_STARTS = process.env.SOAK_CASES === undefined ? [0, 120] : [0, 60, 120, 200];

describe('two applies at once', () => {
  for (const of of [firstSetUp, hostnameRotation, zoneRotation, accessRotation, everythingOff, waves])
    together(`of the same: ${of.name}`, of, of.want);
  for (const [of, other] of OTHERS) together(`of different wishes: ${of.name}`, of, other);
});

function together(name: string, of: Case, other: DesiredState): void {
  it(name, { timeout: 120_000 }, async () => {
    const stage = await prepareLive(of);
    const ends: string[] = [];
    const wrong: string[] = [];
    for (const headStart of HEAD_STARTS) {
      const { codes, found } = await atOnce(stage, other, headStart);
      ends.push(codes);
      wrong.push(...found.map((what) => `${headStart} ms after each other (${codes}): ${what}`));
    }
    process.stdout.write(`${name}: exits ${ends.join(', ')}; ${wrong.length} wrong\n`);
    expect(wrong.join('\n\n')).toBe('');
  });
}

/** Runs both, and then the first again, which makes what it wants of whatever they have left. */
async function atOnce(stage: LiveStage, other: DesiredState, headStart: number) {
  let turn = headStart;
  const world = await openLive(stage, (simulator) => async (request) => {
    turn = (turn * 7 + 3) % 23;
    await sleep(turn);
    return simulator.handle(request);
  });
  const elsewhere = await openWorld();
  try {
    await elsewhere.want(hasty(other));
    const one = startApply(world);
    await sleep(headStart);
    const two = startApply({ folder: elsewhere.folder, url: world.url });
    const both = [await one.ended, await two.ended];
    const third = await startApply(world).ended;
    await sleep(SETTLED);
    const ours = world.simulator.state.zones.flatMap((zone) =>
      [...zone.zoneCertificates, ...zone.hostnameCertificates].map(({ sha256 }) => sha256),
    );
    // Where wishes differ, one certificate comes after another and back again: nobody is without any.
    const isWish = (message: string): boolean =>
      other !== stage.of.want &&
      (message.includes('twice') || (message.includes('neither') && ours.some((it) => message.includes(it))));
    const breaches = world.simulator.breaches().filter(({ message }) => !isWish(message));
    const found = [
      ...both.flatMap(wrongWith),
      ...(third.code === 0 ? [] : [`the next run exits ${third.code}: ${third.text}`]),
      ...differences(await shown(world.simulator), stage.goal),
      ...breaches.map(({ subject, message }) => `${subject} ${message}`),
    ];
    return { codes: both.map(({ code }) => code).join(' and '), found };
  } finally {
    await world.close();
    await elsewhere.close();
  }
}

/** Each ends in what it wants, or says what it met. */
function wrongWith({ code, text }: Ended): readonly string[] {
  if (code === 0) return [];
  return [1, 3].includes(code ?? -1) && /^Error: \S/m.test(text) ? [] : [`one exits ${code}: ${text}`];
}
