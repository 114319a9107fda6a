import type { Answer } from './answer.ts';
import type { Credential, TokenRow } from './auth.ts';
import type { Fields } from './body.ts';
import type { World } from './world.ts';

/** One request on its way into a handler: found, known and allowed. */
export interface Call {
  readonly world: World;
  readonly credential: Credential;
  /** Of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Empty where the endpoint takes none. */
  readonly body: Fields;
}
export type Handler = (call: Call) => Answer;

/** A part of the path that the route is sure to hold. */
export const param = (call: Call, name: string): string => call.params[name] ?? '';

/** The configured token that asks, where tokens are configured. */
export function tokenOf(call: Call): TokenRow | undefined {
  return call.world.registry.tokens.find(({ sha256 }) => sha256 === call.credential.sha256);
}
