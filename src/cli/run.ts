import { ApiError } from '../model/api.ts';
import { InputError } from '../model/fault.ts';
import { renderFaults } from '../report/faults.ts';
import { apply } from './apply.ts';
import { type Arguments, parseArgs } from './args.ts';
import { completion } from './completion.ts';
import type { Door } from './door.ts';
import { help } from './help.ts';
import { plan } from './plan.ts';
import { schemaText } from './schema.ts';
import { show } from './show.ts';
import type { Table } from './table.ts';
import { validate } from './validate.ts';
import { version } from './version.ts';

/** Runs one command line and gives its exit code. Whatever goes wrong is told on stderr, without a stack trace. */
export async function run(argv: readonly string[], table: Table, door: Door): Promise<number> {
  try {
    const args = parseArgs(argv, table);
    const code = await command(args, table, door);
    return code !== 0 && door.stop.aborted ? 130 : code;
  } catch (error) {
    door.stderr.write(inWords(error));
    if (door.env.CF_MTLS_LOG === 'debug' && error instanceof Error) door.stderr.write(`${error.stack ?? ''}\n`);
    return door.stop.aborted ? 130 : 1;
  }
}

async function command(args: Arguments, table: Table, door: Door): Promise<number> {
  switch (args.command) {
    case 'validate':
      return validate(args, door);
    case 'plan':
      return plan(args, door);
    case 'apply':
      return apply(args, door);
    case 'show':
      return show(args, door);
    case 'schema':
      door.stdout.write(schemaText(args.positionals[0] ?? ''));
      return 0;
    case 'completion':
      door.stdout.write(completion(table, args.positionals[0] ?? ''));
      return 0;
    case 'simulate':
      await door.simulate(args.given);
      return 0;
    case 'version':
      return version(door);
    default:
      door.stdout.write(help(table, args.positionals[0], door.stdout.width()));
      return 0;
  }
}

function inWords(error: unknown): string {
  if (error instanceof InputError) return renderFaults(error.faults);
  if (error instanceof ApiError) return `Error: ${error.message}\n`;
  return `Error: ${error instanceof Error ? error.message : String(error)}\n`;
}
