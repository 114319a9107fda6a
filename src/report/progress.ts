import type { Tell } from '../model/events.ts';
import { liveProgress } from './progress-live.ts';
import { plainProgress } from './progress-plain.ts';

export interface ProgressOptions {
  /** Where progress goes (stderr); nothing else may write there until `end`. */
  readonly write: (text: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A terminal that can move its cursor: one line per running scope, redrawn in place. */
  readonly live: boolean;
  readonly color: boolean;
  /** Columns and rows at this moment; a terminal may be resized. */
  readonly width: () => number;
  readonly height: () => number;
}

/** Tells a person how an apply goes on. */
export interface Progress {
  readonly tell: Tell;
  /** Draws the running times again; once a second is enough. */
  readonly refresh: () => void;
  /** Takes the live lines away and gives the cursor back. To be called however the apply ends; a second call does nothing. */
  readonly end: () => void;
}

/** The listener for this kind of terminal, or for a log. */
export function progress(options: ProgressOptions): Progress {
  return options.live ? liveProgress(options) : plainProgress(options);
}
