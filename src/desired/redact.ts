/** A text from a file as it may stand in a message: in backticks, on one line, short, and never material. */
export function quote(text: string): string {
  // A template that encodes twice, or a quote that is never closed, makes a value of what stands under a key.
  if (looksLikeMaterial(text) || KEY_WITH_VALUE.test(text)) return '`[redacted]`';
  const plain = visible(text);
  return `\`${plain.length > 80 ? `${plain.slice(0, 79)}…` : plain}\``;
}

/** The lines of a file as they may stand in a code frame: nothing under `private_key`, no PEM, no control characters. */
export function redactLines(text: string, secretRanges: readonly (readonly [number, number])[]): string[] {
  const ranges = [...secretRanges].sort((one, other) => one[0] - other[0]);
  let anchors: ReadonlySet<string> = new Set();
  for (let round = 0; ; round += 1) {
    const { lines, aliases } = redactOnce(text, ranges, anchors);
    // What is hidden may name what must be hidden too, and where the YAML is broken there are no ranges to tell that.
    if (aliases.size === anchors.size || round === ROUNDS) return lines;
    anchors = aliases;
  }
}

function redactOnce(text: string, ranges: readonly (readonly [number, number])[], anchors: ReadonlySet<string>) {
  const state: State = { pemIndent: null, keyIndent: null, anchors, aliases: new Set(anchors) };
  let start = 0;
  let reached = 0;
  const lines = text.split('\n').map((line) => {
    const end = start + line.length;
    while (reached < ranges.length && (ranges[reached]?.[1] ?? 0) <= start) reached += 1;
    const range = ranges[reached];
    const from = range !== undefined && range[0] < end ? Math.max(0, range[0] - start) : null;
    start = end + 1;
    return visible(redactLine(line, from, state));
  });
  return { lines, aliases: state.aliases };
}

/** Whether a text holds a key or certificate, whole or in part. */
export function looksLikeMaterial(text: string): boolean {
  return /-----(BEGIN|END)/.test(text) || encodedRun(text, 20, /[+/=]/) !== null;
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
  /** How far the line is indented at which a PEM begins, while that lasts. */
  pemIndent: number | null;
  /** How far the line with `private_key` is indented, while what stands under it lasts. */
  keyIndent: number | null;
  /** The anchors of what is secret, and the aliases in what was hidden. */
  readonly anchors: ReadonlySet<string>;
  readonly aliases: Set<string>;
}

function redactLine(line: string, from: number | null, state: State): string {
  const indent = line.length - line.trimStart().length;
  const hidden = (at: number): string => {
    for (const [, name = ''] of line.slice(at).matchAll(ALIAS)) state.aliases.add(name);
    return `${line.slice(0, at)}${REDACTED}`;
  };
  if (state.keyIndent !== null && indent <= state.keyIndent && KEY_LINE.test(line.trim())) state.keyIndent = null;
  const underKey = state.keyIndent !== null;
  if (state.pemIndent !== null && endsPem(line, indent, state.pemIndent)) state.pemIndent = null;
  const wasInPem = state.pemIndent !== null;
  const begin = line.indexOf('-----BEGIN');
  const [lastBegin, end] = [line.lastIndexOf('-----BEGIN'), line.lastIndexOf('-----END')];
  const material = isMaterial(line);
  if (lastBegin > end) state.pemIndent = closesHere(line, lastBegin) ? null : keyColumn(line);
  else if (end !== -1) state.pemIndent = null;
  // Material without a beginning: what follows it is material too, however short.
  else if (material) state.pemIndent ??= indent;
  const key = KEY.exec(line) ?? secretAnchor(line, state.anchors);
  // What an explicit key or an anchor on a line of its own stands for is not indented further.
  if (key !== null && state.keyIndent === null) state.keyIndent = /^[?&]/.test(line.trim()) ? indent - 1 : indent;
  if (underKey || wasInPem) return line.trim() === '' ? line : hidden(indent);
  const isTail = material || /-----(BEGIN|END)/.exec(line)?.[1] === 'END';
  const pem = isTail ? indent : begin === -1 ? null : begin;
  const cuts = [from, pem, encodedRun(line, 16, /./), key && key.index + key[0].length + 1];
  const cut = Math.min(...cuts.map((at) => at ?? Number.POSITIVE_INFINITY));
  return cut < line.trimEnd().length ? hidden(Math.max(cut, indent)) : line;
}

function secretAnchor(line: string, anchors: ReadonlySet<string>): RegExpExecArray | null {
  if (anchors.size === 0) return null;
  return [...line.matchAll(ANCHOR)].find(([, name = '']) => anchors.has(name)) ?? null;
}

/**
 * Whether a PEM without an end is over before this line: it is indented less, or as much and begins like `key:`. What may
 * be a line of base64, however short, and the headers of an encrypted key never end it.
 */
function endsPem(line: string, indent: number, pemIndent: number): boolean {
  const text = line.trim();
  if (text === '' || BASE64.test(bare(text)) || /-----END|^(Proc-Type|DEK-Info):/.test(text)) return false;
  return indent < pemIndent || (indent === pemIndent && KEY_LINE.test(text));
}

/** Whether a PEM begins in a quoted scalar that closes on the same line. */
function closesHere(line: string, begin: number): boolean {
  const quote = /(?:^|[\s[{,:])(["'])(?:(?!\1).)*$/.exec(line.slice(0, begin))?.[1];
  if (quote === undefined) return false;
  return (quote === '"' ? /^(?:[^"\\]|\\.)*"/ : /^(?:[^']|'')*'(?!')/).test(line.slice(begin));
}

/** Where a line begins, the dashes of a list left out: `- a:` stands where the `b:` beneath it does. */
const keyColumn = (line: string): number => /^\s*(?:- +)*/.exec(line)?.[0].length ?? 0;

/** A line that is base64 and nothing else, with a look that no word has. */
function isMaterial(line: string): boolean {
  const text = bare(line.trim());
  if (text.length < 16 || !BASE64.test(text) || HEX.test(text)) return false;
  return /[+=]/.test(text) || (/[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]|[A-Z]{2}/.test(text));
}

/** A line of a list, comment, quoted or folded scalar without what makes it one. */
const bare = (text: string): string =>
  text.replace(/^(?:[-#>|]+[ \t]*)?["']?/, '').replace(/(?<![\\"',\]})+;\s])(?:\\[nr]|[\\"',\]})+;\s])*$/, '');

/** Where a long run of base64 begins, or a shorter one of its own that holds a sign. Ids, fingerprints and words are none. */
function encodedRun(line: string, shortest: number, sign: RegExp): number | null {
  for (const run of line.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)) {
    const whole = run[0].length >= shortest && run[0] === line.trim().replace(/["',]+$/, '') && sign.test(run[0]);
    const mixed = /[a-z]/.test(run[0]) && /[A-Z]/.test(run[0]) && /[0-9]/.test(run[0]);
    if (!HEX.test(run[0]) && (whole || (run[0].length >= 40 && mixed))) return run.index;
  }
  return null;
}

const KEY_WITH_VALUE = /private[_-]?key[\\"']*\s*:/i;
/** A name under which a private key may stand, misspelt or not. */
export const KEY_NAME = /private[_-]?key/i;
/** The same with its colon or question mark; and `exec`, which stands nowhere else, also where its indentation says so. */
const KEY = /\?[ \t]+["']?\w*private[_-]?key\w*["']?|["']?(?:\b\w*private[_-]?key\w*|(?<![\w-])exec)["']?[ \t]*:/i;
const ANCHOR = /&([^\s,[\]{}]+)/g;
const ALIAS = /\*([^\s,[\]{}]+)/g;
const ROUNDS = 8;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const HEX = /^[0-9A-Fa-f]+$/;
const KEY_LINE = /^(?:(?:- +)*(?:"[^"]*"|'[^']*')[ \t]*|[^"'#:][^#:]*):(?:\s|$)/;
const REDACTED = '[redacted]';
