import { type Api, ApiError } from '../model/api.ts';
import type { ListRequest, Scope } from '../model/live.ts';

/** What the API says of the credentials: fine, or why not. */
export type TokenState =
  | { readonly ok: true; readonly message: string }
  | { readonly ok: false; readonly message: string };

/** Verifies a token: one of a user, else one that belongs to one of these accounts. A key has no such endpoint. */
export async function verifyToken(api: Api, accounts: readonly string[]): Promise<TokenState> {
  const refused: ApiError[] = [];
  for (const path of ['/user/tokens/verify', ...accounts.map((id) => `/accounts/${id}/tokens/verify`)]) {
    try {
      const { result } = await api.request<Verified | null>({
        method: 'GET',
        path,
        permission: '',
      });
      return stateOf(result, path);
    } catch (error) {
      if (!(error instanceof ApiError) || error.failure.status === undefined) throw error;
      refused.push(error);
      if (/authentication scheme/i.test(error.message)) return KEY;
    }
  }
  const [first] = refused;
  return { ok: false, message: first ? new ApiError({ ...first.failure, advice: UNKNOWN }).message : UNKNOWN };
}

interface Verified {
  readonly status?: string;
  readonly expires_on?: string;
}

const UNKNOWN = 'The API does not accept this token: check that it is whole, not expired, and may be used from here';

const KEY: TokenState = {
  ok: true,
  message: 'a user and a global API key are in use, which may do whatever the user may; there is no token to verify',
};

function stateOf(result: Verified | null, path: string): TokenState {
  const owner = path.startsWith('/user') ? 'of a user' : 'of an account';
  const status = result?.status ?? 'unknown';
  const until = result?.expires_on === undefined ? '' : `, until ${result.expires_on}`;
  return status === 'active'
    ? { ok: true, message: `the token (${owner}) is valid and active${until}` }
    : { ok: false, message: `the token (${owner}) reads ${status}: make another one, or enable it again` };
}

/** Whether one list of a scope can be read; undefined where it can, else why not. */
export async function whyUnreadable(scope: Scope, list: ListRequest, api: Api): Promise<string | undefined> {
  try {
    const { path, query, permission } = list;
    await api.request({ method: 'GET', path: path(scope), permission, ...(query ? { query } : {}) });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError) || error.failure.status === undefined) throw error;
    return list.oneByOne?.notOffered(error) ? undefined : error.message;
  }
}
