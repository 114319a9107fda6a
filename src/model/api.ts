/** What a kind may ask of the API: one request, or every page of a list. Made by `cloudflare/client.ts`. */
export interface Api {
  /** Sends one request. Throws ApiError when the API says no, or when no answer came within `policy.retry`. */
  request<T>(request: ApiRequest): Promise<ApiAnswer<T>>;
  /**
   * Looks at what is live and sends the request that this leaves to send; undefined where it leaves nothing. What rate
   * limits or the network hold up is not sent on an old look: it is made anew.
   */
  requestAfter<T>(look: Look): Promise<ApiAnswer<T> | undefined>;
  /** Reads every page of a list; `result: null` is an empty list. Throws where `faultOf` finds a fault in a row. */
  list<T>(request: ApiRequest, faultOf?: FaultOf): Promise<readonly T[]>;
  /** How many requests have been sent so far, retries included. */
  readonly requests: number;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL, beginning with a slash; parts that are not literal are percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of a POST: the API refuses a second one of the same, so after a look it may be sent again where its answer was lost. */
  readonly once?: true;
  /** The token permission that the endpoint needs, named when it is missing: `SSL and Certificates Write`. */
  readonly permission: string;
}

/** What is wrong with a row of a list, as the fault of the answer that holds it; undefined where nothing is. */
export type FaultOf = (row: unknown) => string | undefined;

/** Makes a request from what it reads first. `lost`: an earlier try got no answer, and may have been carried out. */
export type Look = (lost: boolean) => Promise<ApiRequest | undefined>;

export interface ApiAnswer<T> {
  readonly result: T;
  readonly status: number;
  readonly ray?: string;
  readonly auditLogId?: string;
  /** Where the answer is a page of a list that has more than one: how many it has. */
  readonly totalPages?: number;
}

/** What is known of a request that failed; the text is made from this by `describeApiError` alone. */
export interface ApiFailure {
  readonly method: string;
  readonly path: string;
  /** Undefined where no answer came. */
  readonly status?: number;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
  readonly ray?: string;
  readonly permission?: string;
  /** `ECONNRESET`, `UND_ERR_HEADERS_TIMEOUT`, `not JSON` …: what happened where there is no envelope. */
  readonly fault?: string;
  /** Whether a write may have been carried out although no answer to it was read. */
  readonly ambiguous?: boolean;
  readonly advice?: string;
}

export class ApiError extends Error {
  readonly failure: ApiFailure;

  constructor(failure: ApiFailure, options?: ErrorOptions) {
    super(describeApiError(failure), options);
    this.name = 'ApiError';
    this.failure = failure;
  }

  /** True where the envelope carries one of these codes. */
  has(...codes: readonly number[]): boolean {
    return this.failure.errors.some((error) => codes.includes(error.code));
  }
}

/** The error of a write that was lost, where the look after it failed too: what the write may have done comes first. */
export function unread(lost: ApiFailure, why: unknown): ApiError {
  const reason = why instanceof Error ? why.message : String(why);
  const advice = `It may have been carried out, and whether it was could not be read: ${reason}`;
  return new ApiError({ ...lost, advice });
}

function describeApiError(failure: ApiFailure): string {
  const facts = [answerOf(failure), failure.ray && `cf-ray ${failure.ray}`].filter(Boolean).join(', ');
  return `${failure.method} ${failure.path}: ${facts}${failure.advice ? `. ${failure.advice}` : ''}`;
}

/** What the API answered, in short: `HTTP 409, 1409 another mutation is in progress`. */
export function answerOf({ status, errors, fault }: ApiFailure): string {
  const codes = errors.map(({ code, message }) => `${code} ${message}`).join('; ');
  return [status === undefined ? 'no answer' : `HTTP ${status}`, codes || fault].filter(Boolean).join(', ');
}
