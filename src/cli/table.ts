import { COMMANDS } from './commands.ts';
import { type CommandSpec, GLOBAL_OPTIONS, OPTIONS, type OptionSpec } from './options.ts';

/** Everything that can stand on a command line. */
export interface Table {
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly commands: readonly CommandSpec[];
}

/** Everything that works today. */
export const TABLE: Table = readyPart({ options: OPTIONS, commands: COMMANDS });

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

/** Leaves only what is ready, and only examples that use nothing else. */
export function readyPart(table: Table): Table {
  const options = Object.fromEntries(Object.entries(table.options).filter(([, option]) => option.ready));
  const isReady = (name: string): boolean => Object.hasOwn(options, name);
  const commands = table.commands
    .filter((command) => command.ready)
    .map((command) => {
      const positionals = command.positionals.filter((positional) => positional.ready);
      return {
        ...command,
        positionals,
        options: command.options.filter(isReady),
        examples: command.examples.filter(
          ({ line }) =>
            [...line.matchAll(/ --([a-z-]+)/g)].every(([, name = '']) => isReady(name)) &&
            (positionals.length > 0 || !line.includes('plan.json')),
        ),
      };
    });
  return { options, commands };
}

/** The names of the options that a command takes, those that every command takes last. */
export function optionsOf(table: Table, command: CommandSpec): readonly string[] {
  return [...command.options, ...GLOBAL_OPTIONS.filter((name) => Object.hasOwn(table.options, name))];
}
