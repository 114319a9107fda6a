import { liveProgress } from './progress-live.ts';
import { plainProgress } from './progress-plain.ts';
import type { Progress, ProgressOptions } from './progress-words.ts';

export type { Progress, ProgressOptions };

/** The listener for this kind of terminal, or for a log. */
export function progress(options: ProgressOptions): Progress {
  return options.live ? liveProgress(options) : plainProgress(options);
}
