import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { desiredAt, differsInMeaning, loadDesired } from '../../src/desired/index.ts';
import { InputError } from '../../src/model/fault.ts';
import type { Plan } from '../../src/model/plan.ts';
import { runCommand } from '../../src/system/command.ts';
import { readDir } from '../../src/system/files.ts';
import { type DesiredState, openWorld, type World } from '../support/world.ts';

const zone = (certificate: string, more: object = {}) => ({
  authenticated_origin_pulls: { enabled: true, certificate, hostnames: {} },
  ...more,
});
const ZONES = { 'a.example': zone('edge'), 'b.example': zone('edge'), 'c.example': zone('other') };
const ACCOUNT = '4d5e6f708192a3b4c5d6e7f8091a2b3c';

let world: World;
let asked: string[];
beforeEach(async () => {
  asked = [];
  world = await openWorld({
    handle: (simulator) => (request) => {
      asked.push(request.url);
      return simulator.handle(request);
    },
  });
  await world.want({ zones: ZONES });
  git('init', '-q');
  commit();
});
afterEach(() => world.close());

const at = (path: string): string => join(world.folder, path);
const git = (...words: string[]) =>
  execFileSync('git', ['-C', world.folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
const commit = () => {
  git('add', '-A', '--', ':!*.key');
  git('commit', '-qm', 'state');
};
const edit = (path: string, change: (text: string) => string) =>
  writeFileSync(at(path), change(readFileSync(at(path), 'utf8')));

/** The scopes that a plan since the commit reads, and what it says of that. */
async function planned(...options: string[]): Promise<{ scopes: string[]; stderr: string }> {
  const { code, stderr } = await world.run('plan', '--changed-since', 'HEAD', '--out', 'plan.json', ...options);
  expect(code, stderr).toBe(0);
  const plan = JSON.parse(readFileSync(at('plan.json'), 'utf8')) as Plan;
  return { scopes: plan.scopes.map(({ name }) => name), stderr };
}
const scopesAfter = async (state: DesiredState): Promise<string[]> => {
  await world.want(state);
  return (await planned()).scopes;
};

describe('--changed-since reads', () => {
  it('the one zone that differs, and says so', async () => {
    await world.want({ zones: { ...ZONES, 'b.example': zone('edge', { tls_client_auth: 'on' }) } });
    const { scopes, stderr } = await planned();
    expect(scopes).toEqual(['b.example']);
    expect(stderr).toContain('1 of 3 zones and accounts differ from HEAD; the others are not read\n');
    expect(new Set(asked.flatMap((url) => /^\/zones\/([0-9a-f]{32})/.exec(url)?.[1] ?? [])).size).toBe(1);
  });

  it('what is new, but not what is gone', async () => {
    const { 'a.example': _, ...others } = ZONES;
    const accounts = { [ACCOUNT]: { access: { hostname_settings: {} } } };
    expect(await scopesAfter({ zones: { ...others, 'd.example': zone('edge') }, accounts })).toEqual([
      'd.example',
      ACCOUNT,
    ]);
  });

  it('every zone that presents a certificate whose file was replaced', async () => {
    cpSync(at('certs/other.pem'), at('certs/edge.pem'));
    await world.certify('third');
    cpSync(at('certs/third.pem'), at('certs/other.pem'));
    expect((await planned()).scopes).toEqual(['a.example', 'b.example', 'c.example']);
  });

  it.each([
    ['a hostname', { authenticated_origin_pulls: { hostnames: { 'x.a.example': { certificate: 'edge' } } } }],
    ['prune', { policy: { prune: false } }],
    ['allow', { policy: { allow: ['mass-deletion'] } }],
    ['an id', { id: 'f'.repeat(32) }],
  ])('a zone with another %s', async (_, more) => {
    expect(await scopesAfter({ zones: { ...ZONES, 'a.example': { ...zone('edge'), ...more } } })).toEqual([
      'a.example',
    ]);
  });

  it('every zone when the prune at the top differs', async () => {
    expect(await scopesAfter({ zones: ZONES, policy: { prune: false } })).toHaveLength(3);
  });

  it('nothing where only labels, paths, keys, comments and the order differ', async () => {
    cpSync(at('certs'), at('moved'), { recursive: true });
    edit('cf-mtls.yaml', (text) =>
      `# Moved.\n${text}`
        .replaceAll('certs/', 'moved/')
        .replaceAll('edge:', 'front:')
        .replaceAll('certificate: edge', 'certificate: front')
        .replaceAll(/private_key:\n\s+file: \S+/g, 'private_key: { env: NOBODY_READS_IT }'),
    );
    expect((await planned()).stderr).toContain('0 of 3 zones and accounts differ');
  });

  it('nothing where the same is divided into files of a folder, links among them', async () => {
    mkdirSync(at('cf-mtls/more'), { recursive: true });
    const text = readFileSync(at('cf-mtls.yaml'), 'utf8').replaceAll('certs/', '../../certs/');
    writeFileSync(at('cf-mtls/more/all.yaml'), text);
    rmSync(at('cf-mtls.yaml'));
    symlinkSync('all.yaml', at('cf-mtls/more/again.yaml'));
    expect((await planned()).scopes).toEqual([]);
    commit();
    expect((await planned()).scopes).toEqual([]);
    edit('cf-mtls/more/all.yaml', (it) => it.replace('enabled: true', 'enabled: false'));
    expect((await planned('--allow', 'shared-certificate-fallback')).scopes).toEqual(['a.example']);
  });

  it('a submodule as an empty folder', async () => {
    mkdirSync(at('cf-mtls'));
    const text = readFileSync(at('cf-mtls.yaml'), 'utf8').replaceAll('certs/', '../certs/');
    writeFileSync(at('cf-mtls/all.yaml'), text);
    rmSync(at('cf-mtls.yaml'));
    git('update-index', '--add', '--cacheinfo', `160000,${`${git('rev-parse', 'HEAD')}`.trim()},cf-mtls/sub`);
    mkdirSync(at('cf-mtls/sub'));
    commit();
    expect((await planned()).scopes).toEqual([]);
  });

  it('the files of a folder below the top of the repository, where it is run', async () => {
    mkdirSync(at('deep/mtls'), { recursive: true });
    for (const path of ['certs', 'cf-mtls.yaml']) cpSync(at(path), at(`deep/mtls/${path}`), { recursive: true });
    rmSync(at('cf-mtls.yaml'));
    commit();
    const door = { cwd: at('deep/mtls'), env: {}, now: Date.now, readFile: readFileSync, readDir, run: runCommand };
    const now = loadDesired([], door);
    const before = await desiredAt('HEAD', [], door);
    if ('faults' in before) throw new InputError(before.faults);
    expect(before.scopes.map(({ name }) => name)).toEqual(Object.keys(ZONES));
    expect(now.scopes.filter((want, index) => differsInMeaning(want, before.scopes[index]))).toEqual([]);
  });

  it('a link that leads out of the repository as an empty folder', async () => {
    mkdirSync(at('cf-mtls'));
    const text = readFileSync(at('cf-mtls.yaml'), 'utf8').replaceAll('certs/', '../certs/');
    writeFileSync(at('cf-mtls/all.yaml'), text);
    rmSync(at('cf-mtls.yaml'));
    mkdirSync(join(world.folder, '..', 'outside-of-it'), { recursive: true });
    symlinkSync('../../outside-of-it', at('cf-mtls/shared'));
    commit();
    expect((await planned()).scopes).toEqual([]);
    rmSync(join(world.folder, '..', 'outside-of-it'), { recursive: true });
  });

  it('the certificate that a link led to at the commit', async () => {
    rmSync(at('certs/edge.pem'));
    await world.certify('new');
    await world.certify('old');
    symlinkSync('old.pem', at('certs/edge.pem'));
    commit();
    expect((await planned()).scopes).toEqual([]);
    rmSync(at('certs/edge.pem'));
    symlinkSync('new.pem', at('certs/edge.pem'));
    expect((await planned()).scopes).toEqual(['a.example', 'b.example']);
  });

  it('what --zone chooses of it', async () => {
    await world.want({ zones: { 'a.example': zone('other'), 'b.example': zone('other'), 'c.example': zone('other') } });
    const { scopes, stderr } = await planned('--zone', 'b.example', '--zone', 'c.example');
    expect(scopes).toEqual(['b.example']);
    expect(stderr).toContain('1 of 2 zones and accounts differ');
  });

  it('the files below the folder where it is run, also where git begins above it', async () => {
    mkdirSync(at('deep/certs'), { recursive: true });
    cpSync(at('certs'), at('deep/certs'), { recursive: true });
    cpSync(at('cf-mtls.yaml'), at('deep/cf-mtls.yaml'));
    commit();
    edit('deep/cf-mtls.yaml', (text) => text.replace('enabled: true', 'enabled: false'));
    const { stderr } = await planned('-f', 'deep');
    expect(stderr).toContain('1 of 3 zones and accounts differ');
  });
});

describe('--changed-since', () => {
  it('of files that were not valid takes everything for changed, and says so', async () => {
    const text = readFileSync(at('cf-mtls.yaml'), 'utf8');
    writeFileSync(at('cf-mtls.yaml'), `${text}nonsense: 1\n`);
    commit();
    writeFileSync(at('cf-mtls.yaml'), text);
    const { scopes, stderr } = await planned();
    expect(scopes).toHaveLength(3);
    expect(stderr).toContain(
      'The files of HEAD are not valid, so every zone and account counts as changed. cf-mtls.yaml:',
    );
    expect(stderr).toContain('`nonsense`');
  });

  it('of a time without files, too', async () => {
    git('checkout', '-q', '--orphan', 'empty');
    git('rm', '-rq', '--cached', '.');
    git('commit', '-qm', 'nothing', '--allow-empty');
    expect((await planned()).scopes).toHaveLength(3);
  });

  it.each(['no-such-branch', '-p', 'HEAD:cf-mtls.yaml'])('of %s is an error', async (ref) => {
    const { code, stderr } = await world.run('plan', `--changed-since=${ref}`);
    expect(code).toBe(1);
    expect(stderr).toContain(`Error: --changed-since \`${ref}\` is no commit that git knows here`);
    expect(asked).toEqual([]);
  });

  it('goes into a saved plan as the scopes that it chose', async () => {
    await world.want({ zones: { ...ZONES, 'c.example': zone('other', { tls_client_auth: 'on' }) } });
    await planned();
    commit();
    const { code, stdout } = await world.run('apply', 'plan.json');
    expect([code, stdout]).toEqual([0, expect.stringContaining('Apply complete!')]);
    expect(world.simulator.state.zones.filter(({ name }) => name === 'a.example')).toEqual([]);
  });

  it('with nothing changed is a plan of nothing, never of everything: its apply asks the API nothing', async () => {
    const { scopes } = await planned('--target', 'b.example/**');
    expect(scopes).toEqual([]);
    const { code, stdout } = await world.run('apply', 'plan.json');
    expect(code).toBe(0);
    expect(stdout).toContain('No changes. Your infrastructure matches the configuration.');
    expect(stdout).toContain('Apply complete! Resources: 0 added, 0 changed, 0 destroyed.');
    expect(asked).toEqual([]);
  });
});

describe('a plan of a part says so wherever it is shown', () => {
  it.each([
    ['0 of 3 zones and accounts (--changed-since HEAD)', ['--changed-since', 'HEAD']],
    ['1 of 3 zones and accounts (--zone)', ['--zone', 'b.example']],
    ['0 of 3 zones and accounts (--zone, --shard 0/999)', ['--zone', 'b.*', '--shard', '0/999']],
  ])('%s', async (part, options) => {
    const says = `This is not the whole plan: it covers ${part}, and says nothing of the others.`;
    const { stdout } = await world.run('plan', '--out', 'plan.json', ...options);
    expect(stdout).toContain(`\nWarning: ${says}\n`);
    expect((JSON.parse(readFileSync(at('plan.json'), 'utf8')) as Plan).warnings).toEqual([
      { scope: null, address: null, message: says },
    ]);
    expect((await world.run('show', 'plan.json')).stdout).toContain(`\nWarning: ${says}\n`);
    const comment = await world.run('show', 'plan.json', '--format', 'markdown');
    expect(comment.stdout).toContain(`- **Warning:** This is not the whole plan: it covers ${part.split(' (')[0]}`);
    const drift = await world.run('drift', ...options);
    expect(drift.stdout).toContain(`\nWarning: ${says}\n`);
    const { code, stdout: applied } = await world.run('apply', 'plan.json');
    expect([code, applied]).toEqual([0, expect.stringContaining(says.replace(/ \(.*\)/, ''))]);
  });

  it('and one of the whole does not', async () => {
    const options = ['--zone', '*', '--shard', '0/1'];
    expect((await world.run('plan', ...options)).stdout).not.toContain('This is not the whole plan');
  });
});
