import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textsIn } from '../support/folder.ts';
import { ACCOUNT, liveState, type Status, type ZoneGiven } from '../support/live-state.ts';
import { openWorld } from '../support/world.ts';

const LEAVES = ['edge', 'edge ', 'app', 'api', 'shop', '*.wild', 'ü'];
const AUTHORITIES = ['ca-staff', 'ca-guests', 'ca-robots', 'ca-old'];
const NAMES = [
  'Staff',
  'Staff',
  'Guests: "all"',
  '- none',
  '<<',
  'null',
  ' # ',
  'x\u001b[2J\ny\u202e',
  'x'.repeat(350),
];
const OTHER = 'b'.repeat(32);

const status = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Status>('active') },
  fc.constantFrom<Status>(
    'initializing',
    'pending_deployment',
    'deployment_timed_out',
    'pending_deletion',
    'deletion_timed_out',
    'deleted',
  ),
);
const held = (labels: readonly string[]) =>
  fc
    .subarray([...labels])
    .chain((chosen) =>
      fc.tuple(...chosen.map((label) => status.map((its) => ({ label, status: its }))), fc.constant(null)),
    )
    .map((all) => all.filter((it) => it !== null));

const zone = (name: string): fc.Arbitrary<ZoneGiven> =>
  held(LEAVES).chain((hostnameCertificates) => {
    const usable = hostnameCertificates.filter((it) => !/delet/.test(it.status)).map(({ label }) => label);
    const gone = hostnameCertificates.map(({ label }) => label);
    const hostname = fc.constantFrom(
      name,
      `app.${name}`,
      `*.${name}`,
      `a_b.${name}`,
      'elsewhere.example',
      `on.${name}`,
    );
    const link = fc.oneof(
      ...(usable.length === 0
        ? []
        : [
            fc.record({
              hostname,
              label: fc.constantFrom(...usable),
              enabled: fc.boolean(),
              status: fc.constantFrom<Status>('active', 'pending_deployment', 'deployment_timed_out'),
            }),
          ]),
      fc.record({
        hostname,
        label: fc.constantFrom(...(gone.length === 0 ? ['nothing'] : gone)),
        enabled: fc.constant(null),
        status: fc.constantFrom<Status>('pending_deletion', 'deleted', 'active'),
      }),
    );
    return fc.record({
      name: fc.constant(name),
      accountId: fc.constantFrom(ACCOUNT, OTHER),
      enabled: fc.boolean(),
      tlsClientAuth: fc.constantFrom('on' as const, 'off' as const),
      zoneCertificates: held(LEAVES),
      hostnameCertificates: fc.constant(hostnameCertificates),
      links: fc.uniqueArray(link, { selector: (it) => it.hostname, maxLength: 6 }),
    });
  });

const account = (id: string) =>
  fc.record({
    id: fc.constant(id),
    access: fc.uniqueArray(
      fc.record({
        label: fc.constantFrom(...AUTHORITIES),
        name: fc.constantFrom(...NAMES),
        hostnames: fc.uniqueArray(fc.constantFrom('b.example.com', 'a.example.com', '*.example.net'), { maxLength: 3 }),
      }),
      { selector: ({ label, name }) => `${label} ${name}`, maxLength: 5 },
    ),
    settings: fc.uniqueArray(
      fc.record({
        hostname: fc.constantFrom('a.example.com', 'b.example.com'),
        china_network: fc.boolean(),
        client_certificate_forwarding: fc.boolean(),
      }),
      { selector: ({ hostname }) => hostname },
    ),
  });

const live = fc.record({
  zones: fc.tuple(zone('example.com'), zone('example.net'), zone('example.org')),
  accounts: fc.tuple(account(ACCOUNT), account(OTHER)),
});

it('of whatever is live, the plan of an import is empty, and a second import has the same bytes', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(live, async ({ zones, accounts }) => {
      const state = await liveState(zones, accounts);
      const world = await openWorld({ state, features: { accessDuplicates: 'allowed' } });
      try {
        const first = await world.run('import', '--all', '--out', 'one');
        expect(first.code, first.stderr).toBe(0);
        const plan = await world.run('plan', '-f', 'one', '--detailed-exitcode');
        expect(plan.stdout + plan.stderr).toContain('No changes. Your infrastructure matches the configuration.');
        expect(plan.code, plan.stdout + plan.stderr).toBe(0);
        const second = await world.run('import', '--all', '--out', 'two', '--parallelism', '1');
        expect(second.code, second.stderr).toBe(0);
        const texts = textsIn(join(world.folder, 'one'));
        expect(textsIn(join(world.folder, 'two'))).toEqual(texts);
        expect((await world.run('import', '--all', '--out', 'one', '--merge')).stdout).toContain('Nothing to write');
        expect(textsIn(join(world.folder, 'one'))).toEqual(texts);
        expect(world.simulator.writes).toEqual([]);
      } finally {
        await world.close();
      }
    }),
    { numRuns: 25 },
  );
});
