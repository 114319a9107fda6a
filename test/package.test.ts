import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSimulator } from '../src/simulator/index.ts';
import { answer, ask, openHttps } from './support/https.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FILE = 'version: 1\nzones:\n  example.com: { tls_client_auth: on }\n';

/** `made/` holds the tarball and what is in it; `empty/` is where somebody tries it, without a network. */
let root: string;
let tarball: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'cf-mtls-'));
  for (const name of ['made', 'empty', 'home']) mkdirSync(join(root, name));
  run('npm', ['pack', '--silent', '--pack-destination', join(root, 'made')], ROOT);
  tarball = join(root, 'made', readdirSync(join(root, 'made'))[0] ?? '');
  run('tar', ['-xzf', tarball], join(root, 'made'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function run(command: string, words: readonly string[], cwd: string): string {
  const home = join(root, 'home');
  const env = { PATH: process.env.PATH, HOME: home, npm_config_cache: join(home, 'npm'), npm_config_offline: 'true' };
  return execFileSync(command, words, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const files = (): readonly string[] =>
  readdirSync(join(root, 'made/package'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

describe('the package', () => {
  it('is small: under 300 kB packed and 1.5 MB unpacked, with everything that it needs', () => {
    expect(statSync(tarball).size).toBeLessThan(300_000);
    expect(files().reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(1_500_000);
    const { dependencies, bin } = JSON.parse(readFileSync(join(root, 'made/package/package.json'), 'utf8'));
    expect(dependencies).toBeUndefined();
    expect(bin).toEqual({ 'cf-mtls': 'dist/main.cjs' });
  });

  it('runs nothing when it is installed', () => {
    const { scripts = {} } = JSON.parse(readFileSync(join(root, 'made/package/package.json'), 'utf8'));
    expect(Object.keys(scripts).filter((name) => /install|prepare|prepublish/.test(name))).toEqual([]);
  });

  it('holds the program, its schemas and its documents, and no word of where it was made', () => {
    const names = files().map((file) => file.slice(join(root, 'made/package/').length));
    expect(names.filter((name) => !/^(dist\/[\w.-]+\.cjs|schemas\/[\w-]+\.schema\.json)$/.test(name)).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    for (const file of files()) {
      const text = readFileSync(file, 'utf8');
      for (const path of [ROOT, homedir(), tmpdir()])
        expect(text.includes(`${join(path)}/`), `${path} in ${file}`).toBe(false);
    }
  });

  it('is run by npx from its file, in an empty folder', () => {
    const npx = (...words: string[]) =>
      run('npx', ['--yes', '--package', tarball, 'cf-mtls', ...words], join(root, 'empty'));
    expect(npx('version')).toMatch(/^cf-mtls \d+\.\d+\.\d+|^\d+\.\d+\.\d+/);
    writeFileSync(join(root, 'empty/cf-mtls.yaml'), FILE);
    expect(npx('plan', '--simulate')).toContain('Plan: 0 to add, 1 to change, 0 to destroy.');
  });

  /** Plans the file with one attempt a request, and tells the exit code. */
  function plan(env: Readonly<Record<string, string>>): Promise<unknown> {
    const file = join(root, 'retry.yaml');
    writeFileSync(file, `${FILE}policy: { retry: { attempts: 1 } }\n`);
    const words = [join(root, 'made/package/dist/main.cjs'), 'plan', '--detailed-exitcode', '-f', file];
    const settings = { env: { PATH: process.env.PATH, CLOUDFLARE_API_TOKEN: 'test', ...env }, timeout: 20_000 };
    return new Promise((resolve) =>
      execFile(process.execPath, words, settings, (error) => resolve(error === null ? 0 : error.code)),
    );
  }

  it('speaks HTTP/2 to who is trusted by NODE_EXTRA_CA_CERTS, and ends', async () => {
    const simulator = createSimulator({ clock: { now: Date.now } });
    const server = await openHttps(async (request) => answer(request, await ask(request, simulator.handle)));
    const ca = join(root, 'ca.pem');
    writeFileSync(ca, server.ca);
    expect(await plan({ CLOUDFLARE_BASE_URL: server.url, NODE_EXTRA_CA_CERTS: ca })).toBe(2);
    expect(await plan({ CLOUDFLARE_BASE_URL: server.url })).toBe(1);
    await server.close();
    expect(server.requests.map(({ headers }) => headers[':method'])).toEqual(['GET', 'GET']);
    expect(server.connections).toBe(2);
  });

  it('goes through HTTPS_PROXY with the agents that are bundled', async () => {
    const asked: string[] = [];
    const proxy = createServer().on('connect', ({ url }, socket) => {
      asked.push(url ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const code = await plan({
      CLOUDFLARE_BASE_URL: 'https://api.example.invalid/client/v4',
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    });
    proxy.close();
    expect([code, asked[0]]).toEqual([1, 'api.example.invalid:443']);
  });
});
