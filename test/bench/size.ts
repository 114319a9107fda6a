import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Line } from './line.ts';

/** Goal 5: what people download. */
export function sizeLines(): readonly Line[] {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const told = execFileSync('npm', ['pack', '--dry-run', '--json', '--silent'], { cwd, encoding: 'utf8' });
  const [{ size, unpackedSize }] = JSON.parse(told) as [{ readonly size: number; readonly unpackedSize: number }];
  return [
    { goal: 'size', name: 'the package, packed', value: size / 1000, bound: 300, unit: 'kB' },
    { goal: 'size', name: 'the package, unpacked', value: unpackedSize / 1000, bound: 1500, unit: 'kB' },
  ];
}
