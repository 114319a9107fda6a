import { InternalError } from './fault.ts';

/** What must be there; an internal error that says what is missing where it is not. */
export function found<T>(value: T | undefined, missing: string): T {
  if (value === undefined) throw new InternalError(missing);
  return value;
}
