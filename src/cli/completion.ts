import { InternalError } from '../model/fault.ts';
import type { Arguments } from './args.ts';
import { bashCompletion } from './completion-bash.ts';
import { fishCompletion } from './completion-fish.ts';
import { zshCompletion } from './completion-zsh.ts';
import type { Door } from './door.ts';
import type { Table } from './table.ts';

/** `cf-mtls completion SHELL` */
export function completionScript({ positionals: [shell = ''] }: Arguments, { stdout }: Door, table: Table): number {
  stdout.write(completion(table, shell));
  return 0;
}

/** A script that teaches a shell every command, option and known value of the table. */
export function completion(table: Table, shell: string): string {
  const make = SHELLS[shell];
  if (make === undefined) throw new InternalError(`there is no completion for ${shell}`);
  return make(table);
}

const SHELLS: Readonly<Record<string, (table: Table) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};
