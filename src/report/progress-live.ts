import type { ApplyEvent } from '../model/events.ts';
import { harmless, paragraph } from './harmless.ts';
import { paintWith } from './paint.ts';
import {
  elapsed,
  ending,
  failure,
  follow,
  type Progress,
  type ProgressOptions,
  type Running,
  stepWords,
} from './progress-words.ts';
import { cut, displayWidth } from './width.ts';

/** One line per running scope at the foot of the terminal; what is over stands above it for good. */
export function liveProgress({ write, now, color, width, height }: ProgressOptions): Progress {
  const paint = paintWith(color);
  const book = new Map<string, Running>();
  let drawn: readonly string[] = [];
  let ended = false;

  function tell(event: ApplyEvent): void {
    const running = follow(book, event, now());
    let lasting = '';
    if (event.type === 'step_done' || event.type === 'step_failed') running.current.delete(stepWords(event));
    if (event.type === 'step_failed') lasting = `${paint('red', failure(event))}\n`;
    if (event.type === 'scope_done') {
      book.delete(event.scope);
      lasting = `${paint(event.outcome === 'complete' ? 'green' : 'red', ending(running, event, now()))}\n`;
    }
    draw(lasting);
  }

  function draw(lasting = ''): void {
    const first = drawn.length === 0 ? HIDE_CURSOR : '';
    const before = erase();
    drawn = ended ? [] : lines();
    const after = drawn.length === 0 ? SHOW_CURSOR : '';
    write(`${first}${before}${lasting}${drawn.map((line) => `${line}\n`).join('')}${after}`);
  }

  /** A line may have been broken in two since, where the window was made narrower. */
  function erase(): string {
    const rows = drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / Math.max(1, width()))),
      0,
    );
    return rows === 0 ? '' : `\r\x1b[${rows}A\x1b[J`;
  }

  /** As many as fit on the screen: what has scrolled away can't be redrawn. */
  function lines(): string[] {
    const all = [...book.values()].map((running) => cut(line(running), width() - 1));
    const room = Math.max(1, height() - 2);
    if (all.length <= room) return all;
    return [...all.slice(0, room - 1), cut(`… and ${all.length - room + 1} more`, width() - 1)];
  }

  function line({ scope, done, steps, current, waiting, since }: Running): string {
    const [[step, started] = ['', since]] = current;
    const others = current.size > 1 ? ` and ${current.size - 1} more` : '';
    const what = waiting === undefined ? `${step}${others}` : paragraph(waiting.message);
    return `${harmless(scope)}  ${done}/${steps}  ${what} … ${elapsed(now() - (waiting?.since ?? started))}`;
  }

  function end(): void {
    if (ended) return;
    const before = erase();
    if (drawn.length > 0) write(`${before}${SHOW_CURSOR}`);
    drawn = [];
    ended = true;
  }

  return { tell, say: draw, refresh: () => (book.size > 0 ? draw() : undefined), end };
}

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
