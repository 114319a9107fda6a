import { expect, it } from 'vitest';
import { ACCOUNT, liveState, type ZoneGiven } from '../support/live-state.ts';
import { type DesiredState, openWorld, type Ran, type WorldOptions } from '../support/world.ts';

async function outcome(
  command: readonly string[],
  want: DesiredState,
  zones: readonly ZoneGiven[],
  options: WorldOptions = {},
): Promise<Ran> {
  const world = await openWorld({ state: await liveState(zones), ...options });
  try {
    await world.want(want);
    return await world.run(...command);
  } finally {
    await world.close();
  }
}

const pulls = (authenticated_origin_pulls: object, policy: object = {}): DesiredState => ({
  zones: { 'example.com': { authenticated_origin_pulls, policy } },
});
const TEN = Array.from({ length: 10 }, (_, at) => ({ label: `n${at}` }));
const STAFF = { accounts: { [ACCOUNT]: { access: { certificates: { Staff: { certificate: 'ca-staff' } } } } } };

/** Where the wanted state can't be reached: what is live, what is wanted, and the words that say what to do. */
const CASES: readonly {
  readonly name: string;
  readonly want: DesiredState;
  readonly zones: readonly ZoneGiven[];
  readonly options?: WorldOptions;
  readonly command?: readonly string[];
  readonly says: readonly string[];
}[] = [
  {
    name: 'a newer certificate that is not pruned shadows the wanted one',
    want: pulls({ certificate: 'edge-old' }, { prune: false }),
    zones: [{ name: 'example.com', zoneCertificates: [{ label: 'edge-old' }, { label: 'edge-new' }] }],
    says: ['is newer and stays', 'Prune zone_certificate in this zone, delete the newer one by hand, or name it'],
  },
  {
    name: 'certificates that are not pruned take every place',
    want: pulls({ hostname_certificates: ['app'] }, { prune: false }),
    zones: [{ name: 'example.com', hostnameCertificates: TEN }],
    says: [
      'of 10 places 10 are taken',
      '10 of them are not in the files and stay',
      'Prune it, delete what is not needed',
    ],
  },
  {
    name: 'certificates of hostnames that are not listed take every place',
    want: pulls({ hostnames: { 'app.example.com': { certificate: 'app' } } }),
    zones: [{ name: 'example.com', hostnameCertificates: TEN }],
    options: { features: { associationList: '404' } },
    says: ['of 10 places 10 are taken', 'the API does not list here which hostname uses them'],
  },
  {
    name: 'the plan of the zone locks tls_client_auth',
    want: { zones: { 'example.com': { tls_client_auth: 'on' } } },
    zones: [{ name: 'example.com' }],
    options: { features: { tlsClientAuthEditable: false } },
    says: ['its plan does not allow it', 'Take the key out of the file, or write what is live (off).'],
  },
  {
    name: 'Access is not enabled',
    want: STAFF,
    zones: [],
    options: { features: { accessEnabled: false } },
    says: ['9999 access.api.error.not_enabled', 'Turn on Access (Zero Trust) for this account in the dashboard first'],
  },
  {
    name: 'the plan of the account has no CA certificates',
    want: STAFF,
    zones: [],
    options: { limits: { accessCertificates: 0 } },
    command: ['apply', '--auto-approve'],
    says: ['maximum number of certificates has been reached', 'Enterprise has 50 CA certificates, other plans none'],
  },
];

for (const { name, want, zones, options, command = ['plan'], says } of CASES)
  it(`says what to do where ${name}`, async () => {
    const { code, stdout } = await outcome(command, want, zones, options);
    expect(code).toBe(1);
    const errors = stdout.split('\n').filter((line) => line.startsWith('Error: '));
    for (const words of says) expect(errors.join('\n')).toContain(words);
    expect(stdout).not.toMatch(/\b1[1-9] of 10\b/);
  });
