import fc from 'fast-check';
import { KIND_NAMES } from '../../src/model/names.ts';
import {
  ACCOUNTS,
  type CaSpec,
  type LiveSpec,
  type Status,
  type Stored,
  ZONES,
  type ZoneSpec,
  zoneId,
} from './live.ts';
import { CAS, LEAVES } from './pool.ts';

/** A world as it is, and what the files of a person want of it, one after the other. */
export interface Case {
  readonly live: LiveSpec;
  readonly wants: readonly Want[];
  readonly world: {
    readonly settingsMode: 'merge' | 'replace';
    readonly associationList: 'on' | '404' | '405' | '7003';
    readonly voidedReads: 'missing' | 'null';
    readonly listLag: number;
    readonly busy: number;
  };
}
/** What stands in the file under `zones`, `accounts` and `policy`. */
export interface Want {
  readonly zones?: Readonly<Record<string, unknown>>;
  readonly accounts?: Readonly<Record<string, unknown>>;
  readonly policy?: Readonly<Record<string, unknown>>;
}

/** Random cases with so many desired states each. */
export function cases(states: number): fc.Arbitrary<Case> {
  return fc.record({
    live: fc.record({
      zones: fc.array(zoneLive, { minLength: 2, maxLength: 2 }),
      accounts: fc.array(accountLive, { minLength: 1, maxLength: 2 }),
    }),
    wants: fc.array(want, { minLength: states, maxLength: states }),
    world: fc.record({
      settingsMode: fc.constantFrom('merge' as const, 'replace' as const),
      associationList: mostly('on' as const, '404' as const, '405' as const, '7003' as const),
      voidedReads: fc.constantFrom('missing' as const, 'null' as const),
      listLag: mostly(0, 5000, 20_000),
      busy: mostly(0, 1500),
    }),
  });
}

/** The first one three times out of four. */
function mostly<T>(usual: T, ...odd: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight: 3 }, { arbitrary: fc.constantFrom(...odd), weight: 1 });
}

/** So few that what is wanted of a zone is often live already, behind or in front of others. */
const FEW = LEAVES.slice(-5);
const hostname = (zone: string) => fc.integer({ min: 0, max: 9 }).map((place) => `h${place}.${zone}`);
const HOSTS = Array.from({ length: 10 }, (_, place) => place);
const adminNames = ZONES.flatMap((zone) => ['x', 'y', 'z'].map((name) => `${name}.${zone}`));
const adminName = fc.constantFrom(...adminNames);

const certificateStatus: fc.Arbitrary<Status> = fc.oneof(
  { arbitrary: fc.constant('active' as const), weight: 12 },
  {
    arbitrary: fc.constantFrom<Status>(
      'pending_deployment',
      'deployment_timed_out',
      'pending_deletion',
      'deletion_timed_out',
      'deleted',
    ),
    weight: 3,
  },
);

const stored = (most: number, labels = LEAVES): fc.Arbitrary<readonly Stored[]> =>
  fc
    .uniqueArray(fc.constantFrom(...labels), { maxLength: most })
    .chain((labels) =>
      fc
        .array(certificateStatus, { minLength: labels.length, maxLength: labels.length })
        .map((statuses) => labels.map((label, place) => ({ label, status: statuses[place] ?? 'active' }))),
    );

const cas: fc.Arbitrary<readonly CaSpec[]> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...CAS), { maxLength: 3 }),
    fc.array(fc.constantFrom('Staff', 'Partners', 'Devices'), { minLength: 3, maxLength: 3 }),
    fc.array(fc.uniqueArray(adminName, { maxLength: 4 }), { minLength: 3, maxLength: 3 }),
  )
  .map(([labels, names, hostnames]) =>
    labels.map((label, place) => ({ label, name: names[place] ?? '', hostnames: hostnames[place] ?? [] })),
  );

const zoneLive: fc.Arbitrary<ZoneSpec> = fc.record({
  enabled: fc.boolean(),
  tlsClientAuth: fc.boolean(),
  // One that is on its way would be presented by itself in a moment, whatever is applied.
  zoneCertificates: stored(4, FEW).map((all) => all.filter(({ status }) => status !== 'pending_deployment')),
  hostnameCertificates: fc.oneof(stored(4), stored(10)),
  links: fc
    .uniqueArray(
      fc.record({
        place: fc.constantFrom(...HOSTS),
        on: fc.integer({ min: 0, max: 9 }),
        enabled: fc.boolean(),
        status: certificateStatus,
      }),
      { selector: ({ place }) => place, maxLength: 10 },
    )
    .map((links) => links.map(({ place, ...link }) => ({ hostname: `h${place}.${ZONE_MARK}`, ...link }))),
  access: fc.oneof({ arbitrary: fc.constant([]), weight: 2 }, { arbitrary: cas, weight: 1 }),
});
/** Stands for the zone's own name until it is known which zone this is. */
const ZONE_MARK = '@';

const accountLive = fc.record({
  access: cas,
  settings: fc.uniqueArray(fc.record({ hostname: adminName, china: fc.boolean(), forward: fc.constant(true) }), {
    selector: ({ hostname: name }) => name,
    maxLength: 3,
  }),
});

const leaf = fc.constantFrom(...LEAVES);
const few = fc.constantFrom(...FEW);
const prune = fc.oneof(
  { arbitrary: fc.constant(true), weight: 4 },
  { arbitrary: fc.constant(false), weight: 1 },
  { arbitrary: fc.subarray([...KIND_NAMES], { minLength: 1 }), weight: 1 },
);

const accessWant = fc.record(
  {
    certificates: fc
      .uniqueArray(
        fc.record({
          key: fc.constantFrom('Staff', 'Partners', 'Devices', 'Second'),
          none: fc.integer({ min: 0, max: 5 }).map((it) => it === 0),
          certificate: fc.constantFrom(...CAS),
          name: fc.option(fc.constantFrom('Staff', 'Partners'), { nil: undefined }),
          hostnames: fc.option(fc.uniqueArray(adminName, { maxLength: 4 }), { nil: undefined }),
        }),
        { selector: ({ key }) => key, maxLength: 3 },
      )
      .map((entries) =>
        Object.fromEntries(
          entries.map(({ key, none, certificate, name, hostnames }) => [
            key,
            none
              ? 'none'
              : {
                  certificate,
                  ...(name === undefined ? {} : { name }),
                  ...(hostnames === undefined ? {} : { associated_hostnames: hostnames }),
                },
          ]),
        ),
      ),
    hostname_settings: fc.dictionary(
      adminName,
      fc.oneof(
        fc.constant('none'),
        fc
          .record({ china_network: fc.boolean(), client_certificate_forwarding: fc.boolean() }, { requiredKeys: [] })
          .filter((flags) => Object.keys(flags).length > 0),
      ),
      { maxKeys: 3 },
    ),
  },
  { requiredKeys: [] },
);

const originPulls = (zone: string) =>
  fc
    .tuple(
      fc.uniqueArray(leaf, { minLength: 1, maxLength: 6 }),
      fc.record(
        {
          enabled: fc.boolean(),
          certificate: fc.oneof({ arbitrary: few, weight: 3 }, { arbitrary: fc.constant('none'), weight: 1 }),
          keep: fc.uniqueArray(few, { maxLength: 2 }),
          hostnames: fc.dictionary(
            hostname(zone),
            fc.oneof(
              { arbitrary: fc.constant('none' as const), weight: 1 },
              {
                arbitrary: fc.record(
                  { on: fc.integer({ min: 0, max: 9 }), enabled: fc.boolean() },
                  { requiredKeys: ['on'] },
                ),
                weight: 5,
              },
            ),
            { maxKeys: 10 },
          ),
          hostname_certificates: fc.uniqueArray(leaf, { maxLength: 4 }),
        },
        { requiredKeys: [] },
      ),
    )
    .map(([used, { hostnames, keep, ...rest }]) => ({
      ...rest,
      ...(keep !== undefined && rest.certificate !== undefined && rest.certificate !== 'none'
        ? { keep: keep.filter((label) => label !== rest.certificate) }
        : {}),
      ...(hostnames === undefined
        ? {}
        : {
            hostnames: Object.fromEntries(
              Object.entries(hostnames).map(([name, link]) => [
                name,
                link === 'none'
                  ? link
                  : {
                      certificate: used[link.on % used.length],
                      ...(link.enabled === undefined ? {} : { enabled: link.enabled }),
                    },
              ]),
            ),
          }),
    }));

const zoneWant = (place: number) =>
  fc.record(
    {
      id: fc.constant(zoneId(place)),
      account_id: fc.constant(ACCOUNTS[0]),
      tls_client_auth: fc.constantFrom('on', 'off'),
      authenticated_origin_pulls: originPulls(ZONES[place] ?? ''),
      access: accessOfZone(ZONES[place] ?? ''),
      policy: fc.record({ prune }),
    },
    { requiredKeys: [] },
  );

/** A zone takes back only hostnames of its own. */
function accessOfZone(zone: string) {
  return accessWant.map(({ certificates, hostname_settings }) => ({
    ...(certificates === undefined ? {} : { certificates }),
    ...(hostname_settings === undefined
      ? {}
      : {
          hostname_settings: Object.fromEntries(
            Object.entries(hostname_settings).filter(([name]) => name.endsWith(`.${zone}`)),
          ),
        }),
  }));
}

const want: fc.Arbitrary<Want> = fc.record(
  {
    zones: fc
      .tuple(fc.option(zoneWant(0), { freq: 8 }), fc.option(zoneWant(1), { freq: 1 }))
      .map(([one, other]) => ({ ...(one ? { [ZONES[0]]: one } : {}), ...(other ? { [ZONES[1]]: other } : {}) })),
    accounts: fc
      .option(fc.record({ access: accessWant, policy: fc.record({ prune }) }, { requiredKeys: ['access'] }), {
        freq: 2,
      })
      .map((access) => (access === null ? {} : { [ACCOUNTS[0]]: access })),
    policy: fc.record({ prune }),
  },
  { requiredKeys: ['zones', 'accounts'] },
);

/** The live spec with every `@` replaced by the name of its zone. */
export function named({ zones, ...rest }: LiveSpec): LiveSpec {
  return {
    ...rest,
    zones: zones.map((zone, place) => ({
      ...zone,
      links: zone.links.map((link) => ({ ...link, hostname: link.hostname.replace(ZONE_MARK, ZONES[place] ?? '') })),
    })),
  };
}
