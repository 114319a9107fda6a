import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DesiredDoor, loadDesired } from '../../src/desired/index.ts';
import { testCertificate } from '../support/certificates.ts';
import { memoryDoor, TODAY, told } from './support.ts';

const zone = (name: string, rest = 'tls_client_auth: on'): string => `version: 1\nzones: { ${name}: { ${rest} } }\n`;
const names = (door: DesiredDoor, paths: string[] = []) => loadDesired(paths, door).scopes.map(({ name }) => name);

describe('which files are read', () => {
  it('takes cf-mtls.yaml where nothing is named', () => {
    expect(names(memoryDoor({ 'cf-mtls.yaml': zone('a.com') }))).toEqual(['a.com']);
  });

  it('takes the folder cf-mtls, and every YAML file below it in order', () => {
    const door = memoryDoor({
      'cf-mtls/b.yaml': zone('b.com'),
      'cf-mtls/a/z.yml': zone('a.com'),
      'cf-mtls/.hidden.yaml': 'not: read',
      'cf-mtls/notes.txt': 'not read',
    });
    const desired = loadDesired([], door);
    expect(desired.files).toEqual(['cf-mtls/a/z.yml', 'cf-mtls/b.yaml']);
    expect(desired.scopes.map(({ name }) => name)).toEqual(['a.com', 'b.com']);
  });

  it('reads a file once that is named twice', () => {
    expect(names(memoryDoor({ 'x/a.yaml': zone('a.com') }), ['x', 'x/a.yaml', './x/../x/a.yaml'])).toEqual(['a.com']);
  });

  it.each([
    [
      'both are there',
      { 'cf-mtls.yaml': zone('a.com'), 'cf-mtls/b.yaml': zone('b.com') },
      [],
      'Both `cf-mtls.yaml` and',
    ],
    ['neither is there', { 'other.yaml': zone('a.com') }, [], 'Neither `cf-mtls.yaml` nor a folder `cf-mtls` is here.'],
    ['a file is missing', { 'a.yaml': zone('a.com') }, ['b.yaml'], 'The file `b.yaml` does not exist.'],
    ['a folder holds none', { 'x/readme.md': '' }, ['x'], 'The folder `x` holds no YAML file.'],
  ])('says so where %s', (_, files, paths, message) => {
    expect(told(() => loadDesired(paths, memoryDoor(files as Record<string, string>)))).toContain(message);
  });
});

describe('a folder that cannot be listed', () => {
  const locked = (files: Record<string, string>, path: string): DesiredDoor => {
    const door = memoryDoor(files);
    const refuse = <T>(read: (at: string) => T) => {
      return (at: string): T => {
        if (at === resolve('/repo', path)) throw Object.assign(new Error(at), { code: 'EACCES' });
        return read(at);
      };
    };
    return { ...door, readFile: refuse(door.readFile), readDir: refuse(door.readDir) };
  };

  it.each([
    ['below the one that is named', 'x/apps', ['x']],
    ['that is named itself', 'x/apps', ['x/apps']],
    ['of that name, where none is named', 'cf-mtls', []],
  ])('is an error, and never taken for an empty one: %s', (_, path, paths) => {
    const door = locked({ [`${path}/a.yaml`]: zone('a.com'), 'x/b.yaml': zone('b.com') }, path);
    expect(told(() => loadDesired(paths, door))).toBe(`Error: \`${path}\` cannot be read: permission denied.
  Make it readable, or take it away: what its files name would count as gone.
`);
  });

  it('stands beside every other fault', () => {
    const files = { 'x/apps/a.yaml': '', 'x/b.yaml': 'version: 1\ncolour: blue\n', 'y/c.yaml': 'version: 2\n' };
    const said = told(() => loadDesired(['x', 'y'], locked(files, 'x/apps')));
    expect(said.match(/^Error: .*/gm)).toEqual([
      'Error: `x/apps` cannot be read: permission denied.',
      expect.stringContaining('`colour`'),
      expect.stringContaining('`version`'),
    ]);
  });
});

describe('on a real disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cf-mtls-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const door = (): DesiredDoor => ({
    cwd: folder,
    env: {},
    readFile: (path) => readFileSync(path),
    readDir: (path) => (statSync(path).isDirectory() ? readdirSync(path) : null),
    now: () => TODAY,
  });

  it('follows symbolic links to files and to material', async () => {
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real/leaf.pem'), (await testCertificate('leaf')).certificate);
    const text = zone('a.com', 'authenticated_origin_pulls: { certificate: e }');
    writeFileSync(join(folder, 'real/a.yaml'), `${text}certificates: { e: { certificate: { file: link.pem } } }\n`);
    symlinkSync('real/leaf.pem', join(folder, 'link.pem'));
    symlinkSync('real/a.yaml', join(folder, 'a.yaml'));
    expect(loadDesired(['a.yaml'], door()).certificates.get('e')?.certificate?.subject).toBe('CN=leaf, O=Example');
  });

  it.each([
    ['that leads nowhere', 'apps', '../not-mounted', 'is a symbolic link to what does not exist'],
    ['whose name is that of a file', 'apps.yaml', 'gone.yaml', 'is a symbolic link to what does not exist'],
    ['to itself', 'apps', 'apps', 'is a symbolic link that leads nowhere but in a circle'],
  ])('a link %s is an error, since it may have been a folder', (_, name, target, why) => {
    mkdirSync(join(folder, 'x'));
    writeFileSync(join(folder, 'x/a.yaml'), zone('a.com'));
    symlinkSync(target, join(folder, 'x', name));
    expect(told(() => loadDesired(['x'], door()))).toContain(`Error: \`x/${name}\` ${why}.\n`);
  });

  it('knows one file by several links: it is read once, and its certificate is the same', async () => {
    mkdirSync(join(folder, 'm/sub'), { recursive: true });
    mkdirSync(join(folder, 'certs'));
    writeFileSync(join(folder, 'certs/leaf.pem'), (await testCertificate('leaf')).certificate);
    symlinkSync('../certs', join(folder, 'm/certs'));
    symlinkSync('../../certs', join(folder, 'm/sub/certs'));
    const label = 'certificates: { e: { certificate: { file: certs/leaf.pem } } }\n';
    const use = 'authenticated_origin_pulls: { certificate: e }';
    writeFileSync(join(folder, 'm/a.yaml'), `${zone('a.com', use)}${label}`);
    writeFileSync(join(folder, 'm/sub/b.yaml'), `${zone('b.com', use)}${label}`);
    symlinkSync('../../m/a.yaml', join(folder, 'm/sub/again.yaml'));
    symlinkSync('m', join(folder, 'y'));
    const desired = loadDesired(['m', 'y'], { ...door(), realPath: (path) => realpathSync(path) });
    expect(desired.files).toEqual(['m/a.yaml', 'm/sub/b.yaml']);
    expect(desired.scopes.map(({ name }) => name)).toEqual(['a.com', 'b.com']);
  });

  it('passes over lost+found, which stands on many volumes and is for root alone', () => {
    mkdirSync(join(folder, 'x/lost+found'), { recursive: true });
    writeFileSync(join(folder, 'x/a.yaml'), zone('a.com'));
    const locked: DesiredDoor = {
      ...door(),
      readDir(path) {
        if (path.endsWith('lost+found')) throw Object.assign(new Error(path), { code: 'EACCES' });
        return door().readDir(path);
      },
    };
    expect(names(locked, ['x'])).toEqual(['a.com']);
  });

  it('reads what Kubernetes mounts, and no lock of an editor', () => {
    mkdirSync(join(folder, 'x/..2026_06_01'), { recursive: true });
    writeFileSync(join(folder, 'x/..2026_06_01/a.yaml'), zone('a.com'));
    symlinkSync('..2026_06_01', join(folder, 'x/..data'));
    symlinkSync('..data/a.yaml', join(folder, 'x/a.yaml'));
    symlinkSync('me@host.4711', join(folder, 'x/.#a.yaml'));
    expect(names(door(), ['x'])).toEqual(['a.com']);
  });

  it('ends where links between folders lead in a circle', () => {
    mkdirSync(join(folder, 'cf-mtls/x'), { recursive: true });
    writeFileSync(join(folder, 'cf-mtls/a.yaml'), zone('a.com'));
    symlinkSync('..', join(folder, 'cf-mtls/x/up'));
    expect(told(() => loadDesired([], door()))).toContain('Folders lie in folders more than 16 deep');
  });
});

describe('several files', () => {
  const two = (a: string, b: string) =>
    memoryDoor({ 'cf-mtls/a.yaml': `version: 1\n${a}`, 'cf-mtls/b.yaml': `version: 1\n${b}` });

  it('are merged by key', () => {
    const a = 'zones: { a.com: { tls_client_auth: on } }\npolicy: { max_failures: 5 }\n';
    const b = 'zones: { a.com: { id: 00000000000000000000000000000001 }, b.com: { tls_client_auth: off } }\n';
    const { scopes, policy } = loadDesired([], two(a, b));
    expect(scopes).toMatchObject([
      { name: 'a.com', id: '00000000000000000000000000000001', tlsClientAuth: true },
      { name: 'b.com', tlsClientAuth: false },
    ]);
    expect(policy.maxFailures).toBe(5);
  });

  it('may say the same twice', () => {
    const text = 'zones: { a.com: { tls_client_auth: on, policy: { allow: [mass-deletion] } } }\n';
    expect(names(two(text, text))).toEqual(['a.com']);
  });

  it('treat a list as one value', () => {
    const list = (items: string) => `zones: { a.com: { tls_client_auth: on, policy: { allow: [${items}] } } }\n`;
    const said = told(() => loadDesired([], two(list('mass-deletion'), list('protection-removed'))));
    expect(said).toContain('Error: `allow` has another value here than in the file before.');
    expect(said).toContain('  at cf-mtls/b.yaml:2:');
    expect(said).toContain('  and cf-mtls/a.yaml:2:');
  });

  it('resolve material from the file in which it stands', async () => {
    const { certificate, sha256 } = await testCertificate('leaf');
    const door = memoryDoor({
      'cf-mtls/deep/certs.yaml': 'version: 1\ncertificates: { e: { certificate: { file: leaf.pem } } }\n',
      'cf-mtls/deep/leaf.pem': certificate,
      'cf-mtls/zones.yaml': zone('a.com', 'authenticated_origin_pulls: { certificate: e }'),
    });
    expect(loadDesired([], door).scopes).toMatchObject([{ originPulls: { certificate: { fingerprint: sha256 } } }]);
  });

  it.each([
    ['two sources', 'certificate: { file: c.pem }', 'certificate: { env: EDGE }', 23],
    ['two sources of a key', 'private_key: { file: c.key }', 'private_key: { env: KEY }', 23],
    ['a certificate and a fingerprint', 'certificate: { file: c.pem }', `fingerprint: "MD5:${'0'.repeat(32)}"`, 8],
  ])('are both named where they give one label %s', (_, one, other, col) => {
    const entry = (line: string) => `certificates:\n  e: { ${line} }\n`;
    const said = told(() => loadDesired([], two(entry(one), entry(other))));
    expect(said).toMatch(new RegExp(`^ {2}at cf-mtls/a.yaml:3:${col}\n {2}and cf-mtls/b.yaml:3:${col}$`, 'm'));
  });

  it('mean two files by one path in two folders, and one by two paths to it', async () => {
    const { certificate } = await testCertificate('leaf');
    const text = (from: string, key: string) =>
      `version: 1\ncertificates: { e: { certificate: { file: ${from}e.pem }, private_key: { file: ${key}e.key } } }\n`;
    const both = (b: string): DesiredDoor =>
      memoryDoor({ 'm1/a.yaml': text('', ''), 'm1/e.pem': certificate, 'm2/b.yaml': b, 'm2/e.pem': certificate });
    const said = told(() => loadDesired(['m1', 'm2'], both(text('', ''))));
    expect(said.match(/^(Error:| {2}at| {2}and) .*/gm)).toEqual([
      'Error: `file` leads to another file here than in the file before.',
      '  at m2/b.yaml:2:43',
      '  and m1/a.yaml:2:43',
      'Error: `file` leads to another file here than in the file before.',
      '  at m2/b.yaml:2:73',
      '  and m1/a.yaml:2:73',
    ]);
    expect(told(() => loadDesired(['m1', 'm2'], both(text('../m1/', './../m1/'))))).toBe('');
  });

  it('each say their version, and have faults of all told at once', () => {
    const door = memoryDoor({
      'cf-mtls/a.yaml': 'zones: { a.com: { tls_client_auth: maybe } }\n',
      'cf-mtls/b.yaml': 'version: 1\nzones: { b.com: { tls_client_auth: "on" }\n',
      'cf-mtls/c.yaml': 'version: 1\nzones: { c.com: { colour: blue } }\n',
    });
    const places = [...told(() => loadDesired([], door)).matchAll(/^ {2}at (.*?):/gm)].map(([, file]) => file);
    expect(places).toEqual(['cf-mtls/a.yaml', 'cf-mtls/a.yaml', 'cf-mtls/b.yaml', 'cf-mtls/c.yaml']);
  });
});

describe('every fault is told at once', () => {
  const KINDS: Readonly<Record<string, string>> = {
    'a misspelt section': 'zone: {}\n',
    'broken YAML': 'zones: [\n',
    'a version that is missing': 'zones: {}\n',
  };
  const errors = (files: Record<string, string>) =>
    [...told(() => loadDesired(['x'], memoryDoor(files))).matchAll(/^(?:Error|Warning): (.*)$/gm)].map(([, it]) => it);

  it.each(Object.entries(KINDS))('though one file has %s', (_, broken) => {
    const text = `version: 1
certificates: { e: { certificate: { file: nowhere.pem }, private_key: { env: CLOUDFLARE_KEY } } }
policy: { wait: { delete: 25h } }
`;
    expect(errors({ 'x/a.yaml': broken, 'x/b.yaml': text })).toEqual(
      expect.arrayContaining([
        'The certificate file `nowhere.pem` does not exist.',
        '`CLOUDFLARE_*` variables cannot be referenced.',
        '`delete` is longer than 24h.',
      ]),
    );
  });

  it.each(Object.entries(KINDS).slice(0, 2))('and nothing that %s may have said', async (_, broken) => {
    const text = `version: 1
certificates: { e: { certificate: { file: e.pem } } }
zones:
  a.com:
    authenticated_origin_pulls: { certificate: other, hostnames: { b.net: none } }
  c.com: { authenticated_origin_pulls: { keep: [e] } }
policy: { retry: { base: 10s } }
`;
    const files = {
      'x/a.yaml': `version: 1\n${broken}`,
      'x/b.yaml': text,
      'x/e.pem': (await testCertificate('leaf')).certificate,
    };
    expect(errors(files)).toHaveLength(1);
  });
});

describe('anchors', () => {
  it('merge, the own key first', () => {
    const text = `version: 1
x-base: &base { tls_client_auth: on, policy: { prune: false } }
zones:
  a.com: { <<: *base, tls_client_auth: off }
  b.com:
    <<: [*base]
  c.com: *base
`;
    expect(loadDesired(['a.yaml'], memoryDoor({ 'a.yaml': text })).scopes).toMatchObject([
      { name: 'a.com', tlsClientAuth: false, prune: false },
      { name: 'b.com', tlsClientAuth: true, prune: false },
      { name: 'c.com', tlsClientAuth: true, prune: false },
    ]);
  });

  it('point at where an entry was written, numbers as keys too', () => {
    const text = `version: 1
x-base: &base
  tls_client_auth: maybe
  7: { }
zones:
  a.com: { <<: *base }
`;
    const places = [...told(() => loadDesired(['a.yaml'], memoryDoor({ 'a.yaml': text }))).matchAll(/a\.yaml:(\S+)/g)];
    expect(places.map(([, place]) => place)).toEqual(['3:20', '4:3']);
  });

  it('are not changed by what another file adds to one of their uses', () => {
    const door = memoryDoor({
      'cf-mtls/a.yaml': 'version: 1\nzones: { a.com: &on { tls_client_auth: on }, b.com: *on }\n',
      'cf-mtls/b.yaml': 'version: 1\nzones: { a.com: { id: 00000000000000000000000000000001 } }\n',
    });
    expect(loadDesired([], door).scopes.map(({ id }) => id)).toEqual(['0'.repeat(31).concat('1'), undefined]);
  });

  it('may have the same name in several files', () => {
    const text = (name: string, value: string) =>
      `version: 1\nx-on: &on { tls_client_auth: ${value} }\nzones: { ${name}: *on }\n`;
    const door = memoryDoor({ 'cf-mtls/a.yaml': text('a.com', 'on'), 'cf-mtls/b.yaml': text('b.com', 'off') });
    expect(loadDesired([], door).scopes.map(({ tlsClientAuth }) => tlsClientAuth)).toEqual([true, false]);
  });
});
