// `npm run bench`: bundles the benchmarks, since Node 20 reads no TypeScript, and runs them. Nothing leaves this machine.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const folder = path('../../dist.bench');

await build({
  input: { main: path('./main.ts') },
  platform: 'node',
  external: ['cloudflare', '@peculiar/x509', 'reflect-metadata', 'undici'],
  output: { dir: folder, format: 'esm', entryFileNames: '[name].mjs' },
  logLevel: 'warn',
});
const { status } = spawnSync(process.execPath, [path('../../dist.bench/main.mjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
rmSync(folder, { recursive: true, force: true });
process.exit(status ?? 1);
