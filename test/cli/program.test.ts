import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { openProgram, type Program } from './support/program.ts';

const KEYS = {
  zones: {
    'example.com': {
      authenticated_origin_pulls: {
        enabled: true,
        certificate: 'edge-2026',
        hostnames: { 'app.example.com': { certificate: 'app-2026' }, 'www.example.com': { certificate: 'www-2026' } },
      },
    },
  },
};

let program: Program;
beforeEach(async () => {
  program = await openProgram();
  await program.want(KEYS);
});
afterEach(() => program.close());

const path = (name: string): string => join(program.folder, name);
const fileOf = (name: string): string => readFileSync(path(name), 'utf8');
const names = (folder = '.'): string[] => readdirSync(path(folder)).sort();

describe('--simulate', () => {
  it('knows every zone of the files, however many are looked up by name', async () => {
    const zones = Array.from({ length: 120 }, (_, index) => [`n${index}.example`, { tls_client_auth: 'on' }] as const);
    const account = { ...zones[0]?.[1], account_id: 'b'.repeat(32) };
    await program.want({ zones: { ...Object.fromEntries(zones), 'n0.example': account } });
    const { code, stdout, stderr } = await program.run('plan', '--simulate', '--compact');
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('was not found')]);
    expect(stdout).toContain('Plan: 0 to add, 120 to change, 0 to destroy.');
  });
});

describe('plan --out', () => {
  it('replaces a file whole', async () => {
    writeFileSync(path('plan.json'), 'x'.repeat(1_000_000));
    const { code, stdout } = await program.start(['plan', '--out', 'plan.json', '--format', 'json']).ended;
    expect([code, fileOf('plan.json')]).toEqual([0, stdout]);
    expect(names()).toEqual(['certs', 'cf-mtls.yaml', 'plan.json']);
  });

  it('replaces the file that a link leads to, and leaves the link', async () => {
    mkdirSync(path('there'));
    writeFileSync(path('there/plan.json'), 'earlier');
    symlinkSync('there/plan.json', path('plan.json'));
    expect((await program.start(['plan', '--out', 'plan.json']).ended).code).toBe(0);
    expect(lstatSync(path('plan.json')).isSymbolicLink()).toBe(true);
    expect(JSON.parse(fileOf('there/plan.json'))).toMatchObject({ format_version: '1.0' });
    expect(names('there')).toEqual(['plan.json']);
  });

  it('writes into what is no file', async () => {
    const through = (words: readonly string[]) => ['sh', '-c', '"$@" | cat', 'sh', ...words];
    const { stdout, stderr } = await program.start(['plan', '--out', '/dev/stdout'], { through }).ended;
    expect(stdout, stderr).toMatch(/^\{\n {2}"format_version": "1\.0"/);
  });

  it.each([
    ['no/such/folder/plan.json'],
    ['certs'],
    ['certs/edge-2026.pem/plan.json'],
  ])('to %s is an error in one line that leaves nothing behind', async (out) => {
    const { code, stderr } = await program.start(['plan', '--out', out]).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Error: \S+ can't be written: E[A-Z]+: .*\n$/)]);
    expect(names()).toEqual(['certs', 'cf-mtls.yaml']);
  });

  it('on a disk that is full leaves what was there, and nothing else', async () => {
    writeFileSync(path('plan.json'), 'earlier');
    // A limit of one block for a file does what a full disk does, for this process alone.
    const through = (words: readonly string[]) => ['sh', '-c', 'ulimit -f 1; exec "$@"', 'sh', ...words];
    const { code, stderr } = await program.start(['plan', '--out', 'plan.json'], { through }).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Error: \S+plan\.json can't be written: EFBIG: .*\n$/)]);
    expect(fileOf('plan.json')).toBe('earlier');
    expect(names()).toEqual(['certs', 'cf-mtls.yaml', 'plan.json']);
  });
});

describe('what is saved', () => {
  it('holds no key, however it is had, no value of a reference and no absolute path', async () => {
    const reference = (label: string, key: object) => ({
      certificate: { file: `certs/${label}.pem` },
      private_key: key,
    });
    const env = { EDGE_KEY: fileOf('certs/edge-2026.key'), EDGE_PEM: fileOf('certs/edge-2026.pem') };
    await program.want({
      ...KEYS,
      certificates: {
        'edge-2026': { certificate: { env: 'EDGE_PEM' }, private_key: { env: 'EDGE_KEY' } },
        'app-2026': reference('app-2026', { exec: ['cat', path('certs/app-2026.key')] }),
        'www-2026': reference('www-2026', { file: path('certs/www-2026.key') }),
      },
    });
    const planned = await program.start(['plan', '--out', 'plan.json', '-f', path('cf-mtls.yaml')], { env }).ended;
    expect(planned.code, planned.stderr).toBe(0);
    const apply = program.start(['apply', 'plan.json', '--events', 'events.ndjson'], {
      env: { ...env, CF_MTLS_LOG: 'debug' },
    });
    const applied = await apply.ended;
    expect(applied.code, applied.stderr).toBe(0);
    const everything = fileOf('plan.json') + fileOf('events.ndjson') + applied.stdout + applied.stderr;
    expect(everything).toContain('CN=edge-2026');
    for (const label of ['edge-2026', 'app-2026', 'www-2026'])
      for (const line of fileOf(`certs/${label}.key`).split('\n').slice(0, -1)) expect(everything).not.toContain(line);
    for (const word of ['PRIVATE', program.folder, 'EDGE_KEY', 'EDGE_PEM'])
      expect(fileOf('plan.json'), word).not.toContain(word);
    expect((JSON.parse(fileOf('plan.json')) as Plan).inputs.files).toEqual(['cf-mtls.yaml']);
  });
});

describe('drift --metrics', () => {
  it('writes the file whole, for others to read', async () => {
    const { code } = await program.start(['drift', '--metrics', 'cf-mtls.prom']).ended;
    expect(code).toBe(2);
    expect(fileOf('cf-mtls.prom')).toMatch(/^# HELP cf_mtls_drift_changes /);
    expect(lstatSync(path('cf-mtls.prom')).mode & 0o444).toBe(0o444 & ~process.umask());
    expect(names()).toEqual(['certs', 'cf-mtls.prom', 'cf-mtls.yaml']);
  });

  it('into a folder that is not there is an error, after the drift was told', async () => {
    const { code, stdout, stderr } = await program.start(['drift', '--metrics', 'no/cf-mtls.prom']).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Error: \S+ can't be written: ENOENT/)]);
    expect(stdout).toMatch(/^Plan: /m);
  });
});

describe('output that cannot be written', () => {
  // A limit of one block for a file does what a full disk does, for this process alone.
  const intoFullDisk = (redirection: string) => (words: readonly string[]) => [
    ...['sh', '-c', `ulimit -f 1; exec "$@" ${redirection}`, 'sh'],
    ...words,
  ];
  const APPLY = ['apply', '--auto-approve', '--compact'];
  const LONG = Object.fromEntries(
    Array.from({ length: 30 }, (_, nth) => [`${'x'.repeat(40)}-${nth}.example.com`, { certificate: 'app-2026' }]),
  );
  beforeEach(() => program.want({ zones: { 'example.com': { authenticated_origin_pulls: { hostnames: LONG } } } }));

  it('fails a plan, without a stack trace', async () => {
    const { code, stderr } = await program.start(['plan'], { through: intoFullDisk('> out') }).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Error: stdout can't be written: EFBIG: .*\n$/)]);
  });

  it('that ends in the middle of its last text, too', async () => {
    const { code, stderr } = await program.start(['help'], { through: intoFullDisk('> out') }).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Error: stdout can't be written: /)]);
  });

  it('begins no apply', async () => {
    const { code, stderr } = await program.start(APPLY, { through: intoFullDisk('> out') }).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Error: stdout can't be written: .*\n {2}Nothing was/)]);
    expect(program.simulator.writes).toEqual([]);
  });

  it('stops no apply half way, and is told beside the outcome', async () => {
    const { code, stdout } = await program.start(APPLY, { through: intoFullDisk('2> log') }).ended;
    expect(stdout).toMatch(/^Apply complete! .*\nIt took .*\nError: stderr can't be written: EFBIG: .*\n$/m);
    expect([code, fileOf('log')]).toEqual([3, expect.stringContaining('example.com: started')]);
    expect((await program.start(['plan', '--detailed-exitcode']).ended).code).toBe(0);
  });
});

describe('a working directory that is gone', () => {
  const through = (words: readonly string[]) => ['sh', '-c', 'mkdir d; cd d; rmdir "$PWD"; exec "$@"', 'sh', ...words];

  it('matters to nobody who needs no file', async () => {
    expect(await program.start(['version'], { through }).ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('is an error in one line to everybody else', async () => {
    const { code, stderr } = await program.start(['validate'], { through }).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Error: The working directory is gone: ENOENT: .*\n$/)]);
  });
});
