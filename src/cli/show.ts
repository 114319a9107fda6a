import type { Arguments } from './args.ts';
import type { Door } from './door.ts';
import { print } from './plan.ts';
import { readPlanFile } from './saved.ts';

/** `cf-mtls show PLANFILE`: prints a saved plan again, offline. */
export function show(args: Arguments, door: Door): number {
  print(readPlanFile(args.positionals[0] ?? '', door), args, door);
  return 0;
}
