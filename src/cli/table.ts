import { REFUSALS } from '../model/names.ts';
import { COMMANDS } from './commands.ts';
import { type CommandSpec, GLOBAL_OPTIONS, OPTIONS, type OptionSpec, type PositionalSpec } from './options.ts';

/** Everything that can stand on a command line. */
export interface Table {
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly commands: readonly CommandSpec[];
}

/** Everything but the options of the simulator. */
export const TABLE: Table = { options: OPTIONS, commands: COMMANDS };

/** The table with the options of the simulator, which only the simulator knows, at the command `simulate`. */
export function withSimulatorOptions(table: Table, options: Readonly<Record<string, OptionSpec>>): Table {
  return {
    options: { ...options, ...table.options },
    commands: table.commands.map((command) =>
      command.name === 'simulate'
        ? {
            ...command,
            options: [...command.options, ...Object.keys(options).filter((name) => !command.options.includes(name))],
          }
        : command,
    ),
  };
}

/** The names of the options that a command takes, those that every command takes last. */
export function optionsOf(table: Table, command: CommandSpec): readonly string[] {
  return [...command.options, ...GLOBAL_OPTIONS.filter((name) => Object.hasOwn(table.options, name))];
}

/** What a shell can offer for a value: words, files, folders, or nothing. */
export function offersFor(
  spec: OptionSpec | PositionalSpec,
  table: Table,
): readonly string[] | 'files' | 'folders' | undefined {
  if (spec.choices !== undefined) return spec.choices;
  if (spec.completes === 'refusals') return REFUSALS;
  if (spec.completes === 'commands') return table.commands.map((command) => command.name);
  return spec.completes;
}

/** As much of a help text as fits beside a word that a shell offers. */
export const firstSentence = (text: string): string => /^.*?(?=\. |\.$|$)/.exec(text)?.[0] ?? text;
