import type { Arguments } from './args.ts';
import type { Door } from './door.ts';

/** `cf-mtls simulate`: serves the simulator until it is interrupted. */
export async function simulate({ given }: Arguments, door: Door): Promise<number> {
  await door.simulate(given);
  return 0;
}
