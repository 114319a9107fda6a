import { loadDesired, usualPaths } from '../desired/index.ts';
import type { Desired } from '../model/document.ts';
import type { Arguments } from './args.ts';
import type { Door } from './door.ts';

/** The desired state of the files that the command line names. Throws an InputError with all of their faults. */
export function load({ options }: Arguments, door: Door): Desired {
  return loadDesired(options.file ?? [], door.files);
}

/** Whether there are files to load: named on the command line, or in their usual place. */
export function hasFiles({ options }: Arguments, { files }: Door): boolean {
  return options.file !== undefined || usualPaths(files).length > 0;
}
