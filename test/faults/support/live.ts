import type { Simulator, SimulatorState } from '../../../src/simulator/index.ts';

/** Everything that the API shows in its lists, without ids and times: two worlds with the same text are in the same state. */
export async function shown(simulator: Pick<Simulator, 'handle' | 'state'>): Promise<string> {
  const { zones, accounts } = simulator.state;
  const lines: string[] = [];
  for (const path of [...zones.flatMap(ofZone), ...accounts.flatMap(({ id }) => ofAccess(`/accounts/${id}`))]) {
    const answer = await simulator.handle({ method: 'GET', url: path, headers: HEADERS, body: '' });
    const { result } = JSON.parse(answer.body) as { result: unknown };
    lines.push(`${path}: ${JSON.stringify(plain(result, names(simulator.state)))}`);
  }
  return lines.sort().join('\n');
}

/** What of a state is not as it should be, as sentences. */
export function differences(end: string, goal: string): readonly string[] {
  const [are, should] = [end.split('\n'), goal.split('\n')];
  const wrong = are.filter((line) => !should.includes(line));
  const missing = should.filter((line) => !are.includes(line));
  return wrong.length + missing.length === 0
    ? []
    : [`it ends with\n${wrong.join('\n')}\ninstead of\n${missing.join('\n')}`];
}

const HEADERS = { authorization: 'Bearer look' };

const ofZone = ({ id }: { readonly id: string }): readonly string[] => [
  `/zones/${id}/origin_tls_client_auth`,
  `/zones/${id}/origin_tls_client_auth/settings`,
  `/zones/${id}/settings/tls_client_auth`,
  `/zones/${id}/origin_tls_client_auth/hostnames/certificates`,
  `/zones/${id}/origin_tls_client_auth/hostnames?status=all&per_page=1000`,
  ...ofAccess(`/zones/${id}`),
];
const ofAccess = (scope: string): readonly string[] => [
  `${scope}/access/certificates`,
  `${scope}/access/certificates/settings`,
];

/** Certificates by their fingerprint instead of their id. */
function names({ zones }: SimulatorState): ReadonlyMap<string, string> {
  return new Map(
    zones.flatMap(({ hostnameCertificates }) => hostnameCertificates.map(({ id, sha256 }) => [id, sha256])),
  );
}

/** Rows that are there, in an order of their own. */
function plain(value: unknown, name: ReadonlyMap<string, string>): unknown {
  if (value === null) return [];
  if (Array.isArray(value))
    return value
      .filter((row: { status?: string }) => row.status !== 'deleted')
      .map((row) => plain(row, name))
      .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  if (typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(
    ([key]) => key !== 'id' && !/_(on|at)$/.test(key) && !['certificate', 'serial_number'].includes(key),
  );
  return Object.fromEntries(
    kept.map(([key, item]) => [key, key === 'cert_id' ? (name.get(String(item)) ?? item) : item]),
  );
}
