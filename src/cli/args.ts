import { parseArgs as splitArguments } from 'node:util';
import { type Fault, InputError } from '../model/fault.ts';
import { nearest } from '../model/nearest.ts';
import { checkPositionals, checkValue, usage } from './checks.ts';
import type { CommandSpec, OPTIONS, OptionName, OptionSpec } from './options.ts';
import { optionsOf, TABLE, type Table } from './table.ts';

/** A command line that makes sense. */
export interface Arguments {
  readonly command: string;
  readonly positionals: readonly string[];
  /** By the name without dashes; absent where it was not given. */
  readonly options: Options;
  /** Every option as given, those that only the simulator knows too. */
  readonly given: ReadonlyMap<string, OptionValue>;
}
export type OptionValue = true | string | number | readonly string[];
export type Options = { readonly [N in OptionName]?: ValueOf<(typeof OPTIONS)[N]> };
type ValueOf<O> = O extends { many: true }
  ? readonly string[]
  : O extends { check: 'count' | 'days' }
    ? number
    : O extends { value: string }
      ? string
      : true;

/** Reads `argv` (without node and program). Throws an InputError with everything that is wrong with it. */
export function parseArgs(argv: readonly string[], table: Table = TABLE): Arguments {
  const { positionals: words, tokens } = splitArguments({
    args: withLongOptions(argv, table),
    options: Object.fromEntries(
      Object.entries(table.options).map(([name, option]) => [name, { type: option.value ? 'string' : 'boolean' }]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const faults: Fault[] = [];
  const given = new Map<string, OptionValue>();
  const unknown: string[] = [];
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = optionNamed(table, token.name);
    if (option === undefined) unknown.push(token.name);
    else faults.push(...take(given, token.name, option, token.value));
  }
  const [word, ...positionals] = words;
  const name = given.has('help') ? 'help' : given.has('version') ? 'version' : word;
  const command = table.commands.find((known) => known.name === name);
  faults.unshift(...unknown.map((option) => unknownOption(option, command, table)));
  if (command === undefined) faults.unshift(unknownCommand(name, table));
  else if (given.has('help')) return finish(faults, { command: 'help', positionals: words.slice(0, 1), given });
  else if (given.has('version')) return finish(faults, { command: 'version', positionals: [], given });
  else faults.push(...misplaced(given.keys(), command, table), ...checkPositionals(command, positionals, given));
  return finish(faults, { command: command?.name ?? '', positionals, given });
}

function finish(faults: readonly Fault[], made: Omit<Arguments, 'options'>): Arguments {
  if (faults.length > 0) throw new InputError(faults);
  return { ...made, options: Object.fromEntries(made.given) as Options };
}

/** Node reads `-out=x` as short options in a row; here one dash means the same as two, and a value may follow as a word. */
function withLongOptions(argv: readonly string[], table: Table): string[] {
  const words: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') return [...words, ...argv.slice(at)];
    const [, dashless, assigned] = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (dashless === undefined) {
      words.push(word);
      continue;
    }
    const name = longName(table, dashless);
    // A mistyped option still takes its value along, so that the value isn't taken for the command.
    const option = optionNamed(table, name) ?? optionNamed(table, nearestOption(name, table) ?? '');
    const follows = argv[at + 1];
    const takesNext = assigned === undefined && option?.value !== undefined && isValue(follows, table);
    if (takesNext) at++;
    const value = takesNext ? follows : assigned;
    const isSwitch = option?.value === undefined;
    words.push(value === undefined && isSwitch ? `--${name}` : `--${name}=${value ?? ''}`);
  }
  return words;
}

function isValue(word: string | undefined, table: Table): word is string {
  if (word === undefined || word === '--') return false;
  const [, name] = /^--?([^-=][^=]*)/.exec(word) ?? [];
  return name === undefined || optionNamed(table, longName(table, name)) === undefined;
}

function take(given: Map<string, OptionValue>, name: string, option: OptionSpec, value: string | undefined): Fault[] {
  if (option.value === undefined) return takeSwitch(given, name, value);
  const fault = checkValue(name, option, value);
  if (fault !== undefined) return [fault];
  if (option.many) given.set(name, [...((given.get(name) as readonly string[] | undefined) ?? []), value ?? '']);
  else if (given.has(name)) return [usage(`--${name} was given twice`, 'Give it once.')];
  else given.set(name, option.check === 'count' || option.check === 'days' ? Number(value) : (value ?? ''));
  return [];
}

function takeSwitch(given: Map<string, OptionValue>, name: string, value: string | undefined): Fault[] {
  if (value === undefined || value === 'true') given.set(name, true);
  else if (value !== 'false') return [usage(`--${name} takes no value, but ${JSON.stringify(value)} was given`)];
  return [];
}

function unknownCommand(name: string | undefined, table: Table): Fault {
  const names = table.commands.map((command) => command.name);
  if (name === undefined)
    return usage('No command was given', `The commands are ${names.join(', ')}. Try: cf-mtls help`);
  const near = nearest(name, names);
  return usage(
    `There is no command ${JSON.stringify(name)}`,
    near === undefined ? `The commands are ${names.join(', ')}. Try: cf-mtls help` : `Did you mean ${near}?`,
  );
}

function unknownOption(name: string, command: CommandSpec | undefined, table: Table): Fault {
  const near = nearestOption(name, table, command);
  const help = command === undefined ? 'cf-mtls help' : `cf-mtls help ${command.name}`;
  return usage(
    `There is no option --${name}`,
    near === undefined ? `${help} lists the options.` : `Did you mean --${near}?`,
  );
}

function misplaced(names: Iterable<string>, command: CommandSpec, table: Table): Fault[] {
  const taken = optionsOf(table, command);
  return [...names]
    .filter((name) => !taken.includes(name))
    .map((name) => {
      const owners = table.commands.filter((other) => other.options.includes(name)).map((other) => other.name);
      return usage(
        `${command.name} takes no option --${name}`,
        owners.length > 0 ? `It belongs to ${owners.join(', ')}.` : `cf-mtls help ${command.name} lists its options.`,
      );
    });
}

const longName = (table: Table, name: string): string =>
  Object.entries(table.options).find(([, option]) => option.short === name)?.[0] ?? name;

const optionNamed = (table: Table, name: string): OptionSpec | undefined =>
  Object.hasOwn(table.options, name) ? table.options[name] : undefined;

function nearestOption(name: string, table: Table, command?: CommandSpec): string | undefined {
  const own = command === undefined ? [] : optionsOf(table, command);
  return nearest(name, own) ?? nearest(name, Object.keys(table.options));
}
