import { harmless, paragraph } from './harmless.ts';

/**
 * A name as code, also inside a table. A code span where none of its letters can end it; else HTML in which every sign
 * is a character reference and so can neither open nor close anything.
 */
export function code(name: string): string {
  const text = shorten(harmless(name), LONGEST_NAME);
  return /^[^`|\\\s][^`|\\]*$/.test(text) ? `\`${text}\`` : `<code>${escaped(text, LONGEST_NAME, references)}</code>`;
}

/** A message as running text, also inside a table: its signs stand for themselves, nobody is mentioned, nothing is linked. */
export function prose(message: string): string {
  return escaped(shorten(paragraph(message), LONGEST_MESSAGE), LONGEST_MESSAGE, (text) =>
    text.replace(MARKUP, (found) => (/^[@#]/.test(found) ? `${found}<!-- -->` : references(found))),
  );
}

/** Lines as they are, in a fence that none of them can close. */
export function fenced(language: string, lines: readonly string[]): string[] {
  const shown = lines.map((line) => shorten(harmless(line), LONGEST_MESSAGE));
  const longest = shown.reduce((most, line) => Math.max(most, longestRun(line)), 2);
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...shown, fence];
}

/** A part that is read on demand; the summary is ours. */
export function details(summary: string, lines: readonly string[]): string[] {
  return ['<details>', `<summary>${summary}</summary>`, '', ...lines, '', '</details>'];
}

/** The middle of a list gives way where it is longer than `most`. */
export function shortenList<T>(items: readonly T[], most: number, instead: (hidden: number) => T): readonly T[] {
  if (items.length <= most) return items;
  const head = Math.ceil((most - 1) / 2);
  const tail = most - 1 - head;
  return [...items.slice(0, head), instead(items.length - head - tail), ...(tail > 0 ? items.slice(-tail) : [])];
}

/** A text of nothing but signs grows sixfold when it is escaped; it is made shorter then. */
function escaped(text: string, most: number, inSigns: (text: string) => string): string {
  const once = inSigns(text);
  return once.length <= 2 * most ? once : inSigns(shorten(text, Math.floor((text.length * 2 * most) / once.length)));
}

/** The middle of a text gives way where it is longer than `most`. */
function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor((most - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(-half)}`.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '',
  );
}

const longestRun = (line: string): number => Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));

const references = (text: string): string => text.replace(/[^A-Za-z0-9 \u00a0-\uffff]/g, reference);
const reference = (sign: string): string => `&#${sign.charCodeAt(0)};`;

/** Signs that Markdown or GitHub would take for more than a sign: markup, links, mentions, references to issues, emoji. */
const MARKUP = /[&<>`*[\]|\\~$]|(?<!\w)_|_(?!\w)|:\/\/|\bwww\.|[@#](?=\w)|:(?=\w+:)/gi;
const LONGEST_NAME = 260;
const LONGEST_MESSAGE = 1000;
