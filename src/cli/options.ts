/** One option, as parsing, help, usage errors and completion know it. */
export interface OptionSpec {
  /** What stands for its value in the help. Without it the option is a switch. */
  readonly value?: string;
  readonly short?: string;
  /** May be given several times. */
  readonly many?: boolean;
  /** What a value must be, beyond not empty; `count` (from 1) and `days` (from 0) become numbers. */
  readonly check?: 'count' | 'days' | 'allow' | 'shard';
  readonly choices?: readonly string[];
  /** What a shell offers for the value. */
  readonly completes?: 'files' | 'folders' | 'refusals';
  readonly help: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** A paragraph or two for `help <command>`. */
  readonly about: string;
  readonly options: readonly string[];
  readonly positionals: readonly PositionalSpec[];
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  readonly exits: readonly { readonly code: number; readonly means: string }[];
}

export interface PositionalSpec {
  readonly name: string;
  readonly required: boolean;
  readonly help: string;
  readonly choices?: readonly string[];
  readonly completes?: 'files' | 'commands';
}

/** Options that every command takes. */
export const GLOBAL_OPTIONS = ['file', 'simulate', 'help', 'version'] as const;

/** Options that say what is planned: a saved plan holds them, so they cannot be given beside one. */
export const SAVED_OPTIONS = [
  'zone',
  'account',
  'target',
  'allow',
  'discover',
  'previous',
  'changed-since',
  'shard',
] as const;

/** Every option that is built in, by its name without dashes. */
export const OPTIONS = {
  file: {
    value: 'FILE|DIR',
    short: 'f',
    many: true,
    completes: 'files',
    help: 'Read this file, or every file of this folder; several are merged. Without it: cf-mtls.yaml, or the folder cf-mtls/.',
  },
  simulate: {
    help: 'Use the built-in simulator instead of the Cloudflare API; its state is kept in .cf-mtls/simulator.json.',
  },
  help: { short: 'h', help: 'Show help for the command.' },
  version: { help: 'Show the version.' },
  zone: {
    value: 'NAME|GLOB',
    many: true,
    help: 'Only these zones; nothing else is read or changed.',
  },
  account: { value: 'ID', many: true, help: 'Only these accounts; nothing else is read or changed.' },
  target: {
    value: 'GLOB',
    many: true,
    help: 'Only changes whose address matches, with what they need. * stops at /, ** does not.',
  },
  allow: {
    value: 'NAME[=SCOPEGLOB]',
    many: true,
    check: 'allow',
    completes: 'refusals',
    help: 'Lift a refusal, for every scope or for those that match.',
  },
  parallelism: { value: 'N', check: 'count', help: 'Work on N zones and accounts at once (8).' },
  'max-requests': {
    value: 'N',
    check: 'count',
    help: 'Stop before more than N requests are sent to the API.',
  },
  discover: {
    value: 'dns',
    choices: ['dns'],
    help: 'Where associations cannot be listed, ask for the hostnames of the proxied DNS records.',
  },
  previous: {
    value: 'GITREF|DIR',
    completes: 'folders',
    help: 'Where associations cannot be listed, ask also for the hostnames of this earlier version of the files.',
  },
  'changed-since': {
    value: 'GITREF',
    help: 'Only zones and accounts for which the files want something else than at that commit.',
  },
  shard: {
    value: 'I/N',
    check: 'shard',
    help: 'Only part I of N (0 to N-1) of the zones and accounts, chosen by name, with that part of the request budget.',
  },
  out: {
    value: 'FILE|DIR',
    completes: 'files',
    help: 'Write the result there: plan saves the plan to a file, import writes its files into a folder.',
  },
  'detailed-exitcode': { help: 'Exit 2 where there are changes, 0 where there are none.' },
  format: {
    value: 'FORMAT',
    choices: ['text', 'json', 'markdown'],
    help: 'Print the result as text, json or markdown.',
  },
  compact: { help: 'Leave out the attributes below each change.' },
  summary: { help: 'Add the result to the summary of a GitHub Actions job.' },
  'auto-approve': { help: 'Do not ask before applying.' },
  events: {
    value: 'FILE',
    completes: 'files',
    help: 'Write what happens to this file, one JSON object per line.',
  },
  'check-keys': { help: 'Resolve the private keys too and prove that each fits its certificate.' },
  metrics: { value: 'FILE', completes: 'files', help: 'Write a Prometheus text file.' },
  due: {
    value: 'DAYS',
    check: 'days',
    help: 'Call a certificate due so many days before it expires (policy.expiry_warning_days).',
  },
  all: { help: 'Every zone and account that the token can see.' },
  merge: { help: 'Add what is missing to files that are there, and keep their comments and order.' },
  force: { help: 'Overwrite files that are there.' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export type OptionName = keyof typeof OPTIONS;
