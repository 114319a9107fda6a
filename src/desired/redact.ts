/** A text from a file as it may stand in a message: in backticks, on one line, short, and never material. */
export function quote(text: string): string {
  if (looksLikeMaterial(text)) return '`[redacted]`';
  const plain = visible(text);
  return `\`${plain.length > 80 ? `${plain.slice(0, 79)}…` : plain}\``;
}

/** The lines of a file as they may stand in a code frame: nothing under `private_key`, no PEM, no control characters. */
export function redactLines(text: string, secretRanges: readonly (readonly [number, number])[]): string[] {
  const state: State = { inPem: false, keyIndent: null };
  let start = 0;
  const ranges = [...secretRanges].sort((one, other) => one[0] - other[0]);
  let reached = 0;
  return text.split('\n').map((line) => {
    const end = start + line.length;
    while (reached < ranges.length && (ranges[reached]?.[1] ?? 0) <= start) reached += 1;
    const range = ranges[reached];
    const from = range !== undefined && range[0] < end ? Math.max(0, range[0] - start) : null;
    start = end + 1;
    return visible(redactLine(line, from, state));
  });
}

/** Whether a text holds a key or certificate, whole or in part. */
export function looksLikeMaterial(text: string): boolean {
  return /-----(BEGIN|END)/.test(text) || encodedRun(text, /[+/=]/) !== null;
}

/** Control characters as `\xNN`, so that a file can't steer the terminal that shows it. */
export function visible(text: string): string {
  return text
    .replace(/[\r\n]+$/, '')
    .replaceAll('\t', ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) =>
      character === '\n' ? ' ' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
}

interface State {
  inPem: boolean;
  /** How far the line with `private_key` is indented, while what stands under it lasts. */
  keyIndent: number | null;
}

function redactLine(line: string, from: number | null, state: State): string {
  const indent = line.length - line.trimStart().length;
  const hidden = (at: number): string => `${line.slice(0, at)}${REDACTED}`;
  if (state.keyIndent !== null && line.trim() !== '' && indent <= state.keyIndent) state.keyIndent = null;
  const underKey = state.keyIndent !== null;
  const wasInPem = state.inPem;
  const begin = line.indexOf('-----BEGIN');
  if (begin !== -1) state.inPem = true;
  if (/-----END/.test(line)) state.inPem = false;
  const key = /["']?\b\w*private[_-]?key\w*["']?[ \t]*:/i.exec(line);
  if (key !== null && state.keyIndent === null) state.keyIndent = indent;
  if (underKey || wasInPem) return line.trim() === '' ? line : hidden(indent);
  const cuts = [from, begin === -1 ? null : begin, encodedRun(line, /./), key && key.index + key[0].length + 1];
  const cut = Math.min(...cuts.map((at) => at ?? Number.POSITIVE_INFINITY));
  return cut < line.trimEnd().length ? hidden(Math.max(cut, indent)) : line;
}

/** Where a long run of base64 begins, or a shorter one of its own that holds a sign. Ids, fingerprints and words are none. */
function encodedRun(line: string, sign: RegExp): number | null {
  for (const run of line.matchAll(/[A-Za-z0-9+/]{20,}={0,2}/g)) {
    const whole = run[0] === line.trim().replace(/["',]+$/, '') && sign.test(run[0]);
    const hex = /^[0-9A-Fa-f]+$/.test(run[0]);
    const mixed = /[a-z]/.test(run[0]) && /[A-Z]/.test(run[0]) && /[0-9]/.test(run[0]);
    if (!hex && (whole || (run[0].length >= 40 && mixed))) return run.index;
  }
  return null;
}

const REDACTED = '[redacted]';
