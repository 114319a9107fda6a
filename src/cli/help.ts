import { inputError } from '../model/fault.ts';
import { REFUSALS } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';
import { wrap } from '../report/width.ts';
import type { Arguments } from './args.ts';
import type { Door } from './door.ts';
import { ENVIRONMENT, EXIT_CODES } from './environment.ts';
import { type CommandSpec, GLOBAL_OPTIONS, type OptionSpec, type PositionalSpec } from './options.ts';
import type { Table } from './table.ts';

/** `cf-mtls help [COMMAND]` */
export function helpText({ positionals: [topic] }: Arguments, { stdout }: Door, table: Table): number {
  stdout.write(help(table, topic, stdout.width()));
  return 0;
}

/** The help, or that of one command, as plain text. Throws an InputError where there is no such command. */
export function help(table: Table, topic: string | undefined, width: number): string {
  const columns = Math.min(Math.max(width, 40), 100);
  const command = table.commands.find((known) => known.name === topic);
  if (topic !== undefined && command === undefined) throw unknownTopic(topic, table);
  const sections = command === undefined ? overview(table, columns) : commandHelp(table, command, columns);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function overview(table: Table, columns: number): string[][] {
  const { commands } = table;
  const commandRows = commands.map(({ name, summary }) => [name, summary] as const);
  const environmentRows = ENVIRONMENT.map(({ name, does }) => [name, does] as const);
  const used = new Set(commands.flatMap((command) => command.exits.map((exit) => exit.code)));
  const exits = EXIT_CODES.filter(({ code }) => used.has(code));
  const first = commands.filter(({ name }) => FIRST_STEPS.includes(name));
  const examples = first.flatMap((command) => command.examples.slice(0, 1));
  return [
    wrap('cf-mtls keeps the mutual TLS of Cloudflare zones and accounts equal to YAML files.', columns),
    ['Usage: cf-mtls COMMAND [OPTIONS]'],
    list('Commands:', commandRows, columns),
    list('Options of every command:', optionRows(table, GLOBAL_OPTIONS), columns),
    exampleList(examples, columns),
    list('Environment:', environmentRows, columns),
    exitList(exits, columns),
    wrap('An option may be written with one dash or two, and its value as the next word or behind an = sign.', columns),
    wrap('cf-mtls help COMMAND shows the options, examples and exit codes of one command.', columns),
  ];
}

function commandHelp(table: Table, command: CommandSpec, columns: number): string[][] {
  const { name, about, positionals, options, exits } = command;
  const { examples } = command;
  const words = [...positionals.map(positionalWord), ...(options.length > 0 ? ['[OPTIONS]'] : [])];
  const positionalRows = positionals.map((positional) => [positional.name, positionalHelp(positional)] as const);
  const several = options.some((option) => table.options[option]?.many);
  return [
    wrap(about, columns),
    [`Usage: ${['cf-mtls', name, ...words].join(' ')}`],
    list('Arguments:', positionalRows, columns),
    list('Options:', optionRows(table, options), columns),
    list('Options of every command:', optionRows(table, GLOBAL_OPTIONS), columns),
    several ? wrap('Options marked with … may be given several times.', columns) : [],
    exampleList(examples, columns),
    exitList(exits, columns),
  ].filter((lines) => lines.length > 0);
}

function exampleList(examples: CommandSpec['examples'], columns: number): string[] {
  if (examples.length === 0) return [];
  return ['Examples:', ...examples.flatMap(({ line, does }) => [`  ${line}`, ...wrap(does, columns, '      ')])];
}

const exitList = (exits: CommandSpec['exits'], columns: number): string[] =>
  list(
    'Exit codes:',
    exits.map(({ code, means }) => [String(code), means]),
    columns,
  );

function optionRows(table: Table, names: readonly string[]): [string, string][] {
  return names.flatMap((name) => {
    const option = Object.hasOwn(table.options, name) ? table.options[name] : undefined;
    return option === undefined ? [] : [[optionWord(name, option), optionHelp(option)] as [string, string]];
  });
}

function optionWord(name: string, option: OptionSpec): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}--${name}${option.value === undefined ? '' : ` ${option.value}`}${option.many ? ' …' : ''}`;
}

const optionHelp = ({ help: text, completes }: OptionSpec): string =>
  completes === 'refusals' ? `${text} NAME is one of ${REFUSALS.join(', ')}.` : text;

const positionalWord = ({ name, required }: PositionalSpec): string => (required ? name : `[${name}]`);

const positionalHelp = ({ help: text, choices }: PositionalSpec): string =>
  choices === undefined ? text : `${text} One of ${choices.join(', ')}.`;

/** Two columns; what is too wide for the left one gets a line of its own. */
function list(heading: string, rows: readonly (readonly [string, string])[], columns: number): string[] {
  if (rows.length === 0) return [];
  const widest = Math.min(Math.max(...rows.map(([left]) => left.length)), Math.floor(columns / 3));
  const indent = ' '.repeat(widest + 4);
  const lines = rows.flatMap(([left, right]) =>
    left.length > widest
      ? [`  ${left}`, ...wrap(right, columns, indent)]
      : wrap(right, columns, `  ${left.padEnd(widest)}  `, indent),
  );
  return [heading, ...lines];
}

function unknownTopic(topic: string, table: Table): Error {
  const names = table.commands.map((command) => command.name);
  const near = nearest(topic, names);
  return inputError(
    `There is no command ${JSON.stringify(topic)}`,
    near === undefined ? `The commands are ${names.join(', ')}.` : `Did you mean ${near}?`,
  );
}

/** Commands whose first example stands in the overview. */
const FIRST_STEPS: readonly string[] = ['validate', 'plan', 'apply'];
