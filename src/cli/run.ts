import { InputError, InternalError } from '../model/fault.ts';
import { renderFaults } from '../report/faults.ts';
import { harmlessLines } from '../report/harmless.ts';
import { annotate } from './annotate.ts';
import { type Arguments, parseArgs } from './args.ts';
import type { Door } from './door.ts';
import type { Table } from './table.ts';
import { unwritten } from './unwritten.ts';

/** Runs one command line and gives its exit code. Whatever goes wrong is told on stderr, without a stack trace. */
export async function run(argv: readonly string[], table: Table, door: Door): Promise<number> {
  try {
    const args = parseArgs(argv, table);
    const code = heard(await command(args, table, door), door);
    return code !== 0 && door.stop.aborted ? 130 : code;
  } catch (error) {
    door.stderr.write(inWords(error));
    if (error instanceof InputError) annotate(error.faults, door);
    if (door.env.CF_MTLS_LOG === 'debug' && error instanceof Error) door.stderr.write(`${error.stack ?? ''}\n`);
    return door.stop.aborted ? 130 : 1;
  }
}

async function command(args: Arguments, table: Table, door: Door): Promise<number> {
  const load = COMMANDS[args.command];
  if (load === undefined) throw new InternalError(`the table names ${args.command}, and nobody does it`);
  return (await load())(args, door, table);
}

/** A command is loaded when it is asked for: a cron job that validates needs no network, and `version` nothing at all. */
type Command = (args: Arguments, door: Door, table: Table) => number | Promise<number>;
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  validate: async () => (await import('./validate.ts')).validate,
  plan: async () => (await import('./plan.ts')).plan,
  apply: async () => (await import('./apply.ts')).apply,
  show: async () => (await import('./show.ts')).show,
  drift: async () => (await import('./drift.ts')).drift,
  import: async () => (await import('./import.ts')).importLive,
  status: async () => (await import('./status.ts')).status,
  ping: async () => (await import('./ping.ts')).ping,
  simulate: async () => (await import('./simulate.ts')).simulate,
  schema: async () => (await import('./schema.ts')).schema,
  completion: async () => (await import('./completion.ts')).completionScript,
  version: async () => (await import('./version.ts')).version,
  help: async () => (await import('./help.ts')).helpText,
};

/** What nobody can read is no success; 3 says so already, and that more than words was written. */
function heard(code: number, door: Door): number {
  const lost = unwritten(door);
  if (lost === undefined) return code;
  door.stderr.write(`Error: ${lost}\n`);
  return code === 3 ? 3 : 1;
}

function inWords(error: unknown): string {
  if (error instanceof InputError) return renderFaults(error.faults);
  return `Error: ${harmlessLines(error instanceof Error ? error.message : String(error))}\n`;
}
