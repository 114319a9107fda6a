import type { Door } from './door.ts';

/** Shows on stderr how far a long reading is: one line that moves on a terminal, a few lines in a log. */
export function counter(total: number, what: string, { stderr }: Door): () => void {
  let done = 0;
  return () => {
    done += 1;
    const line = `Read ${done} of ${total} ${what}`;
    if (stderr.isTerminal) stderr.write(`\r${line}${done === total ? '\n' : ''}`);
    else if (done === total || done % LINES_APART === 0) stderr.write(`${line}\n`);
  };
}

const LINES_APART = 50;
