import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { LISTS } from '../../src/kinds/lists.ts';
import { createSimulator, type Simulator, serve } from '../../src/simulator/index.ts';
import { testCertificate } from './certificates.ts';

/** A folder, a shell in it that has `cf-mtls` on its path, and a simulator behind that: for what documents tell people to type. */
export interface Shell {
  readonly folder: string;
  readonly simulator: Simulator;
  /** What every command sees; made certificates add their keys. Beside the token `writing` there is `reading`, which only reads. */
  readonly env: Record<string, string>;
  /** The words behind every `cf-mtls` that was run, in order. */
  readonly ran: () => readonly string[];
  /** Makes the certificates and keys that a file of the folder refers to; those without a key are CAs. */
  furnish(file: string): Promise<void>;
  run(
    script: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number; readonly text: string }>;
  close(): Promise<void>;
}

/** Opens a shell in a copy of a folder, or in an empty one. */
export async function openShell(copied?: string): Promise<Shell> {
  const simulator = createSimulator({
    clock: { now: Date.now },
    delays: { deploy: 0, delete: 0, void: 0, accessSettle: 0 },
    tokens: [{ token: 'writing' }, { token: 'reading', permissions: READ }],
  });
  const served = await serve(simulator);
  const root = mkdtempSync(join(tmpdir(), 'cf-mtls-'));
  const [folder, bin, log] = [join(root, 'work'), join(root, 'bin'), join(root, 'log')];
  mkdirSync(folder);
  mkdirSync(bin);
  if (copied !== undefined)
    cpSync(copied, folder, { recursive: true, filter: (path) => !/[/\\](certs|\.cf-mtls)$/.test(path) });
  writeFileSync(log, '');
  for (const [name, body] of Object.entries(COMMANDS)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const env: Record<string, string> = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: root,
    NODE: process.execPath,
    PROGRAM,
    LOG: log,
    KEYS: join(root, 'keys'),
    CLOUDFLARE_BASE_URL: served.url,
    CLOUDFLARE_API_TOKEN: 'writing',
  };

  return {
    folder,
    simulator,
    env,
    ran: () => readFileSync(log, 'utf8').split('\n').slice(0, -1),
    async furnish(file) {
      const { certificates = {} } = parse(readFileSync(join(folder, file), 'utf8'), { merge: true }) as Document;
      for (const [label, entry] of Object.entries(certificates)) {
        if (entry.certificate === undefined) continue;
        const { certificate, privateKey } = await testCertificate(label, { ca: entry.private_key === undefined });
        write(join(folder, dirname(file), entry.certificate.file), certificate);
        write(join(root, 'keys', label), privateKey);
        if (entry.private_key?.file !== undefined)
          write(join(folder, dirname(file), entry.private_key.file), privateKey);
        if (entry.private_key?.env !== undefined) env[entry.private_key.env] = privateKey;
      }
    },
    run: (script, more = {}) =>
      new Promise((resolve) => {
        const options = { cwd: folder, env: { ...env, ...more }, timeout: 25_000 };
        execFile('bash', ['-e', '-c', script], options, (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : Number(error.code ?? -1), text: stdout + stderr });
        });
      }),
    async close() {
      await served.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

interface Document {
  readonly certificates?: Readonly<
    Record<
      string,
      {
        readonly certificate?: { readonly file: string };
        readonly private_key?: { readonly file?: string; readonly env?: string };
      }
    >
  >;
}

const PROGRAM = fileURLToPath(new URL('../../dist/main.cjs', import.meta.url));

const READ: readonly string[] = ['Zone Read', ...new Set(Object.values(LISTS).map(({ permission }) => permission))];

/** What stands on the path before everything else: ourselves, and others that would reach beyond this machine. */
const COMMANDS: Readonly<Record<string, string>> = {
  'cf-mtls': 'echo "$*" >> "$LOG"; exec "$NODE" "$PROGRAM" "$@"',
  npx: '[ "$1" = --no-install ] && shift && exec "$@"; exit 97',
  npm: '[ "$1" = ci ]',
  gh: ':',
  wget: ':',
  op: 'cat "$KEYS/$(echo "$2" | cut -d / -f 4)"',
};

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
