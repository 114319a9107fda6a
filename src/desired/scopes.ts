import type { Prune, ScopeKind, ScopeWant } from '../model/document.ts';
import { normalizeHostname } from '../model/hostname.ts';
import { readAccess } from './access.ts';
import { asMapping, asText, defined } from './data.ts';
import { byName, type Context, type Desk, type HostnameNote, type Labels, type ScopeDetail } from './desk.ts';
import type { Faults } from './faults.ts';
import { readOriginPulls } from './origin-pulls.ts';
import { readScopePolicy } from './policy.ts';
import { quote } from './redact.ts';
import type { Path } from './tree.ts';

/** Turns zones and accounts into what they mean, hostnames normalised and labels resolved: one after the other. */
export function* readScopes(
  data: Readonly<Record<string, unknown>>,
  labels: Labels,
  prune: Prune,
  faults: Faults,
): Generator<ScopeDetail> {
  const kinds = Object.keys(data).flatMap((key): ScopeKind[] =>
    key === 'zones' ? ['zone'] : key === 'accounts' ? ['account'] : [],
  );
  for (const kind of kinds) {
    const section = kind === 'zone' ? 'zones' : 'accounts';
    const scopes = byName(data[section], [section], kind === 'zone' ? zoneName : accountName, faults);
    for (const { name, path, value } of scopes)
      yield readScope(kind, name, path, asMapping(value) ?? {}, { labels, prune, faults });
  }
}

function readScope(
  kind: ScopeKind,
  name: string,
  path: Path,
  data: Readonly<Record<string, unknown>>,
  context: Context,
): ScopeDetail {
  const desk: Desk = { ...context, uses: [], hostnames: [] };
  const id = kind === 'account' ? name : asText(data.id)?.toLowerCase();
  const want: ScopeWant = {
    kind,
    name,
    at: context.faults.locate(path, 'key'),
    ...defined({
      id,
      accountId: asText(data.account_id)?.toLowerCase(),
      tlsClientAuth: SWITCH.get(data.tls_client_auth),
    }),
    originPulls: readOriginPulls(data.authenticated_origin_pulls, [...path, 'authenticated_origin_pulls'], desk),
    access: readAccess(data.access, [...path, 'access'], desk),
    ...readScopePolicy(data.policy, context.prune),
  };
  const { uses, hostnames } = desk;
  const labels = new Set(uses.map(({ label }) => label));
  return { want, path, labels, settings: hostnames.filter(isSetting), uses, hostnames };
}

const isSetting = ({ section }: HostnameNote): boolean => section === 'hostname_settings';

function zoneName(text: string, path: Path, faults: Faults): string | null {
  const name = normalizeHostname(text);
  if (name?.includes('.') && !name.startsWith('*.')) return name;
  const advice = 'Write the name of the zone, such as `example.com`.';
  faults.add({ path, on: 'key', message: `${quote(text)} is not the name of a zone.`, advice });
  return null;
}

/** The shape of ids is the schema's to judge. */
function accountName(text: string): string | null {
  return /^[0-9a-f]{32}$/i.test(text) ? text.toLowerCase() : null;
}

const SWITCH: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ['on', true],
  ['off', false],
  [true, true],
  [false, false],
]);
