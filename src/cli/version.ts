import type { Door } from './door.ts';

/** `cf-mtls version` */
export function version({ stdout, version }: Door): number {
  stdout.write(`cf-mtls ${version}\n`);
  return 0;
}
