import { type Paint, paintWith } from './paint.ts';

export interface TextOptions {
  readonly color: boolean;
  /** Columns of the terminal; Infinity where there is none, so that one line of ours is one line of the log. */
  readonly width: number;
  /** Leaves out the attributes below each change. */
  readonly compact: boolean;
}

/** What every part of a text needs to know. */
export interface Page {
  readonly paint: Paint;
  readonly width: number;
  readonly compact: boolean;
}

/** Narrower than forty columns nothing would be readable; there the terminal may break the lines. */
export function pageFor({ color, width, compact }: TextOptions): Page {
  return { paint: paintWith(color), width: Math.max(width, 40), compact };
}
