import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { waves } from './support/cases.ts';
import { type Apply, type Ended, type LiveStage, openLive, prepareLive, startApply } from './support/process.ts';

let stage: LiveStage;
beforeAll(async () => {
  stage = await prepareLive(waves);
});

describe('an apply that is interrupted while a write is under way', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`finishes it on ${signal}, begins no other, and exits 130`, async () => {
      const seen = await interrupted(2, ({ child }) => child.kill(signal));
      expect(seen).toMatchObject({ code: 130, writes: 2, after: 0 });
      expect(seen.text).toContain('Apply incomplete.');
      expect(seen.text).toContain('interrupted');
      expect(seen.text).toMatch(/^ {4}upload example\.com\/hostname_certificate\/new-1$/m);
    });
  }

  it('cuts it at the second SIGINT, and exits 130 at once', async () => {
    const begun = Date.now();
    const seen = await interrupted(
      2,
      async ({ child }) => {
        child.kill('SIGINT');
        await sleep(100);
        child.kill('SIGINT');
      },
      20_000,
    );
    expect(seen).toMatchObject({ code: 130, writes: 2, after: 0 });
    expect(Date.now() - begun).toBeLessThan(10_000);
    expect(seen.text.replaceAll('\n  ', ' ')).toContain(
      'failed: interrupted before an answer came: it may have been carried out',
    );
  });

  it('goes on when nobody reads its results any more, as long as somebody reads what it does', async () => {
    const seen = await interrupted(2, ({ child }) => child.stdout?.destroy());
    expect(seen).toMatchObject({ code: 0, writes: stage.writes });
  });

  it('begins nothing more when nobody reads anything any more, and exits 130', async () => {
    const seen = await interrupted(2, ({ child }) => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    });
    expect(seen.code).toBe(130);
    expect(seen.writes).toBeLessThan(stage.writes);
  });
});

/** What became of an apply to which something happened during its n-th write, which took a while. */
async function interrupted(
  place: number,
  happen: (apply: Apply) => unknown,
  takes = 300,
): Promise<Ended & { readonly writes: number; readonly after: number }> {
  let [writes, after, over] = [0, 0, false];
  let apply: Apply | undefined;
  const world = await openLive(stage, (simulator) => async (request) => {
    if (over) after++;
    if (request.method === 'GET') return simulator.handle(request);
    const answer = await simulator.handle(request);
    if (++writes !== place || apply === undefined) return answer;
    const { ended } = apply;
    void happen(apply);
    await Promise.race([sleep(takes), ended]);
    over = true;
    return answer;
  });
  try {
    apply = startApply(world);
    const ended = await apply.ended;
    expect(ended.text).not.toMatch(/^\s+at \S+.*:\d+:\d+/m);
    expect(world.simulator.breaches()).toEqual([]);
    return { ...ended, writes, after };
  } finally {
    await world.close();
  }
}
