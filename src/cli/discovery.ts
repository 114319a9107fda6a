import { previousHostnames } from '../desired/index.ts';
import { proxiedNames } from '../live/discover.ts';
import type { HostnamesToAsk } from '../live/read.ts';
import type { Api } from '../model/api.ts';
import type { Scope } from '../model/live.ts';
import type { Door } from './door.ts';

/** What `--discover` and `--previous` say, and where the files stand. */
export interface Discovery {
  readonly discover: 'dns' | null;
  readonly previous: string | null;
  readonly paths: readonly string[];
}

/**
 * Which hostnames of a scope are asked for one by one where associations can't be listed: those that are named, those
 * of the earlier version of the files, and those of the proxied DNS records, which are read only then.
 */
export async function hostnamesToAsk(
  { discover, previous, paths }: Discovery,
  api: Api,
  { files }: Door,
): Promise<(scope: Scope, named: Iterable<string>) => HostnamesToAsk> {
  const earlier = previous === null ? undefined : await previousHostnames(previous, paths, files);
  return (scope, named) => async () => [
    ...named,
    ...(earlier?.get(scope.name) ?? []),
    ...(discover === 'dns' ? await proxiedNames(scope, api) : []),
  ];
}
