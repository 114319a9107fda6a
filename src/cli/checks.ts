import type { Fault } from '../model/fault.ts';
import { REFUSALS } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';
import { type CommandSpec, type OptionSpec, SAVED_OPTIONS } from './options.ts';

/** What is wrong with the value of an option; undefined where nothing is. */
export function checkValue(name: string, option: OptionSpec, value: string | undefined): Fault | undefined {
  if (value === undefined || value === '') return usage(`--${name} needs a value`, `Write --${name} ${option.value}.`);
  if (option.choices !== undefined) return checkChoice(`--${name}`, option.choices, value);
  return option.check === undefined ? undefined : CHECKS[option.check](name, value);
}

/** What is wrong with the words behind the command. */
export function checkPositionals(
  command: CommandSpec,
  words: readonly string[],
  given: ReadonlyMap<string, unknown>,
): Fault[] {
  const faults: Fault[] = [];
  for (const [at, positional] of command.positionals.entries()) {
    const word = words[at];
    if (word === undefined && positional.required)
      faults.push(
        usage(
          `${command.name} needs ${positional.name}`,
          positional.choices === undefined ? positional.help : `It is one of ${positional.choices.join(', ')}.`,
        ),
      );
    if (word === undefined || positional.choices === undefined) continue;
    const fault = checkChoice(positional.name, positional.choices, word);
    if (fault !== undefined) faults.push(fault);
  }
  for (const word of words.slice(command.positionals.length)) faults.push(superfluous(command, word));
  if (command.name === 'apply' && words.length > 0 && command.positionals.length > 0)
    for (const name of SAVED_OPTIONS.filter((saved) => given.has(saved)))
      faults.push(usage(`--${name} stands in the saved plan already`, 'Leave it out, or make a new plan with it.'));
  return faults;
}

const CHECKS = {
  count: (name: string, value: string) =>
    /^[1-9]\d{0,8}$/.test(value) ? undefined : usage(`--${name} must be a whole number from 1, not ${quote(value)}`),
  days: (name: string, value: string) =>
    /^\d{1,9}$/.test(value) ? undefined : usage(`--${name} must be a number of days, not ${quote(value)}`),
  allow: (name: string, value: string) => {
    const [refusal = '', ...scope] = value.split('=');
    if (scope.length > 0 && scope.join('=') === '')
      return usage(
        `--${name} ${value} names no scope`,
        `Write --${name} ${refusal}=example.com, or leave out the = sign.`,
      );
    return checkChoice(`--${name}`, REFUSALS, refusal);
  },
  shard: (name: string, value: string) => {
    const [, part, parts] = /^(\d{1,6})\/([1-9]\d{0,5})$/.exec(value) ?? [];
    return part !== undefined && Number(part) < Number(parts)
      ? undefined
      : usage(`--${name} must be I/N with I from 0 to N-1, not ${quote(value)}`);
  },
} satisfies Record<NonNullable<OptionSpec['check']>, (name: string, value: string) => Fault | undefined>;

function checkChoice(what: string, choices: readonly string[], value: string): Fault | undefined {
  if (choices.includes(value)) return undefined;
  const near = nearest(value, choices);
  return usage(
    `${what} cannot be ${quote(value)}`,
    near === undefined ? `It is one of ${choices.join(', ')}.` : `Did you mean ${near}?`,
  );
}

function superfluous(command: CommandSpec, word: string): Fault {
  const most = command.positionals.map((positional) => positional.name).join(' ');
  return usage(
    `${command.name} does not know what to do with ${quote(word)}`,
    most === '' ? `${command.name} takes options only.` : `${command.name} takes ${most} and options.`,
  );
}

const quote = (value: string): string => JSON.stringify(value);

/** One thing that is wrong with a command line. */
export const usage = (message: string, advice?: string): Fault => ({
  severity: 'error',
  message,
  ...(advice === undefined ? {} : { advice }),
});
