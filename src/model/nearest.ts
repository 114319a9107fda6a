/** The known word that a misspelt one most likely stands for, or undefined where none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  const typed = plain(word);
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const steps = distance(typed, plain(candidate), least);
    if (steps < least && steps < Math.max(typed.length, 2)) [best, least] = [candidate, steps];
    if (steps === 0) break;
  }
  return best;
}

/** ` Did you mean …?` to end a message with, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = nearest(word, known);
  return near === undefined ? '' : `; did you mean \`${near}\`?`;
}

const plain = (word: string): string => word.slice(0, 64).toLowerCase().replaceAll('-', '_');

/** Edits between two words, a swap of neighbours counting one; gives up at `limit`. */
function distance(one: string, other: string, limit: number): number {
  let older: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1];
      let steps = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        steps = Math.min(steps, (older[j - 2] ?? 0) + 1);
      }
      next.push(steps);
    }
    if (Math.min(...next) >= limit) return limit;
    [older, row] = [row, next];
  }
  return row[other.length] ?? limit;
}
