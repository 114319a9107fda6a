import { expect } from 'vitest';
import type { World } from '../../support/world.ts';

/** Somebody else who changes what is live, past cf-mtls. */
export async function byHand(world: World, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${world.url}${path}`, {
    method,
    headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { readonly result: unknown };
  expect(response.status, JSON.stringify(answer)).toBeLessThan(300);
  return answer.result;
}

/** The id that the simulator gave a zone. */
export function zoneId({ simulator }: World, name = 'example.com'): string {
  const zone = simulator.state.zones.find((known) => known.name === name);
  if (zone === undefined) throw new Error(`no zone ${name} yet`);
  return zone.id;
}

/** Turns the switch of a zone. */
export const turn = (world: World, zone: string, enabled: boolean): Promise<unknown> =>
  byHand(world, 'PUT', `/zones/${zoneId(world, zone)}/origin_tls_client_auth/settings`, { enabled });
