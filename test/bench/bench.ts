import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Generation, makeFolder, makeSetup, type Setup, writeWants } from './estate.ts';
import { cfMtls, type Run } from './program.ts';
import { type Rules, type Server, startServer } from './server.ts';

/** An estate behind a server, its files in a folder, and the program to run there. */
export interface Bench {
  readonly setup: Setup;
  readonly server: Server;
  run(...words: readonly string[]): Promise<Run>;
  /** Rewrites the files. */
  want(generation: Generation): void;
}

export interface Size {
  readonly zones: number;
  readonly hostnames: number;
  readonly both?: boolean;
  readonly zonesInFile?: number;
}

/** Opens an estate for the time of some work. */
export async function openBench<T>(
  { zones, hostnames, both, zonesInFile }: Size,
  rules: Rules,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const setup = await makeSetup(zones, hostnames, both);
  const folder = makeFolder(setup, zonesInFile);
  const server = await startServer(setup, rules);
  if (server.ca !== undefined) writeFileSync(join(folder, 'ca.pem'), server.ca);
  try {
    return await work({
      setup,
      server,
      run: (...words) => cfMtls(folder, server, ...words),
      want: (generation) => writeWants(folder, setup, generation),
    });
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
