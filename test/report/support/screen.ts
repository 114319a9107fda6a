/** A terminal of so many columns and rows that understands what progress writes, and nothing else: anything more is an error. */
export class Screen {
  columns: number;
  readonly rows: number;
  cursorHidden = false;
  #grid: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** What is on the screen, without empty lines at the end. */
  lines(): string[] {
    return this.everything().slice(-this.rows);
  }

  /** What is on the screen and what has scrolled out of it. */
  everything(): string[] {
    const lines = this.#grid.map((cells) => cells.join('').trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** Breaks lines anew, as terminals do. */
  resize(columns: number): void {
    this.columns = columns;
    const above = this.#grid.slice(0, this.#row);
    const broken = above.flatMap((cells) =>
      Array.from({ length: Math.max(1, Math.ceil(cells.length / columns)) }, (_, at) =>
        cells.slice(at * columns, (at + 1) * columns),
      ),
    );
    this.#grid = [...broken, ...this.#grid.slice(this.#row)];
    this.#row = broken.length;
  }

  write(text: string): void {
    const tokens = text.match(/\u001b\[\??[0-9]*[A-Za-z]|[\s\S]/gu) ?? [];
    for (const token of tokens) this.#take(token);
  }

  #take(token: string): void {
    const up = /^\u001b\[(\d+)A$/.exec(token);
    if (up !== null) this.#up(Number(up[1]));
    else if (token === '\u001b[J') this.#clearBelow();
    else if (token === '\u001b[?25l') this.cursorHidden = true;
    else if (token === '\u001b[?25h') this.cursorHidden = false;
    else if (token === '\r') this.#column = 0;
    else if (token === '\n') this.#down();
    else if (token < ' ') throw new Error(`unexpected control character ${JSON.stringify(token)}`);
    else this.#print(token);
  }

  #print(character: string): void {
    const wide = /[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uff60]/.test(character) ? 2 : 1;
    if (this.#column + wide > this.columns) this.#down();
    const line = this.#grid[this.#row] ?? [];
    line[this.#column] = character;
    if (wide === 2) line[this.#column + 1] = '';
    this.#column += wide;
  }

  #down(): void {
    this.#row++;
    this.#column = 0;
    this.#grid[this.#row] ??= [];
  }

  #up(lines: number): void {
    const top = Math.max(0, this.#grid.length - this.rows);
    if (this.#row - lines < top) throw new Error('the cursor was moved above the screen');
    this.#row -= lines;
  }

  #clearBelow(): void {
    this.#grid.length = this.#row;
    this.#grid.push([]);
  }
}
