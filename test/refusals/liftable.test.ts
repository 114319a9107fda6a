import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { expectGolden } from '../support/golden.ts';
import { openWorld } from '../support/world.ts';
import { A, errorsIn, ONE, OTHER, refusedIn, refuses } from './support.ts';

const pulls = (authenticated_origin_pulls: object, more: object = {}) => ({ authenticated_origin_pulls, ...more });
const hosts = (scope: string, count: number, link: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, place) => [`h${place + 1}.${scope}`, link]));
const staff = (certificate: string, ...associated_hostnames: readonly string[]) => ({
  certificate,
  associated_hostnames,
});
const access = (certificates: object) => ({ access: { certificates } });

describe('refusals that a word lifts', () => {
  refuses({
    name: 'mass-deletion',
    kind: 'zones',
    had: (scope) => pulls({ enabled: true, certificate: 'edge', hostnames: hosts(scope, 10, { certificate: 'app' }) }),
    want: (scope) =>
      pulls({
        enabled: true,
        certificate: 'edge',
        hostnames: { ...hosts(scope, 10, { certificate: 'app' }), ...hosts(scope, 4, 'none') },
      }),
  });

  refuses({
    name: 'shared-certificate-fallback',
    kind: 'zones',
    had: () => pulls({ enabled: true, certificate: 'edge' }),
    want: () => pulls({ enabled: true, certificate: 'none' }),
  });

  refuses({
    name: 'protection-removed',
    kind: 'zones',
    had: (scope) => pulls({ hostnames: hosts(scope, 4, { certificate: 'app' }) }),
    want: (scope) => pulls({ hostnames: hosts(scope, 3, { certificate: 'app' }) }),
  });

  refuses({
    name: 'access-hostname-uncovered',
    kind: 'accounts',
    had: () => access({ Staff: staff('ca-staff', 'admin.example.com', 'wiki.example.com') }),
    want: () => access({ Staff: staff('ca-staff', 'admin.example.com') }),
  });

  refuses({
    name: 'access-ca-replaced',
    kind: 'accounts',
    had: () => access({ Staff: staff('ca-2025', 'admin.example.com') }),
    want: () => access({ Staff: staff('ca-2026', 'admin.example.com') }),
  });

  refuses({
    name: 'shadowed-certificate',
    kind: 'zones',
    had: () => pulls({ enabled: true, certificate: 'edge-2026', keep: ['edge-2025'] }),
    want: () => pulls({ enabled: true, certificate: 'edge-2025' }, { policy: { prune: false } }),
    before: async (world) => {
      const old = pulls({ enabled: true, certificate: 'edge-2025' });
      await world.want({ zones: { [ONE]: old, [OTHER]: old } });
      expect((await world.run('apply', '--auto-approve')).code).toBe(0);
    },
  });

  refuses({
    name: 'expired-certificate',
    kind: 'zones',
    had: () => pulls({ enabled: true, certificate: 'edge' }),
    want: () => pulls({ enabled: true, certificate: 'stale' }),
    before: (world) => world.certify('stale', { notAfter: new Date('2026-05-01T00:00:00Z') }),
  });

  refuses({
    name: 'hostname-outside-zone',
    kind: 'zones',
    had: () => pulls({ hostnames: {} }),
    want: () => pulls({ hostnames: { 'app.example.org': { certificate: 'app' } } }),
  });

  it('refuses an empty document, and lifts it for the run', async () => {
    const world = await openWorld();
    await world.want({ zones: { [ONE]: {} } });
    const refused = await world.run('plan');
    expect(refused.code).toBe(1);
    expectGolden('refusals/empty-document.txt', errorsIn(refused));
    expect((await world.run('plan', '--allow', `empty-document=${ONE}`)).code, 'it belongs to no scope').toBe(1);
    expect((await world.run('plan', '--allow', 'empty-document')).code).toBe(0);
    await world.close();
  });

  it('is told by validate with the commands that can lift it, which validate cannot', async () => {
    const world = await openWorld();
    await world.want({ zones: { [ONE]: {} } });
    const { code, stderr } = await world.run('validate');
    const [, named = ''] = /; (.*) take `--allow empty-document`\.$/m.exec(stderr) ?? [];
    const able = COMMANDS.filter(({ options }) => options.includes('allow')).map(({ name }) => name);
    expect([code, named.split(/, | and /)]).toEqual([1, able]);
    await world.close();
  });

  it('refuses a run that removes more than max_delete_total, and counts no scope in which that is allowed', async () => {
    const world = await openWorld();
    const linked = (scope: string, gone: number) =>
      pulls({
        enabled: true,
        certificate: 'edge',
        hostnames: { ...hosts(scope, 10, { certificate: 'app' }), ...hosts(scope, gone, 'none') },
      });
    await world.want({ zones: { [ONE]: linked(ONE, 0), [OTHER]: linked(OTHER, 0) } });
    await world.run('apply', '--auto-approve');
    const policy = { max_delete_total: 4 };
    await world.want({ zones: { [ONE]: linked(ONE, 3), [OTHER]: linked(OTHER, 2) }, policy });
    const refused = await world.run('plan');
    expect(refused.code).toBe(1);
    expect(refusedIn(refused, 'mass-deletion')).toEqual(['5']);
    expectGolden('refusals/mass-deletion-in-the-run.txt', errorsIn(refused));
    expect((await world.run('plan', '--allow', `mass-deletion=${OTHER}`)).code).toBe(0);
    await world.close();
  });

  it('tells loudly what the file says outright, and does not refuse it', async () => {
    const world = await openWorld();
    const linked = (link: unknown) => ({ ...hosts(ONE, 3, { certificate: 'app' }), [`h1.${ONE}`]: link });
    await world.want({ zones: { [ONE]: pulls({ hostnames: linked({ certificate: 'app' }) }) } });
    await world.run('apply', '--auto-approve');
    for (const link of ['none', { certificate: 'app', enabled: false }]) {
      await world.want({ zones: { [ONE]: pulls({ hostnames: linked(link) }) } });
      const { code, stdout } = await world.run('plan');
      expect(code, stdout).toBe(0);
      expect(stdout).toMatch(
        /^Warning: .*h1\.example\.com presented its own certificate .* will present none, as the file says/m,
      );
    }
    await world.close();
  });

  it('warns of an expired certificate that is presented already', async () => {
    const world = await openWorld();
    await world.certify('stale', { notAfter: new Date('2026-05-01T00:00:00Z') });
    await world.want({ zones: { [ONE]: pulls({ enabled: true, certificate: 'stale' }) } });
    expect((await world.run('apply', '--auto-approve', '--allow', 'expired-certificate')).code).toBe(0);
    const { code, stdout } = await world.run('plan');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Warning: .*zone_certificate\/stale has expired and is presented/m);
    await world.close();
  });

  it('takes a second CA beside the old one, and the old one out later', async () => {
    const world = await openWorld();
    const steps = [
      { Staff: staff('ca-2025', 'admin.example.com') },
      { Staff: staff('ca-2025', 'admin.example.com'), 'Staff 2026': staff('ca-2026', 'admin.example.com') },
      { 'Staff 2026': staff('ca-2026', 'admin.example.com') },
    ];
    for (const certificates of steps) {
      await world.want({ accounts: { [A]: access(certificates) } });
      const ran = await world.run('apply', '--auto-approve');
      expect(ran.code, ran.stdout).toBe(0);
    }
    expect(world.simulator.breaches()).toEqual([]);
    await world.close();
  });
});
