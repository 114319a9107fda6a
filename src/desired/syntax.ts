import { type Document, visit, type YAMLParseError } from 'yaml';
import type { Faults } from './faults.ts';
import type { Source } from './source.ts';

/** States what is wrong with the YAML of a file: one fault a line, since each mistake makes the parser stumble twice. */
export function addSyntaxFaults(document: Document.Parsed, source: Source, faults: Faults): void {
  const lines = new Set<number>();
  const openedAt = openBrackets(document);
  const end = source.text.trimEnd().length;
  // What an open quote swallows may well hold the bracket that seems to be missing.
  const errors = document.errors.some(isQuote) ? document.errors.filter((it) => !isBracket(it)) : document.errors;
  for (const error of errors.slice(0, 1000)) {
    const { offset, also, words } = told(error, document, openedAt, end);
    const at = source.position(offset);
    if (lines.has(at.line) || lines.size >= MOST) continue;
    lines.add(at.line);
    const [message, advice] = words;
    faults.addAt(source, at, { message, advice, ...(also === undefined ? {} : { also: source.position(also) }) });
  }
}

interface Told {
  readonly offset: number;
  readonly also?: number;
  readonly words: readonly [string, string];
}

function told(
  error: YAMLParseError,
  document: Document.Parsed,
  openedAt: (place: number) => number,
  end: number,
): Told {
  const { code, message, pos } = error;
  const [offset] = pos;
  if (isQuote(error)) return { offset: openQuote(document, offset), words: OPEN_QUOTE };
  if (isBracket(error)) {
    const opened = openedAt(offset);
    return offset >= end ? { offset: opened, words: OPEN_BRACKET } : { offset, also: opened, words: CUT_BRACKET };
  }
  if (message.startsWith('Maximum call stack')) return { offset, words: TOO_DEEP };
  return { offset, words: WORDS[code] ?? [`This is not valid YAML: ${safe(message)}.`, GENERAL] };
}

const isQuote = ({ message }: YAMLParseError): boolean => /^Missing closing .quote/.test(message);
const isBracket = ({ message }: YAMLParseError): boolean => /^Flow (map|sequence) .*must .*end with a/.test(message);

/**
 * Finds the bracket that is not closed, from the place before which it should have been, which is all that the parser
 * tells. Where several are open there, it tells the inner ones first.
 */
function openBrackets(document: Document.Parsed): (place: number) => number {
  const missing = new Map<number, number>();
  for (const { pos } of document.errors.filter(isBracket)) missing.set(pos[0], (missing.get(pos[0]) ?? 0) + 1);
  const opened = new Map<number, number[]>();
  const note = (start: number, end: number): void => {
    const found = opened.get(end) ?? [];
    // Outer ones come first; one that is closed right before the place lies within those that are not.
    if (found.length < (missing.get(end) ?? 0)) opened.set(end, [...found, start]);
  };
  if (missing.size > 0)
    visit(document, { Collection: (_, { flow, range }) => void (flow && range && note(range[0], range[1])) });
  return (place) => opened.get(place)?.pop() ?? place;
}

/** Where the quote stands that is never closed: the parser only tells the end of the file. */
function openQuote(document: Document.Parsed, end: number): number {
  let start = end;
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type?.startsWith('QUOTE') && range && range[1] >= end - 1) start = range[0];
    },
  });
  return start;
}

/** The parser's own words without what they quote of the file, which may be a secret. */
const safe = (message: string): string => message.split(/: |"/)[0] ?? message;

/** The parser has no limit of its own but the stack. */
export const TOO_DEEP = [
  'The file is nested too deeply.',
  'Nothing that can be said here needs more than ten levels.',
] as const;

const OPEN_BRACKET = ['A bracket is opened here and never closed.', 'Close it, or take it away.'] as const;

const CUT_BRACKET = [
  'A bracket is not closed before this place, or this line is indented too little to stand in it.',
  'Close the bracket, or indent the line further than the one that the bracket is in.',
] as const;

const OPEN_QUOTE = ['A quote is opened here and never closed.', 'Close it, or take it away.'] as const;

const GENERAL = 'Look at the indentation, quotes and brackets here and in the lines above.';
const MOST = 20;

const WORDS: Readonly<Partial<Record<YAMLParseError['code'], readonly [string, string]>>> = {
  TAB_AS_INDENT: ['A tab indents this line, and YAML allows only spaces.', 'Replace the tab by spaces.'],
  MULTIPLE_DOCS: ['The file holds more than one YAML document.', 'Put each document into a file of its own.'],
  BAD_INDENT: ['The indentation of this line does not fit the lines above.', GENERAL],
  BLOCK_AS_IMPLICIT_KEY: [
    'A second `key:` stands where a value was expected.',
    'Put it on a line of its own, or the value in quotes where it holds a colon and a space.',
  ],
  BAD_SCALAR_START: ['A value cannot start with this character unless it is in quotes.', 'Put the value in quotes.'],
  BAD_DQ_ESCAPE: [
    'A backslash in double quotes begins an escape that YAML does not know.',
    'Write two backslashes, or use single quotes.',
  ],
  NON_STRING_KEY: ['A key must be plain text.', 'Write the key as one word or in quotes.'],
  MULTILINE_IMPLICIT_KEY: ['A key must stand on one line and end with a colon.', GENERAL],
  KEY_OVER_1024_CHARS: ['A key must be shorter than 1024 characters.', GENERAL],
};
