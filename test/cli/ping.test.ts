import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ACCOUNT } from '../support/live-state.ts';
import { openWorld, type World, type WorldOptions } from '../support/world.ts';

const WANT = {
  zones: {
    'example.com': {
      tls_client_auth: 'on',
      authenticated_origin_pulls: { enabled: true, certificate: 'edge', hostnames: {} },
    },
    'example.net': { authenticated_origin_pulls: { enabled: true } },
  },
  accounts: { [ACCOUNT]: { access: { certificates: {} } } },
};
const ALL = ['Zone Read', 'SSL and Certificates Read', 'Zone Settings Read', 'Access: Mutual TLS Certificates Read'];
const may = (...permissions: string[]): WorldOptions => ({ tokens: [{ token: 'test', permissions }] });

async function within(options: WorldOptions, work: (world: World) => Promise<void>): Promise<void> {
  const world = await openWorld(options);
  try {
    await work(world);
    expect(world.simulator.writes).toEqual([]);
  } finally {
    await world.close();
  }
}

it('says section by section that everything can be read', () =>
  within(may(...ALL), async (world) => {
    await world.want(WANT);
    const { stdout, stderr, code } = await world.run('ping');
    expect(stderr).toBe('It took 11 requests.\n');
    expect(stdout).toBe(`ok      Credentials: the token (of a user) is valid and active
ok      example.com: authenticated_origin_pulls.certificate
ok      example.com: authenticated_origin_pulls.enabled
ok      example.com: tls_client_auth
ok      example.com: authenticated_origin_pulls.hostname_certificates
ok      example.com: authenticated_origin_pulls.hostnames
ok      example.net: authenticated_origin_pulls.enabled
ok      ${ACCOUNT}: access.certificates
Everything that the files manage can be read. Whether it may be written shows only when it is: that takes \`Write\` in place of \`Read\`.
`);
    expect(code).toBe(0);
  }));

for (const missing of ALL.slice(1))
  it(`names the permission ${missing} where it is missing`, () =>
    within(may(...ALL.filter((it) => it !== missing)), async (world) => {
      await world.want(WANT);
      const { stdout, code } = await world.run('ping');
      const failed = stdout.match(/^FAILED .*\n.*$/gm) ?? [];
      expect(failed.length).toBeGreaterThan(0);
      for (const lines of failed) expect(lines).toContain(`“${missing}”`);
      expect(code).toBe(1);
    }));

it.each(['ping', 'status --all'])('%s is an error where the files are there and unreadable', (line) =>
  within({}, async (world) => {
    symlinkSync('cf-mtls', join(world.folder, 'cf-mtls'));
    const { stderr, stdout, code } = await world.run(...line.split(' '));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('Error: `cf-mtls` is a symbolic link that leads nowhere but in a circle.\n');
  }));

it('says that zones cannot be looked up', () =>
  within(may(...ALL.slice(1)), async (world) => {
    await world.want(WANT);
    const { stdout, code } = await world.run('ping');
    expect(stdout).toMatch(/FAILED {2}example\.com: id\n.*“Zone Read”/);
    expect(stdout).toContain(`ok      ${ACCOUNT}: access.certificates`);
    expect(code).toBe(1);
  }));

it('counts a list that is not offered as one that can be read', () =>
  within({ ...may(...ALL), features: { associationList: '405' } }, async (world) => {
    await world.want(WANT);
    expect((await world.run('ping')).code).toBe(0);
  }));

it('verifies the token of an account', () =>
  within({ tokens: [{ token: 'test', owner: 'account' }] }, async (world) => {
    await world.want(WANT);
    const { stdout, code } = await world.run('ping');
    expect(stdout).toContain('the token (of an account) is valid and active');
    expect(code).toBe(0);
  }));

it('says of a global key that there is no token', () =>
  within(
    { keys: [{ email: 'a@example.com', key: 'key' }], client: { credentials: { email: 'a@example.com', key: 'key' } } },
    async (world) => {
      await world.want(WANT);
      const { stdout, code } = await world.run('ping');
      expect(stdout).toContain('ok      Credentials: a user and a global API key are in use');
      expect(code).toBe(0);
    },
  ));

it('says that a token is unknown, and looks at the credentials alone where there are no files', () =>
  within({ tokens: [{ token: 'another' }] }, async (world) => {
    const { stdout, code } = await world.run('ping');
    expect(stdout).toContain('FAILED  Credentials: GET /user/tokens/verify: HTTP 403, 9109');
    expect(stdout).toContain('The API does not accept this token');
    expect(stdout).not.toContain('permission');
    expect(stdout).toContain('There are no files here');
    expect(code).toBe(1);
  }));

it('looks only at the scopes that are chosen', () =>
  within(may(...ALL), async (world) => {
    await world.want(WANT);
    expect((await world.run('ping', '--zone', 'example.net')).stdout).not.toContain('example.com');
  }));
