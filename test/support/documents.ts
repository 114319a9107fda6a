import { COMMANDS } from '../../src/cli/commands.ts';
import { GLOBAL_OPTIONS } from '../../src/cli/options.ts';
import { SIMULATE_OPTIONS } from '../../src/simulator/index.ts';

/** A fenced block of a Markdown text. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

/** The rows of the table below a heading line such as `| code | meaning |`, as cells without their backticks. */
export function tableOf(markdown: string, head: string): readonly (readonly string[])[] {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => line.replaceAll(/ +/g, ' ').startsWith(head));
  if (start === -1) throw new Error(`there is no table that begins with ${head}`);
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** Every `cf-mtls COMMAND …` of a script, without comments and what the shell keeps to itself. */
export function commandsOf(script: string): readonly string[] {
  return script
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .flatMap((line) =>
      [...line.matchAll(/(?<!<!-- )(?<=^|[\s(])(cf-mtls (?=[a-z-])[^|&;)>#]*)/g)].map(([, it = '']) => it.trim()),
    )
    .map((line) => line.replace(/ 2$/, ''));
}

/** What the tables of the program do not know about a command line; empty where it could be run. */
export function unknownIn(line: string): readonly string[] {
  const { command, options } = partsOf(line);
  if (command === undefined) return [`no command: ${line}`];
  const taken: readonly string[] = [
    ...command.options,
    ...GLOBAL_OPTIONS,
    ...(command.name === 'simulate' ? SIMULATED : []),
  ];
  return options.filter((name) => !taken.includes(name)).map((name) => `${command.name} takes no --${name}`);
}

function partsOf(line: string) {
  const words = line.split(/\s+/).slice(1);
  const options = words.flatMap((word) => /^--([a-z-]+)/.exec(word)?.[1] ?? (word === '-f' ? 'file' : []));
  return { command: COMMANDS.find(({ name }) => words.includes(name)), options };
}

const SIMULATED = Object.keys(SIMULATE_OPTIONS);
