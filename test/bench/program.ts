import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Server } from './server.ts';

/** The built program as users start it. */
export const PROGRAM = fileURLToPath(new URL('../dist/main.cjs', import.meta.url));

export interface Run {
  readonly ms: number;
  /** The most memory that the process had at any time. */
  readonly megabytes: number;
  readonly stdout: string;
}

/** Runs a command line in a folder, against a server. Anything but success ends the benchmark. */
export async function cfMtls(
  folder: string,
  { url, ca }: Pick<Server, 'url' | 'ca'>,
  ...words: readonly string[]
): Promise<Run> {
  const trusted = ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
  const env = { PATH: process.env.PATH, CLOUDFLARE_BASE_URL: url, CLOUDFLARE_API_TOKEN: 'bench', ...trusted };
  const begun = performance.now();
  const child = spawn(process.execPath, ['--require', MEMORY, PROGRAM, ...words], { cwd: folder, env });
  const parts: { stdout: string; stderr: string } = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (parts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (parts.stderr += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  const ms = performance.now() - begun;
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}\n${parts.stdout}${parts.stderr}`);
  const used = join(folder, '.megabytes');
  const megabytes = Number(readFileSync(used, 'utf8'));
  rmSync(used);
  return { ms, megabytes, stdout: parts.stdout };
}

/** Writes down at the end what the process has used, in the folder where it ran. */
const MEMORY = fileURLToPath(new URL('../test/bench/memory.cjs', import.meta.url));
