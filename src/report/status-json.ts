import type { Overview } from '../model/overview.ts';
import { harmlessJson } from './harmless.ts';

/** The status as a document: what `--format json` prints. */
export function renderStatusJson(overview: Overview): string {
  return `${harmlessJson(JSON.stringify(overview, null, 2))}\n`;
}
