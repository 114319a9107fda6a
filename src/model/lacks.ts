import type { ApiFailure } from './api.ts';
import type { ListRequest } from './live.ts';

/** What a row lacks of the fields that we act on, as the fault of an answer; undefined where it is whole. */
export function lacks(row: unknown, { fields }: Pick<ListRequest, 'fields'>): ApiFailure['fault'] {
  const wrong = Object.entries(fields).find(
    ([name, type]) => typeof (row as Readonly<Record<string, unknown>> | null)?.[name] !== type,
  );
  return wrong && `an answer that is not as documented: a row without a ${wrong[1]} ${wrong[0]}`;
}
