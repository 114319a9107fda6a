import { ApiError, type ApiFailure, type ApiRequest, unread } from '../model/api.ts';
import { InputError, inputError } from '../model/fault.ts';
import { adviceFor } from './advice.ts';
import type { HeadersLike } from './arrival.ts';
import type { Closed } from './gate.ts';
import { type Facts, INTERRUPTED } from './retry.ts';

/** The facts of a failed request as the rest of the program knows them. `uncertain`: it may have been carried out. */
export function failureOf(
  request: ApiRequest,
  facts: Facts & { headers?: HeadersLike },
  uncertain: boolean,
): ApiFailure {
  const ray = rayOf(facts.headers);
  const fault = facts.fault ?? (facts.errors.length === 0 ? 'refused without a reason' : undefined);
  return {
    method: request.method,
    path: request.path,
    errors: facts.errors,
    permission: request.permission,
    ambiguous: uncertain,
    ...(facts.status === undefined ? {} : { status: facts.status }),
    ...(fault === undefined ? {} : { fault }),
    ...(ray === undefined ? {} : { ray }),
  };
}

/** The error to throw: the facts, and what to do about them. */
export function errorOf(request: ApiRequest, facts: Facts & { headers?: HeadersLike }, uncertain: boolean): ApiError {
  const advice = adviceFor(facts, request.permission);
  return new ApiError({ ...failureOf(request, facts, uncertain), ...(advice === undefined ? {} : { advice }) });
}

/** The error of a request that the gate did not let through; `last` is what came of its earlier attempt. */
export function closedError(closed: Closed, request: ApiRequest, last: Facts | undefined, uncertain: boolean): Error {
  switch (closed.why) {
    case 'stopped':
      return errorOf(request, { ...NOTHING, broken: INTERRUPTED, fault: INTERRUPTED }, uncertain);
    case 'rate limit':
      return new ApiError({
        ...failureOf(request, last ?? { ...NOTHING, fault: 'rate limit' }, uncertain),
        advice: `${closed.message}. Run again later, or raise policy.wait.rate_limit`,
      });
    case 'max requests':
      // What an earlier attempt may have done outweighs the budget: the caller has to look.
      if (uncertain && last) return errorOf(request, last, uncertain);
      return inputError(
        `${closed.message} before ${request.method} ${request.path}`,
        'Raise it, or choose fewer scopes with --zone and --account',
      );
    default:
      return closed.why satisfies never;
  }
}

/**
 * The error where a write was lost, and the look after it could not be taken: what it may have done comes first. What the
 * look itself has found is its own error.
 */
export function lostError(error: unknown, request: ApiRequest, last: Facts & { headers?: HeadersLike }): unknown {
  if (error instanceof ApiError && error.failure.fault === INTERRUPTED)
    return errorOf(request, { ...NOTHING, broken: INTERRUPTED, fault: INTERRUPTED }, true);
  if (!(error instanceof ApiError || error instanceof InputError)) return error;
  return unread(failureOf(request, last, true), error);
}

/** `cf-ray`, which Cloudflare's support asks for. */
export function rayOf(headers: HeadersLike | undefined): string | undefined {
  return /^[\w-]{1,24}$/.exec(headers?.get('cf-ray') ?? '')?.[0];
}

export const NOTHING: Facts = { success: false, errors: [] };
