/** One goal as it was measured. `bound` is the most that is allowed, or with `atLeast` the least. */
export interface Line {
  readonly goal: 'requests' | 'wall time' | 'planning' | 'start' | 'size';
  readonly name: string;
  readonly value: number;
  readonly bound: number;
  readonly unit: string;
  readonly atLeast?: true;
  /** What the value was made of. */
  readonly note?: string;
}

export const isMet = ({ value, bound, atLeast }: Line): boolean => (atLeast ? value >= bound : value <= bound);

/** `requests  a rotation in a zone  11 ≤ 12 requests  ok`. */
export function lineText(line: Line): string {
  const { goal, name, value, bound, unit, atLeast, note } = line;
  const measured = `${round(value)} ${atLeast ? '≥' : '≤'} ${round(bound)} ${unit}`;
  const told = note === undefined ? '' : `  (${note})`;
  return `${isMet(line) ? 'ok    ' : 'missed'}  ${goal.padEnd(9)}  ${name.padEnd(62)}  ${measured}${told}\n`;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

export const round = (value: number): number => Number(value.toPrecision(value < 1000 ? 3 : 6));
