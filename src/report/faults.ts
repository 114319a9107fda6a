import type { Fault, Position } from '../model/fault.ts';
import { harmlessLines } from './harmless.ts';

/** Faults as people read them on a terminal: what, where, a look at it, what to do; and how many there are. Ends in a newline. */
export function renderFaults(faults: readonly Fault[]): string {
  const parts = faults.map(renderFault);
  if (faults.length > 1) parts.push(`${countOf(faults)}.`);
  return parts.map((part) => `${part}\n`).join('\n');
}

function renderFault({ severity, message, at, also, frame, advice }: Fault): string {
  const head = `${severity === 'error' ? 'Error' : 'Warning'}: ${harmlessLines(message)}`;
  const places = [at && `  at ${place(at)}`, also && `  and ${place(also)}`];
  return [head, ...places, frame, advice && `  ${harmlessLines(advice)}`].filter(Boolean).join('\n');
}

function countOf(faults: readonly Fault[]): string {
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  const words = [count(errors, 'error'), count(faults.length - errors, 'warning')];
  return words.filter(Boolean).join(' and ');
}

function count(number: number, word: string): string {
  if (number === 0) return '';
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

const place = ({ file, line, col }: Position): string => `${harmlessLines(file)}:${line}:${col}`;
