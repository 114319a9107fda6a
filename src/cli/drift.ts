import { resolve } from 'node:path';
import { type DriftFacts, type LiveCertificate, renderDriftMetrics } from '../report/drift-metrics.ts';
import { checkSummary, publish } from './actions.ts';
import type { Arguments } from './args.ts';
import type { Connected, Door } from './door.ts';
import { load } from './load.ts';
import { print, withApi } from './plan.ts';
import { inputsOf, type Planning, planAll } from './planning.ts';

/** `cf-mtls drift`: a plan that nobody applies. 0 no drift; 2 drift, or what an apply would refuse; 1 not everything could be read. */
export async function drift(args: Arguments, door: Door): Promise<number> {
  const started = door.clock.now();
  checkSummary(args, door);
  const desired = load(args, door);
  return withApi(args, door, desired.policy, async (connected) => {
    const planning = await planAll(desired, inputsOf(args), connected, door);
    const { plan } = planning;
    print(plan, args, door);
    publish(planning, args, door);
    if (args.options.metrics !== undefined) await saveMetrics(args.options.metrics, planning, started, connected, door);
    if (plan.failures.length > 0) return 1;
    return plan.changes.length > 0 || plan.refusals.some(({ allowed }) => !allowed) ? 2 : 0;
  });
}

async function saveMetrics(
  file: string,
  planning: Planning,
  started: number,
  { api }: Connected,
  door: Door,
): Promise<void> {
  const path = resolve(door.files.cwd, file);
  const facts = { ...factsOf(planning, door), requests: api.requests, started, ended: door.clock.now() };
  await door.save(path, renderDriftMetrics(facts, textOf(path, door)));
}

function factsOf(
  { plan, scopes }: Planning,
  { registry }: Door,
): Pick<DriftFacts, 'plan' | 'managed' | 'certificates'> {
  return {
    plan,
    managed: scopes.map(({ want }) => ({
      scope: want.name,
      kinds: registry.kinds.filter((kind) => kind.reads(want).length > 0).map(({ name }) => name),
    })),
    certificates: scopes.flatMap(({ want, certificates, book }) =>
      certificates.flatMap(({ address, kind, attributes: { fingerprint } }): LiveCertificate[] => {
        const entry = typeof fingerprint === 'string' ? book.entry(fingerprint) : undefined;
        if (entry?.not_after == null) return [];
        const { subject, not_after: notAfter } = entry;
        return [{ address, scope: want.name, kind, fingerprint: String(fingerprint), subject, notAfter }];
      }),
    ),
  };
}

/** What stands in a file; nothing where there is none yet. */
function textOf(path: string, { files }: Door): string {
  try {
    return files.readFile(path).toString('utf8');
  } catch {
    return '';
  }
}
