import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { accessRotation, everythingOff, firstSetUp, hostnameRotation, zoneRotation } from './support/cases.ts';
import { differences, shown } from './support/live.ts';
import { type Apply, type LiveStage, openLive, prepareLive, SETTLED, startApply } from './support/process.ts';

describe('an apply that is killed at any write is finished by the next one', () => {
  for (const of of [firstSetUp, hostnameRotation, zoneRotation, accessRotation, everythingOff]) {
    it(of.name, { timeout: 180_000 }, async () => {
      const stage = await prepareLive(of);
      const wrong: string[] = [];
      const kills = Array.from({ length: stage.writes }, (_, index) => index + 1).flatMap((place) =>
        (['before', 'after'] as const).map((when) => ({ place, when })),
      );
      for (const { place, when } of kills) {
        const found = await killed(stage, place, when);
        wrong.push(...found.map((what) => `killed ${when} write ${place}: ${what}`));
      }
      process.stdout.write(`${of.name}: ${kills.length} processes killed, ${wrong.length} wrong\n`);
      expect(wrong.join('\n\n')).toBe('');
    });
  }
});

/** Kills an apply before its n-th write is carried out, or after that and before its answer; runs another at once. */
async function killed(stage: LiveStage, place: number, when: 'before' | 'after'): Promise<readonly string[]> {
  let writes = 0;
  let first: Apply | undefined;
  const world = await openLive(stage, (simulator) => async (request) => {
    if (request.method === 'GET' || ++writes !== place) return simulator.handle(request);
    if (when === 'after') await simulator.handle(request);
    first?.child.kill('SIGKILL');
    return { status: 500, headers: {}, body: '' };
  });
  try {
    first = startApply(world);
    const died = await first.ended;
    const second = await startApply(world).ended;
    await sleep(SETTLED);
    return [
      ...(died.code === null ? [] : [`it was not killed: ${died.text}`]),
      ...(second.code === 0 ? [] : [`the second run exits ${second.code}: ${second.text}`]),
      ...differences(await shown(world.simulator), stage.goal),
      ...world.simulator.breaches().map(({ subject, message }) => `${subject} ${message}`),
    ];
  } finally {
    await world.close();
  }
}
