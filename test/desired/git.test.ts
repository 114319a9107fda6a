import { expect, it } from 'vitest';
import { previousHostnames } from '../../src/desired/index.ts';
import { memoryDoor } from './support.ts';

it('an answer that git could not finish is an error, and never a commit without files', async () => {
  const run = async (argv: readonly string[]) => {
    const isWhole = argv.includes('rev-parse');
    return { code: isWhole ? 0 : null, stdout: 'f'.repeat(40), stderr: '', timedOut: !isWhole };
  };
  await expect(previousHostnames('HEAD', [], memoryDoor({}, { run }))).rejects.toThrow('git was ended before');
});
