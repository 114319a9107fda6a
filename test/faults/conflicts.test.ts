import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REFUSALS } from '../../src/model/names.ts';
import { openWorld } from '../support/world.ts';
import type { Case } from './support/cases.ts';
import { ACCOUNT, accessRotation, firstSetUp, hostnameRotation, zoneRotation } from './support/cases.ts';
import { applied, atFirst, type Refusing, refusal, twice } from './support/refusing.ts';

const PULLS = '/zones/ID/origin_tls_client_auth';
const STORE = `${PULLS}/hostnames/certificates`;
const ACCESS = '/accounts/ID/access/certificates';
const staged = (...hostname_certificates: string[]) => ({
  zones: { 'example.com': { authenticated_origin_pulls: { hostname_certificates } } },
});
const IN_USE = refusal(400, 1433, 'Certificate is in use by a hostname association.');
const DEPLOYING = refusal(400, 1434, 'Cannot delete resource while in pending deployment state.');
const UPDATING = refusal(409, 12132, 'access.api.error.conflict: previous certificate settings still being updated');
const ASSOCIATED = refusal(409, 12132, 'access.api.error.conflict: certificate has active associations');
const BUSY = refusal(409, 1409, 'another zone client certificate mutation is in progress');

/** Conflicts that pass: the apply waits, and is complete. */
const PASSING: readonly (readonly [name: string, of: Case, refusing: Refusing, waiting: string])[] = [
  [
    '1433 on the deletion of a hostname certificate',
    hostnameRotation,
    atFirst(3, `DELETE ${STORE}/ID`, IN_USE),
    'is no longer in use',
  ],
  [
    '1434 on the deletion of a hostname certificate',
    hostnameRotation,
    atFirst(3, `DELETE ${STORE}/ID`, DEPLOYING),
    'is no longer in use',
  ],
  [
    '1434 on the deletion of a zone certificate',
    zoneRotation,
    atFirst(3, `DELETE ${PULLS}/ID`, DEPLOYING),
    'can be deleted',
  ],
  ['409 on the upload of a zone certificate', zoneRotation, atFirst(3, `POST ${PULLS}`, BUSY), 'can be uploaded'],
  ['409 on the deletion of a zone certificate', zoneRotation, atFirst(3, `DELETE ${PULLS}/ID`, BUSY), 'can be deleted'],
  [
    '409 on the links of hostnames',
    hostnameRotation,
    atFirst(3, `PUT ${PULLS}/hostnames`, BUSY),
    'the links can be changed',
  ],
  ['409 on the switch of a zone', firstSetUp, atFirst(3, `PUT ${PULLS}/settings`, BUSY), 'the zone can be switched'],
  [
    '409 on tls_client_auth',
    firstSetUp,
    atFirst(3, 'PATCH /zones/ID/settings/tls_client_auth', BUSY),
    'the setting can be changed',
  ],
  ['12132 updating, on an upload', accessRotation, atFirst(3, `POST ${ACCESS}`, UPDATING), 'can be uploaded'],
  ['12132 updating, on an update', accessRotation, atFirst(3, `PUT ${ACCESS}/ID`, UPDATING), 'can be updated'],
  ['12132 updating, on a deletion', accessRotation, atFirst(3, `DELETE ${ACCESS}/ID`, UPDATING), 'can be deleted'],
  [
    '12132 with associations, on a deletion',
    accessRotation,
    atFirst(3, `DELETE ${ACCESS}/ID`, ASSOCIATED),
    'can be deleted',
  ],
];

/** Refusals that mean that it is done already. */
const DONE: readonly (readonly [name: string, of: Case, refusing: Refusing])[] = [
  ['1414: its deletion is under way', hostnameRotation, twice(`DELETE ${STORE}/ID`)],
  ['1552: it is gone', hostnameRotation, gone(`DELETE ${STORE}/ID`, refusal(404, 1552, 'certificate not found'))],
  [
    '1551: it is gone from the zone',
    zoneRotation,
    gone(`DELETE ${PULLS}/ID`, refusal(404, 1551, 'certificate not found')),
  ],
  ['already deleted, in words', zoneRotation, twice(`DELETE ${PULLS}/ID`)],
  ['12135: the CA is gone', accessRotation, twice(`DELETE ${ACCESS}/ID`)],
  ['1406: somebody uploaded it to the zone just now', zoneRotation, twice(`POST ${PULLS}`)],
  ['1406: somebody uploaded it for hostnames just now', hostnameRotation, twice(`POST ${STORE}`)],
  ['12132: somebody uploaded the CA just now', accessRotation, twice(`POST ${ACCESS}`)],
];

describe('a conflict that passes is waited for', () => {
  for (const [name, of, refusing, waiting] of PASSING) {
    it(name, async () => {
      const { ran, world } = await applied([...of.begin, of.want], refusing);
      expect(ran.code, ran.stdout).toBe(0);
      expect(ran.stderr).toMatch(new RegExp(`waiting until .*${waiting}`));
      expect(world.simulator.breaches()).toEqual([]);
    });
  }
});

describe('a refusal that says that it is done is taken for that', () => {
  for (const [name, of, refusing] of DONE) {
    it(name, async () => {
      const { ran, world } = await applied([...of.begin, of.want], refusing);
      expect(ran.code, ran.stdout).toBe(0);
      expect(world.simulator.breaches()).toEqual([]);
    });
  }

  it('1415: the certificate was gone the moment it was deleted', async () => {
    const options = { delays: { delete: 0 } };
    const { ran } = await applied(
      [...hostnameRotation.begin, hostnameRotation.want],
      twice(`DELETE ${STORE}/ID`),
      options,
    );
    expect(ran.code, ran.stdout).toBe(0);
  });

  it('1553: a hostname that is asked for alone has no link', async () => {
    const options = { features: { associationList: '404' as const } };
    const { ran, tried } = await applied([hostnameRotation.want], undefined, options);
    expect(ran.code, ran.stdout).toBe(0);
    expect(tried).toEqual([`POST ${STORE}`, `PUT ${PULLS}/hostnames`]);
  });
});

describe('a conflict that does not pass ends the scope, with the way out', () => {
  for (const [name, of, to, answer, text] of [
    [
      '1433',
      hostnameRotation,
      `DELETE ${STORE}/ID`,
      IN_USE,
      'Hostnames still use this certificate: their associations must be void before it can be deleted',
    ],
    [
      '1434',
      zoneRotation,
      `DELETE ${PULLS}/ID`,
      DEPLOYING,
      'Its deployment is still under way: run again when it reads active',
    ],
    [
      '1415 on a link',
      hostnameRotation,
      `PUT ${PULLS}/hostnames`,
      refusal(400, 1415, 'Certificate ID in request is either invalid or the certificate has been deleted'),
      'This certificate is gone, or belongs to the zone and not to hostnames: plan again',
    ],
    [
      '1415 on a deletion, though it is there',
      hostnameRotation,
      `DELETE ${STORE}/ID`,
      refusal(400, 1415, 'Invalid Certificate ID'),
      'plan again',
    ],
    ['409', zoneRotation, `POST ${PULLS}`, BUSY, 'Another change is under way there: run again in a minute'],
    [
      '12132 updating',
      accessRotation,
      `PUT ${ACCESS}/ID`,
      UPDATING,
      'An earlier change of Access is still being carried out: run again in some minutes',
    ],
    [
      '12132 with associations',
      accessRotation,
      `DELETE ${ACCESS}/ID`,
      ASSOCIATED,
      'Hostnames still use this certificate: they must be taken off it before it can be deleted',
    ],
  ] as const) {
    it(name, async () => {
      const { ran, world } = await applied([...of.begin, of.want], atFirst(Number.POSITIVE_INFINITY, to, answer));
      expect([1, 3]).toContain(ran.code);
      expect(ran.stdout.replaceAll('\n  ', ' ')).toMatch(/^Error: .* failed: /m);
      expect(ran.stdout).toContain(text);
      expect(world.simulator.breaches()).toEqual([]);
    });
  }
});

describe('a hostname that the API takes on no two Access certificates', () => {
  const ca = (certificate: string, ...associated_hostnames: string[]) => ({ certificate, associated_hostnames });
  const access = (certificates: object) => ({ accounts: { [ACCOUNT]: { access: { certificates } } } });
  const options = { features: { accessOverlap: 'refused' as const } };
  const held = access({ Old: ca('ca-old', 'a.example.com', 'b.example.com'), New: ca('ca-new', 'c.example.com') });
  const both = access({
    Old: ca('ca-old', 'a.example.com', 'b.example.com'),
    New: ca('ca-new', 'a.example.com', 'b.example.com', 'c.example.com'),
  });
  const TEXT =
    'This API refuses a hostname on two certificates, and “Old” holds a.example.com, b.example.com. Release it there in a commit of its own';

  for (const [name, begin, refusing] of [
    ['on an update', [held], undefined],
    ['on the update after an upload', [access({ Old: ca('ca-old', 'a.example.com', 'b.example.com') })], undefined],
    ['with 12132', [held], conflict(12132, `PUT ${ACCESS}/ID`)],
    ['with 409 and a code that nobody knows', [held], conflict(12199, `PUT ${ACCESS}/ID`)],
    ['in other words', [held], conflict(12132, `PUT ${ACCESS}/ID`, 'hostname already associated')],
  ] as const) {
    it(`is named with who holds it and what choice there is, and not waited for: ${name}`, async () => {
      const { ran, world } = await applied([...begin, both], refusing, options);
      expect([1, 3]).toContain(ran.code);
      const said = ran.stdout.replaceAll(/\n +/g, ' ');
      expect(said).toContain(TEXT);
      expect(said).toContain('so do it in a quiet hour');
      expect(said).not.toContain('quota');
      expect(ran.stderr).not.toContain('waiting until');
      expect(world.simulator.breaches()).toEqual([]);
    });
  }

  it('is named on an upload, where it came to the other one meanwhile', async () => {
    const only = access({ New: ca('ca-new', 'a.example.com') });
    const { ran } = await applied([access({}), only], conflict(12130, `POST ${ACCESS}`), options);
    expect(ran.stdout.replaceAll(/\n +/g, ' ')).toContain('and one outside this scope holds it. Release it there');
  });

  it('changes over by the way that is told: released, then given', async () => {
    const released = access({ Old: ca('ca-old'), New: ca('ca-new', 'c.example.com') });
    const given = access({ New: ca('ca-new', 'a.example.com', 'b.example.com', 'c.example.com') });
    const { ran } = await applied([held, released, given], undefined, options);
    expect(ran.code, ran.stdout).toBe(0);
  });

  it('and so does a bundle of both CAs under one key', async () => {
    const world = await openWorld(options);
    try {
      await world.certify('ca-old');
      await world.certify('ca-new');
      const pem = ['ca-new', 'ca-old'].map((label) => readFileSync(join(world.folder, `certs/${label}.pem`), 'utf8'));
      writeFileSync(join(world.folder, 'certs/both.pem'), pem.join(''));
      const apply = async (certificates: object, labels = {}) => {
        await world.want({ ...access(certificates), certificates: labels });
        return world.run('apply', '--auto-approve', ...REFUSALS.flatMap((name) => ['--allow', name]));
      };
      expect((await apply({ Staff: ca('ca-old', 'a.example.com') })).code).toBe(0);
      expect((await apply({})).code).toBe(0);
      const { code, stdout } = await apply(
        { Staff: ca('ca-both', 'a.example.com') },
        { 'ca-both': { certificate: { file: 'certs/both.pem' } } },
      );
      expect(code, stdout).toBe(0);
      expect(stdout).toContain('1 added');
    } finally {
      await world.close();
    }
  });
});

describe('the simulated API makes the same conflicts by itself', () => {
  it('1406: what is being deleted comes back under its id, after a wait', async () => {
    const options = { delays: { delete: 20_000 } };
    const ids: string[] = [];
    const { ran, tried, world } = await applied(
      [staged('a'), staged(), staged('a')],
      (_request, _carryOut, simulator) => {
        ids.push(...simulator.state.zones.flatMap((zone) => zone.hostnameCertificates.map(({ id }) => id)));
        return undefined;
      },
      options,
    );
    expect(ran.code, ran.stdout).toBe(0);
    expect(tried.length).toBeGreaterThan(2);
    expect(new Set(ids).size).toBe(1);
    expect(world.simulator.state.zones[0]?.hostnameCertificates).toMatchObject([
      { id: ids[0], status: 'pending_deployment' },
    ]);
  });

  it('a zone that stays busy for a while after each change', async () => {
    const { ran, world } = await applied([...zoneRotation.begin, zoneRotation.want], undefined, {
      delays: { busy: 30_000 },
    });
    expect(ran.code, ran.stdout).toBe(0);
    expect(world.simulator.breaches()).toEqual([]);
  });

  it('Access that takes half a minute to take up each change', async () => {
    const { ran, world } = await applied([...accessRotation.begin, accessRotation.want], undefined, {
      delays: { accessSettle: 30_000 },
    });
    expect(ran.code, ran.stdout).toBe(0);
    expect(world.simulator.breaches()).toEqual([]);
  });

  for (const of of [hostnameRotation, zoneRotation]) {
    it(`lists that lag behind by half a minute: ${of.name}`, async () => {
      const { ran, world, tried } = await applied([...of.begin, of.want], undefined, { delays: { listLag: 30_000 } });
      expect(ran.code, ran.stdout).toBe(0);
      expect(tried.filter((it) => it.startsWith('POST'))).toHaveLength(1);
      expect(world.simulator.breaches()).toEqual([]);
    });
  }
});

function conflict(code: number, to: string, words = 'certificate is associated with another certificate'): Refusing {
  const text = `access.api.error.conflict: ${words}`;
  return atFirst(Number.POSITIVE_INFINITY, to, refusal(code === 12130 ? 400 : 409, code, text));
}

function gone(to: string, answer: ReturnType<typeof refusal>): Refusing {
  return async (request, carryOut) => {
    if (request.to !== to) return undefined;
    await carryOut();
    return answer;
  };
}
