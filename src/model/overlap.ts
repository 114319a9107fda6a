/**
 * Whether a message of Access refuses a hostname on two certificates. Nobody has recorded its words, so it is known by
 * what they must say: that a hostname is taken, or that another certificate has something.
 */
export const saysOverlap = (message: string): boolean => OVERLAP.test(message) && !/maximum|quota/i.test(message);

const TAKEN = 'already|duplicate|taken|in use';
const OVERLAP = new RegExp(
  [
    '(associated|in use|used) (with|by) (another|a different) (\\w+ )?certificate',
    `(host|domain) ?names?\\b.*\\b(${TAKEN}|another certificate)`,
    `\\b(${TAKEN})\\b.*\\b(host|domain) ?names?\\b`,
  ].join('|'),
  'i',
);
