import type { Arguments } from './args.ts';
import type { Door } from './door.ts';

/** `cf-mtls version` */
export function version(_args: Arguments, { stdout, version }: Door): number {
  stdout.write(`cf-mtls ${version}\n`);
  return 0;
}
