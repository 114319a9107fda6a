import { GLOBAL_OPTIONS, type OptionSpec, type PositionalSpec } from './options.ts';
import { firstSentence, offersFor, type Table } from './table.ts';

/** For fish 3 and later. */
export function fishCompletion(table: Table): string {
  const global: readonly string[] = GLOBAL_OPTIONS;
  const owners = (option: string): string[] =>
    table.commands.filter((command) => command.options.includes(option)).map((command) => command.name);
  const lines = [
    ...table.commands.map(({ name, summary }) =>
      line('-n __fish_use_subcommand', `-a ${name}`, `-d ${quote(summary)}`),
    ),
    ...Object.entries(table.options).map(([name, option]) =>
      optionLine(global.includes(name) ? '' : inside(owners(name)), name, option, table),
    ),
    ...table.commands.flatMap(({ name, positionals: [positional] }) =>
      positional === undefined ? [] : positionalLine(name, positional, table),
    ),
  ];
  return `# fish completion for cf-mtls, made by: cf-mtls completion fish\n${line('-f')}\n${lines.join('\n')}\n`;
}

function optionLine(condition: string, name: string, option: OptionSpec, table: Table): string {
  const short = option.short === undefined ? '' : `-s ${option.short}`;
  const value = option.value === undefined ? '' : values(option, table);
  return line(condition, short, `-l ${name}`, value, `-d ${quote(firstSentence(option.help))}`);
}

function positionalLine(command: string, positional: PositionalSpec, table: Table): string[] {
  const offers = offersFor(positional, table);
  if (offers === undefined) return [];
  return [line(inside([command]), typeof offers === 'string' ? '-F' : `-a ${quote(offers.join(' '))}`)];
}

function values(spec: OptionSpec, table: Table): string {
  const offers = offersFor(spec, table);
  if (offers === undefined) return '-x';
  if (typeof offers !== 'string') return `-x -a ${quote(offers.join(' '))}`;
  return offers === 'files' ? '-r -F' : `-x -a '(__fish_complete_directories)'`;
}

const inside = (commands: readonly string[]): string =>
  `-n ${quote(`__fish_seen_subcommand_from ${commands.join(' ')}`)}`;

const line = (...parts: readonly string[]): string => ['complete -c cf-mtls', ...parts].filter(Boolean).join(' ');

const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
