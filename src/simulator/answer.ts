import type { ApiMessage, Refusal } from './refusal.ts';

/** A request as the simulator sees it: the path and query below the base URL, header names in any case. */
export interface SimRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export interface SimResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a handler says when the request was carried out. */
export interface Answer {
  /** 200 where it is not said. */
  readonly status?: number;
  readonly result: unknown;
  readonly info?: ResultInfo;
  readonly messages?: readonly ApiMessage[];
}
export interface ResultInfo {
  readonly count: number;
  readonly page: number;
  readonly per_page: number;
  readonly total_count: number;
  readonly total_pages: number;
}

export function success(answer: Answer, headers: Readonly<Record<string, string>>): SimResponse {
  return respond(answer.status ?? 200, headers, {
    success: true,
    errors: [],
    messages: answer.messages ?? [],
    result: answer.result,
    ...(answer.info === undefined ? {} : { result_info: answer.info }),
  });
}

export function failure(refusal: Refusal, headers: Readonly<Record<string, string>>): SimResponse {
  const chain = refusal.chain === undefined ? {} : { error_chain: refusal.chain };
  return respond(
    refusal.status,
    { ...headers, ...refusal.headers },
    {
      success: false,
      errors: [{ code: refusal.code, message: refusal.message, ...chain }],
      messages: [],
      result: null,
    },
  );
}

function respond(status: number, headers: Readonly<Record<string, string>>, envelope: object): SimResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'private, no-cache, no-store', ...headers },
    body: JSON.stringify(envelope),
  };
}
