import { ApiError } from '../model/api.ts';
import { saysOverlap } from '../model/overlap.ts';

/** What a refusal of a write comes to. The API shares codes and statuses between meanings, so words decide as well. */
export type Conflict =
  /** No answer was read: it may have been carried out. */
  | 'lost'
  /** The store holds this certificate: live, or on its way out. */
  | 'exists'
  /** It is deleted, or about to be: for a deletion, that is done. */
  | 'gone'
  /** The id names no certificate of this store that is still there. */
  | 'invalid'
  | 'in use'
  | 'deploying'
  /** Access has not taken over the change before. */
  | 'updating'
  /** Another Access certificate holds a hostname, and the API takes none on two. */
  | 'overlap'
  /** Another change of the same zone or account is under way. */
  | 'busy';

/** Whether an error is one of these conflicts. What is refused at last may have been lost at first: then it is both. */
export const meets =
  (...conflicts: readonly Conflict[]) =>
  (error: unknown): boolean => {
    if (!(error instanceof ApiError)) return false;
    const refused = CONFLICTS.find(([, applies]) => applies(error))?.[0];
    return conflicts.some((conflict) => conflict === refused || (conflict === 'lost' && error.failure.ambiguous));
  };

const code =
  (...codes: readonly number[]) =>
  (error: ApiError): boolean =>
    error.has(...codes);
const words = (error: ApiError, pattern: RegExp): boolean =>
  error.failure.errors.some(({ message }) => pattern.test(message));

/** The first that applies. Codes and words: api-facts d. */
const CONFLICTS: readonly (readonly [conflict: Conflict, applies: (error: ApiError) => boolean])[] = [
  ['exists', code(1406)],
  ['gone', code(1414, 1551, 1552, 1553, 12135)],
  // The zone's own store says it in words, with a code that nobody has written down.
  ['gone', (error) => error.failure.status === 400 && words(error, /already (been )?deleted/i)],
  ['invalid', code(1415)],
  ['in use', code(1433)],
  ['deploying', code(1434)],
  // Not known for sure, and so by its words, with any of the codes that it may come with.
  [
    'overlap',
    (error) =>
      (error.has(12130, 12132) || error.failure.status === 409) &&
      error.failure.errors.some(({ message }) => saysOverlap(message)),
  ],
  // One code for three things.
  ['updating', (error) => error.has(12132) && words(error, /still being updated/i)],
  ['in use', (error) => error.has(12132) && words(error, /active.associations/i)],
  ['exists', (error) => error.has(12130, 12132) && words(error, /already exists/i)],
  ['busy', ({ failure }) => failure.status === 409],
];
