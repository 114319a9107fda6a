import { resolve } from 'node:path';
import type { Api } from '../model/api.ts';
import type { Tell } from '../model/events.ts';
import { inputError } from '../model/fault.ts';
import type { ApplyResult } from '../model/result.ts';
import { renderEvent, renderSummaryEvent } from '../report/events.ts';
import type { Door } from './door.ts';

/** The audit trail of an apply: a line of `--events` for each event, written as it happens. */
export interface Trail {
  readonly tell: Tell;
  /** Writes the summary, and says what went wrong where the trail has a gap. */
  end(result: ApplyResult): string | undefined;
}

/** Begins the file anew; an InputError where that can't be done. A disk that fills up later does not stop an apply half way. */
export function trailTo(file: string | undefined, api: Api, { append, clock, files }: Door): Trail {
  if (file === undefined) return { tell: () => {}, end: () => undefined };
  const path = resolve(files.cwd, file);
  let gap: string | undefined;
  const add = (text: string, fresh?: 'fresh'): void => {
    try {
      append(path, text, fresh);
    } catch (error) {
      gap ??= `${file} can't be written: ${error instanceof Error ? error.message : error}`;
    }
  };
  add('', 'fresh');
  if (gap !== undefined) throw inputError(gap);
  return {
    tell: (event) => add(renderEvent(event, clock.now(), api.requests)),
    end: (result) => {
      add(renderSummaryEvent(result, clock.now()));
      return gap;
    },
  };
}
