import { describe } from 'vitest';
import { everythingOff, waves, zoneRotation } from './support/cases.ts';
import { sweep } from './support/sweep.ts';

/** The soak sweeps the longest one, too: `npm run test:soak`. */
const MORE =
  process.env.SOAK_CASES === undefined ? [everythingOff, zoneRotation] : [everythingOff, zoneRotation, waves];

describe('whatever happens to any request, a second run ends where a run without faults does', () => {
  for (const one of MORE) sweep(one);
});
