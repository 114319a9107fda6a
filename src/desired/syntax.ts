import { type Document, visit } from 'yaml';
import type { Faults } from './faults.ts';
import type { Source } from './source.ts';

/** States what is wrong with the YAML of a file: one fault a line, since each mistake makes the parser stumble twice. */
export function addSyntaxFaults(document: Document.Parsed, source: Source, faults: Faults): void {
  const lines = new Set<number>();
  for (const error of document.errors.slice(0, 1000)) {
    const isQuote = /^Missing closing .quote/.test(error.message);
    const at = source.position(isQuote ? openQuote(document, error.pos[0]) : error.pos[0]);
    if (lines.has(at.line) || lines.size >= MOST) continue;
    lines.add(at.line);
    const isDeep = error.message.startsWith('Maximum call stack');
    const [message, advice] = isDeep
      ? TOO_DEEP
      : isQuote
        ? OPEN_QUOTE
        : (WORDS[error.code] ?? [`This is not valid YAML: ${safe(error.message)}.`, GENERAL]);
    faults.addAt(source, at, { message, advice });
  }
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

const OPEN_QUOTE = ['A quote is opened here and never closed.', 'Close it, or take it away.'] as const;

const GENERAL = 'Look at the indentation, quotes and brackets here and in the lines above.';
const MOST = 20;

const WORDS: Readonly<Partial<Record<Document.Parsed['errors'][number]['code'], readonly [string, string]>>> = {
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
