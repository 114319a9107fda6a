/**
 * Makes a name from the API or the files fit to print: what would move the cursor, change colours, break the line
 * or turn the reading direction is shown as its code (`\x1b`, `\u202e`).
 */
export function harmless(text: string): string {
  return text.replace(UNSEEN, escapeOf);
}

/** A message as one paragraph: line breaks become spaces, so that no line of it can pass for one of ours. */
export function paragraph(text: string): string {
  return harmless(text.trim().replace(/\s*[\n\v\f\r\u0085\u2028\u2029]\s*/gu, ' '));
}

/** A message of several lines, each of them fit to print. */
export function harmlessLines(text: string): string {
  return text.split('\n').map(harmless).join('\n');
}

/** A JSON text with the same meaning in which nothing unseen stands raw. */
export function harmlessJson(json: string): string {
  return json.replace(UNSEEN_IN_JSON, (character) =>
    [...Array(character.length).keys()].map((at) => `\\u${hex(character.charCodeAt(at), 4)}`).join(''),
  );
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 1)}}`;
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

/** C1, soft hyphen, bidi controls, zero-width and separator characters, tags, halves of pairs. */
const INVISIBLE =
  '\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}\\p{Cs}';
const UNSEEN = new RegExp(`[\\u0000-\\u001f${INVISIBLE}]`, 'gu');
const UNSEEN_IN_JSON = new RegExp(`[${INVISIBLE}]`, 'gu');
