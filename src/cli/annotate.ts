import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Fault, Position } from '../model/fault.ts';
import { renderAnnotation } from '../report/actions.ts';
import type { Door } from './door.ts';

/** In a job of GitHub Actions, faults in files also stand at their lines in the pull request. */
export function annotate(faults: readonly Fault[], door: Door): void {
  if (door.env.GITHUB_ACTIONS !== 'true') return;
  for (const fault of faults) door.stderr.write(renderAnnotation(fault, fault.at && fileInRepository(fault.at, door)));
}

/** As seen from the top of the checkout, where the job may have gone into a folder of it. */
function fileInRepository({ file }: Position, { env, files }: Door): string {
  const top = env.GITHUB_WORKSPACE;
  if (!top) return file;
  const path = relative(top, resolve(files.cwd, file));
  return path.startsWith('..') || isAbsolute(path) ? file : path.split(sep).join('/');
}
