import { type ApiAnswer, ApiError, type ApiRequest } from './api.ts';
import type { ListRequest } from './live.ts';

type Fields = Pick<ListRequest, 'fields'>;

/** What a row lacks of the fields that we act on, as the fault of an answer; undefined where it is whole. */
export function lacks(row: unknown, { fields }: Fields): string | undefined {
  const wrong = Object.entries(fields).find(
    ([name, type]) => typeof (row as Readonly<Record<string, unknown>> | null)?.[name] !== type,
  );
  return wrong && `an answer that is not as documented: a row without a ${wrong[1]} ${wrong[0]}`;
}

/** The row that an answer holds, which must be whole. `ambiguous`: what was asked for is a write, and may be done. */
export function rowIn<T>(
  { result, status, ray }: ApiAnswer<T>,
  fields: Fields,
  { method, path }: ApiRequest,
  ambiguous = false,
): T {
  const fault = lacks(result, fields);
  if (fault === undefined) return result;
  throw new ApiError({ method, path, status, errors: [], fault, ambiguous, advice: ADVICE, ...(ray ? { ray } : {}) });
}

const ADVICE = 'Try again; if it stays so, the API has changed in a way that cf-mtls does not know';
