import { expect, it } from 'vitest';
import { runCommand } from '../../src/system/command.ts';

it('says that a command printed too much, not that it could not be started', async () => {
  const { tooLong, timedOut } = await runCommand(['head', '-c', '20000000', '/dev/zero'], 30_000);
  expect([tooLong, timedOut]).toEqual([true, false]);
});

it('ends a command that will not end by itself when its time is over', async () => {
  const start = performance.now();
  const result = await runCommand(['sh', '-c', 'trap "" TERM; exec sleep 20'], 200);
  expect(result).toEqual({ code: null, stdout: '', stderr: '', timedOut: true, tooLong: false });
  expect(performance.now() - start).toBeLessThan(10_000);
}, 30_000);

it('fails where there is no such command', async () => {
  await expect(runCommand(['no-such-command'], 1000)).rejects.toMatchObject({ code: 'ENOENT' });
});
