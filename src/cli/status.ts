import { resolve } from 'node:path';
import { defaultPolicy } from '../desired/index.ts';
import { readScope } from '../live/read.ts';
import type { Desired, ScopeWant } from '../model/document.ts';
import { InternalError } from '../model/fault.ts';
import type { Scope, ScopeLive } from '../model/live.ts';
import type { ListName } from '../model/names.ts';
import type { Overview, ScopeOverview } from '../model/overview.ts';
import type { Coverage } from '../model/plan.ts';
import { eachSideBySide } from '../model/side-by-side.ts';
import { statusFacts } from '../model/status.ts';
import { presentedBy } from '../plan/presented.ts';
import { renderStatusJson } from '../report/status-json.ts';
import { renderStatusMarkdown } from '../report/status-markdown.ts';
import { renderStatusMetrics } from '../report/status-metrics.ts';
import { renderStatusText } from '../report/status-text.ts';
import { overview } from '../watch/overview.ts';
import { overviewOfScope } from '../watch/scope.ts';
import type { Arguments } from './args.ts';
import { chosenScopes, shardTest } from './choice.ts';
import { counter } from './count.ts';
import { hostnamesToAsk } from './discovery.ts';
import type { Connected, Door } from './door.ts';
import { checkChoice, hasNoAccess, liveScopes, type ScopeFailure } from './live-scopes.ts';
import { hasFiles, load } from './load.ts';
import { withApi } from './plan.ts';
import { scopeOf } from './planning.ts';
import { nothingWanted } from './wants.ts';

/** `cf-mtls status`: what origins see. Exits 2 when a certificate is due or expired or something is stuck, 1 where a scope can't be read. */
export async function status(args: Arguments, door: Door): Promise<number> {
  const { options } = args;
  const chooses = options.all || options.zone !== undefined || options.account !== undefined;
  const desired = !chooses || hasFiles(args, door) ? load(args, door) : undefined;
  if (chooses) checkChoice(options, 'status');
  const policy = desired?.policy ?? defaultPolicy();
  return withApi(args, door, policy, async (connected) => {
    const read = await readAll(args, desired, connected, door);
    const result = overview({
      ...read,
      toolVersion: door.version,
      dueDays: options.due ?? policy.expiryWarningDays,
      now: door.clock.now(),
      requests: connected.api.requests,
    });
    if (options.metrics !== undefined)
      await door.save(resolve(door.files.cwd, options.metrics), renderStatusMetrics(result));
    print(result, args, door);
    if (result.failures.length > 0) return 1;
    return result.findings.some(({ kind }) => kind !== 'full') ? 2 : 0;
  });
}

function print(result: Overview, { options }: Arguments, { stdout }: Door): void {
  if (options.format === 'json') stdout.write(renderStatusJson(result));
  else if (options.format === 'markdown') stdout.write(renderStatusMarkdown(result));
  else stdout.write(renderStatusText(result, { color: stdout.color, width: stdout.width() }));
}

interface Read {
  readonly scopes: readonly ScopeOverview[];
  readonly failures: readonly ScopeFailure[];
  readonly coverage: readonly Coverage[];
  readonly stuckLinks: ReadonlyMap<string, readonly { readonly hostname: string; readonly status: string }[]>;
}

async function readAll(
  { options }: Arguments,
  desired: Desired | undefined,
  connected: Connected,
  door: Door,
): Promise<Read> {
  const { wants, failures: missing } = await wantsOf(options, desired, connected);
  const { api } = connected;
  const { registry } = door;
  const discovery = {
    discover: options.discover === undefined ? null : 'dns',
    previous: options.previous ?? null,
    paths: options.file ?? [],
  } as const;
  const toAsk = await hostnamesToAsk(discovery, api, door);
  const scopes = new Map<string, ScopeOverview>();
  const coverage = new Map<string, Coverage>();
  const stuckLinks = new Map<string, readonly { readonly hostname: string; readonly status: string }[]>();
  const failures = [...missing];
  const labels = labelsIn(desired);
  const room = roomOf(door);
  const step = counter(wants.length, 'zones and accounts', door);
  await eachSideBySide(wants, options.parallelism ?? 8, async ({ scope, want }) => {
    try {
      const named = [...(want.originPulls.hostnames?.keys() ?? [])];
      const live = await readScope(scope, listsFor(scope, want), toAsk(scope, named), { api, lists: registry.lists });
      const things = registry.kinds.flatMap((kind) => kind.shows(live, want));
      const presented = presentedBy(things, live);
      scopes.set(scope.id, overviewOfScope({ live, things, presented, named, labels, room }));
      stuckLinks.set(scope.name, stuckIn(live));
      if (live.asked !== undefined) coverage.set(scope.id, { scope: scope.name, asked: live.asked, message: UNLISTED });
    } catch (error) {
      if (error instanceof InternalError || !(error instanceof Error)) throw error;
      if (!hasNoAccess(options, error)) failures.push({ scope: scope.name, error: error.message });
    }
    step();
  });
  const inOrder = <T>(found: ReadonlyMap<string, T>) => wants.flatMap(({ scope }) => found.get(scope.id) ?? []);
  return { scopes: inOrder(scopes), failures, coverage: inOrder(coverage), stuckLinks };
}

const UNLISTED =
  'The API does not list hostname associations here: only hostnames that are known were asked for, one by one. Others can not be seen.';

interface Wanted {
  readonly scope: Scope;
  readonly want: ScopeWant;
}

/** The scopes of the files, or of the command line where there are none or everything is asked for. */
async function wantsOf(
  options: Arguments['options'],
  desired: Desired | undefined,
  connected: Connected,
): Promise<{ readonly wants: readonly Wanted[]; readonly failures: readonly ScopeFailure[] }> {
  const inShard = shardTest(options.shard ?? null);
  if (desired === undefined || options.all) {
    const { scopes: live, failures } = await liveScopes(options, connected);
    const scopes = live.filter(({ name }) => inShard(name));
    const known = new Map(desired?.scopes.map((want) => [`${want.kind} ${want.name}`, want]));
    const wants = scopes.map((scope) => ({
      scope,
      want: known.get(`${scope.kind} ${scope.name}`) ?? nothingWanted(scope),
    }));
    return { wants, failures };
  }
  const chosen = chosenScopes(desired, options.zone ?? [], options.account ?? []).filter(({ name }) => inShard(name));
  const zones = await connected.findZones(chosen.filter(({ kind }) => kind === 'zone'));
  const failures: ScopeFailure[] = [];
  const wants = chosen.flatMap((want) => {
    try {
      return [{ scope: scopeOf(want, zones), want }];
    } catch (error) {
      if (error instanceof InternalError || !(error instanceof Error)) throw error;
      failures.push({ scope: want.name, error: error.message });
      return [];
    }
  });
  return { wants, failures };
}

/** Everything about certificates, whether the files manage it or not; Access of a zone only where they speak of it. */
function listsFor({ kind }: Scope, { access }: ScopeWant): readonly ListName[] {
  if (kind === 'account') return ['access_certificates'];
  return access.certificates === undefined ? ZONE_LISTS : [...ZONE_LISTS, 'access_certificates'];
}

const ZONE_LISTS: readonly ListName[] = [
  'zone_certificates',
  'zone_enablement',
  'tls_client_auth',
  'hostname_certificates',
  'hostname_associations',
];

function labelsIn(desired: Desired | undefined): ReadonlyMap<string, string> {
  const materials = [...(desired?.certificates.values() ?? [])];
  return new Map(
    materials.flatMap(({ label, fingerprint, md5s }) => [fingerprint, ...md5s].map((it) => [it, label] as const)),
  );
}

function roomOf({ registry }: Door) {
  const kind = registry.kinds.find(({ name }) => name === 'hostname_certificate');
  return { hostnameCertificates: kind?.capacity?.limit ?? 0, hostnamesPerCertificate: kind?.referenceLimit ?? 0 };
}

const stuckIn = ({ lists }: ScopeLive) =>
  (lists.hostname_associations ?? []).flatMap(({ hostname, status: its }) =>
    its && statusFacts(its).stuck ? [{ hostname, status: its }] : [],
  );
