import { LineCounter } from 'yaml';
import type { Position } from '../model/fault.ts';
import { redactLines } from './redact.ts';

/** One input file that could be read as text. */
export interface Source {
  /** Relative to the working directory, as faults show it. */
  readonly name: string;
  /** Absolute path of the folder in which it lies. */
  readonly folder: string;
  readonly text: string;
  readonly lineCounter: LineCounter;
  /** Offsets of what stands under `private_key`, wherever an alias leads. */
  readonly secretRanges: [number, number][];
  readonly position: (offset: number) => Position;
  /** A few lines around a position with a caret beneath it, redacted. */
  readonly frame: (at: Position) => string;
}

/** Makes a source; its lines are cut and redacted only once a frame is asked for. */
export function createSource(name: string, folder: string, text: string): Source {
  const lineCounter = new LineCounter();
  const secretRanges: [number, number][] = [];
  let lines: string[] | undefined;
  const position = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return line === 0 ? { file: name, line: 1, col: offset + 1 } : { file: name, line, col };
  };
  const frame = (at: Position): string => {
    lines ??= redactLines(text, secretRanges);
    return drawFrame(lines, at);
  };
  return { name, folder, text, lineCounter, secretRanges, position, frame };
}

/** The lines before and after a position, numbered, with a caret under its column. */
function drawFrame(lines: readonly string[], at: Position): string {
  const last = Math.min(lines.length, at.line + 1);
  const width = String(last).length;
  const shown: string[] = [];
  for (let number = Math.max(1, at.line - 2); number <= last; number += 1) {
    const line = lines[number - 1] ?? '';
    if (number === lines.length && line === '' && number !== at.line) continue;
    const here = number === at.line;
    const caret = caretColumn(line, at.col - 1);
    const from = here && line.length > WIDEST ? Math.max(0, caret - 79) : 0;
    shown.push(`${here ? '  > ' : '    '}${String(number).padStart(width)} | ${cut(line, from)}`.trimEnd());
    if (here) shown.push(`    ${' '.repeat(width)} | ${' '.repeat(caret - from)}^`);
  }
  return shown.join('\n');
}

/** A caret never stands beyond the line: what it pointed at may have been redacted. */
function caretColumn(line: string, col: number): number {
  return Math.max(0, Math.min(col, line.length));
}

function cut(line: string, from: number): string {
  const end = from + WIDEST;
  return `${from > 0 ? '…' : ''}${line.slice(from > 0 ? from + 1 : 0, end)}${line.length > end ? '…' : ''}`;
}

const WIDEST = 140;
