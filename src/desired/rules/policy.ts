import type { Rule } from './rule.ts';

/** Pauses grow from the one to the other, which may stand in two files. */
export const retryPauses: Rule = {
  name: 'retry-pauses',
  judge: ({ policy: { retry } }) => {
    if (retry.base <= retry.max) return [];
    const advice = '`base` is the first pause and `max` the longest one.';
    return [{ path: ['policy', 'retry', 'base'], message: '`base` is longer than `max`.', advice }];
  },
};
