import { describe } from 'vitest';
import { accessRotation, firstSetUp, hostnameRotation } from './support/cases.ts';
import { sweep } from './support/sweep.ts';

describe('whatever happens to any request, a second run ends where a run without faults does', () => {
  for (const one of [firstSetUp, hostnameRotation, accessRotation]) sweep(one);
});
