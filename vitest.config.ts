import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // Left alone vitest keeps one processor of two for itself.
    maxWorkers: 2,
    // No test leaves anything behind in a module, so that files of one worker may share what they import.
    isolate: false,
  },
});
