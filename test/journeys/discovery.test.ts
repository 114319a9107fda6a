import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { openWorld, type World, type WorldOptions } from '../support/world.ts';

const link = (certificate: string) => ({ certificate, enabled: true });
const zone = (hostnames: object) => ({ zones: { 'example.com': { authenticated_origin_pulls: { hostnames } } } });
const BOTH = zone({ 'app.example.com': link('app'), 'old.example.com': link('app') });
const ONE = zone({ 'app.example.com': link('app') });

/** A world where the list is not offered, and two hostnames have been linked. */
async function unlisted(
  work: (world: World, asked: () => string[]) => Promise<void>,
  associationList: '404' | '405' | '7003' = '404',
): Promise<void> {
  const requests: string[] = [];
  const options: WorldOptions = {
    features: { associationList },
    handle: (simulator: Simulator) => (request) => {
      requests.push(`${request.method} ${request.url}`);
      return simulator.handle(request);
    },
  };
  const world = await openWorld(options);
  try {
    await world.want(BOTH);
    expect((await world.run('apply', '--auto-approve')).code).toBe(0);
    requests.length = 0;
    await work(world, () => requests.filter((it) => /GET .*hostnames\/(?!certificates)/.test(it)));
  } finally {
    await world.close();
  }
}

async function addRecord({ url }: World, name: string, proxied = true): Promise<void> {
  const headers = { authorization: 'Bearer test', 'content-type': 'application/json' };
  const zones = (await (await fetch(`${url}/zones?name=example.com`, { headers })).json()) as {
    result: { id: string }[];
  };
  const body = JSON.stringify({ type: 'CNAME', name, content: 'origin.example.net', proxied });
  await fetch(`${url}/zones/${zones.result[0]?.id}/dns_records`, { method: 'POST', headers, body });
}

const git = (world: World, ...words: string[]) =>
  execFileSync('git', ['-C', world.folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

describe('where associations are not listed', () => {
  for (const answer of ['404', '405', '7003'] as const)
    it(`a removal is invisible without help (${answer})`, () =>
      unlisted(async (world, asked) => {
        await world.want(ONE);
        const { stdout, code } = await world.run('plan', '--detailed-exitcode');
        expect(code).toBe(0);
        expect(stdout).toContain('No changes.');
        expect(stdout).toContain('only the hostnames that are named were asked for');
        expect(asked()).toHaveLength(1);
      }, answer));

  it('--discover dns asks each proxied name once, and the removal is one', () =>
    unlisted(async (world, asked) => {
      await addRecord(world, 'app.example.com');
      await addRecord(world, 'old.example.com');
      await addRecord(world, 'OLD.example.com');
      await addRecord(world, 'grey.example.com', false);
      await world.want(ONE);
      const { stdout } = await world.run('plan', '--discover', 'dns');
      expect(stdout).toContain('# example.com/hostname_association/old.example.com will be destroyed');
      expect(stdout).toContain('hostnames that are named and of the proxied DNS records were asked for');
      expect(stdout).toContain('Asked one by one: app.example.com, old.example.com');
      expect(asked()).toHaveLength(2);
      const applied = await world.run('apply', '--auto-approve', '--discover', 'dns', '--allow', 'protection-removed');
      expect(applied.code, applied.stdout + applied.stderr).toBe(0);
      expect((await world.run('plan', '--discover', 'dns', '--detailed-exitcode')).code).toBe(0);
    }));

  it('DNS is not read where the list is offered', async () => {
    const requests: string[] = [];
    const world = await openWorld({
      handle: (simulator) => (request) => {
        requests.push(request.url);
        return simulator.handle(request);
      },
    });
    await world.want(BOTH);
    await world.run('plan', '--discover', 'dns');
    expect(requests.filter((url) => url.includes('dns_records'))).toEqual([]);
    await world.close();
  });

  it('shows as unmanaged the hostname certificates that stay because nobody can tell who uses them', () =>
    unlisted(async (world) => {
      await world.want(zone({ 'app.example.com': link('other') }));
      const { stdout } = await world.run('plan', '--out', 'plan.json');
      expect(stdout).toContain('Live, but not in the files, and left alone (unmanaged):');
      const plan = JSON.parse(readFileSync(join(world.folder, 'plan.json'), 'utf8')) as Plan;
      expect(plan.unmanaged).toMatchObject([{ kind: 'hostname_certificate', scope: 'example.com' }]);
      expect(plan.changes.filter(({ action }) => action === 'delete')).toEqual([]);
    }));

  it('--previous takes the hostnames of another folder', () =>
    unlisted(async (world) => {
      mkdirSync(join(world.folder, 'before'));
      writeFileSync(join(world.folder, 'before', 'a.yaml'), readFileSync(join(world.folder, 'cf-mtls.yaml')));
      await world.want(ONE);
      const { stdout } = await world.run('plan', '--previous', 'before');
      expect(stdout).toContain('# example.com/hostname_association/old.example.com will be destroyed');
    }));

  it('--previous takes the hostnames of a commit, of files that are gone too, and a saved plan holds both', () =>
    unlisted(async (world) => {
      git(world, 'init', '-q');
      git(world, 'add', 'cf-mtls.yaml');
      git(world, 'commit', '-qm', 'before');
      await world.want(ONE);
      const args = ['--previous', 'HEAD', '--discover', 'dns', '--allow', 'protection-removed', '--out', 'plan.json'];
      const { stdout, stderr } = await world.run('plan', ...args);
      expect(stdout, stderr).toContain('# example.com/hostname_association/old.example.com will be destroyed');
      const plan = JSON.parse(readFileSync(join(world.folder, 'plan.json'), 'utf8')) as Plan;
      expect(plan.inputs).toMatchObject({ discover: 'dns', previous: 'HEAD' });
      expect(plan.coverage).toMatchObject([{ asked: ['app.example.com', 'old.example.com'] }]);
      const applied = await world.run('apply', 'plan.json');
      expect(applied.code, applied.stdout + applied.stderr).toBe(0);
    }));

  it('--previous finds the files of a folder at a commit where they have moved since', () =>
    unlisted(async (world) => {
      mkdirSync(join(world.folder, 'zones', 'deep'), { recursive: true });
      const text = readFileSync(join(world.folder, 'cf-mtls.yaml'), 'utf8');
      const elsewhere = text.replaceAll('certs/', '../../certs/');
      writeFileSync(join(world.folder, 'zones', 'deep', 'example.yaml'), elsewhere);
      writeFileSync(join(world.folder, 'zones', '.hidden.yaml'), elsewhere.replace('old.', 'hidden.'));
      git(world, 'init', '-q');
      git(world, 'add', 'zones');
      git(world, 'commit', '-qm', 'before');
      git(world, 'rm', '-q', '--cached', 'zones/deep/example.yaml');
      await world.want(ONE);
      const now = readFileSync(join(world.folder, 'cf-mtls.yaml'), 'utf8').replaceAll('certs/', '../certs/');
      writeFileSync(join(world.folder, 'zones', 'example.yaml'), now);
      execFileSync('rm', ['-r', join(world.folder, 'zones', 'deep'), join(world.folder, 'zones', '.hidden.yaml')]);
      for (const path of ['zones', './zones/', join(world.folder, 'zones')]) {
        const { stdout, stderr } = await world.run('plan', '-f', path, '--previous', 'HEAD');
        expect(stdout, stderr).toContain('Asked one by one: app.example.com, old.example.com');
      }
    }));

  it('--previous of a folder that cannot be read says that, and asks no git', () =>
    unlisted(async (world) => {
      symlinkSync('before', join(world.folder, 'before'));
      const { stderr, code } = await world.run('plan', '--previous', 'before');
      expect([code, stderr]).toEqual([1, expect.stringContaining('Error: `before` is a symbolic link that leads')]);
    }));

  for (const ref of ['nowhere', '--output=x', 'HEAD:cf-mtls.yaml', 'a b'])
    it(`--previous says what is wrong with ${ref}`, () =>
      unlisted(async (world) => {
        const { stderr, code } = await world.run('plan', `--previous=${ref}`);
        expect(code).toBe(1);
        expect(stderr).toContain(`--previous ${ref} is neither a folder nor a commit`);
      }));

  it('a scope whose DNS may not be read fails with the permission that it needs', async () => {
    const read = ['SSL and Certificates Write', 'Zone Read', 'Zone Settings Read'];
    const world = await openWorld({
      features: { associationList: '404' },
      tokens: [{ token: 'test', permissions: read }],
    });
    await world.want(ONE);
    const { stdout, code } = await world.run('plan', '--discover', 'dns');
    expect(code).toBe(1);
    expect(stdout).toContain('“DNS Read”');
    await world.close();
  });
});
