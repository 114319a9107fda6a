import type { Door } from './door.ts';

/** What of stdout and stderr could not be written (a full disk), as one sentence; undefined where all of it was. */
export function unwritten({ stdout, stderr }: Partial<Pick<Door, 'stdout' | 'stderr'>>): string | undefined {
  const faults = Object.entries({ stdout, stderr }).flatMap(([name, output]) => {
    const fault = output?.fault?.();
    return fault === undefined ? [] : [`${name} can't be written: ${fault}`];
  });
  return faults.length === 0 ? undefined : faults.join('; ');
}
