import type { CommandSpec, OptionName } from './options.ts';

const PLANNING = [
  'zone',
  'account',
  'target',
  'allow',
  'parallelism',
  'max-requests',
  'discover',
  'previous',
  'changed-since',
  'shard',
] as const;

const ERROR = { code: 1, means: 'error, refusal or wrong usage; nothing was written' } as const;
const INTERRUPTED = { code: 130, means: 'interrupted' } as const;

/** Every command, in the order in which a newcomer meets them. */
export const COMMANDS: readonly (CommandSpec & { readonly options: readonly OptionName[] })[] = [
  {
    name: 'validate',
    summary: 'Check the files, offline.',
    about:
      'Checks shape, sense and certificates of the files and shows every fault at once. ' +
      'Sends nothing, and needs neither credentials nor private keys.',
    options: ['check-keys'],
    positionals: [],
    examples: [
      { line: 'cf-mtls validate', does: 'check cf-mtls.yaml, or the folder cf-mtls/' },
      { line: 'cf-mtls validate -f zones/ -f accounts.yaml', does: 'check several files and folders as one' },
      { line: 'cf-mtls validate --check-keys', does: 'also prove that every private key fits its certificate' },
    ],
    exits: [{ code: 0, means: 'the files are valid' }, ERROR],
  },
  {
    name: 'plan',
    summary: 'Show what apply would change, in order; changes nothing.',
    about:
      'Reads what is live, compares it with the files, and shows every change, the order of the steps and what ' +
      'each hostname presents before and after. Writes nothing and needs no private key.',
    options: [...PLANNING, 'out', 'detailed-exitcode', 'format', 'compact', 'summary'],
    positionals: [],
    examples: [
      { line: 'cf-mtls plan', does: 'plan everything' },
      { line: 'cf-mtls plan --zone example.com --zone "*.example.net"', does: 'plan some zones only' },
      { line: 'cf-mtls plan --target "example.com/hostname_*/**"', does: 'plan some changes only' },
      { line: 'cf-mtls plan --allow mass-deletion=example.com', does: 'lift one refusal, in one zone' },
      { line: 'cf-mtls plan --detailed-exitcode', does: 'exit 2 where there are changes' },
      { line: 'cf-mtls plan --out plan.json', does: 'save the plan, for apply plan.json' },
      { line: 'cf-mtls plan --format markdown', does: 'print a comment for a pull request' },
    ],
    exits: [
      { code: 0, means: 'done; with --detailed-exitcode: no changes' },
      ERROR,
      { code: 2, means: 'there are changes (with --detailed-exitcode)' },
      INTERRUPTED,
    ],
  },
  {
    name: 'apply',
    summary: 'Make what is live equal to the files.',
    about:
      'Plans, asks, and carries the plan out step by step. Without a terminal, or with CI set, it never asks and ' +
      'needs --auto-approve. Running it again after a failure goes on where it stopped.',
    options: [...PLANNING, 'auto-approve', 'events', 'compact'],
    positionals: [
      {
        name: 'PLANFILE',
        required: false,
        help: 'A plan that plan --out saved. It is applied without asking, and only while it is still true.',
        completes: 'files',
      },
    ],
    examples: [
      { line: 'cf-mtls apply', does: 'plan, ask for yes, apply' },
      { line: 'cf-mtls apply --auto-approve', does: 'plan and apply without asking' },
      { line: 'cf-mtls --simulate apply', does: 'try it on the built-in simulator' },
      { line: 'cf-mtls apply plan.json', does: 'apply the very plan that was reviewed' },
    ],
    exits: [
      { code: 0, means: 'everything was applied, or there was nothing to do' },
      ERROR,
      { code: 3, means: 'something was written, and something failed or was not tried' },
      INTERRUPTED,
    ],
  },
  {
    name: 'show',
    summary: 'Print a saved plan again, offline.',
    about: 'Prints a plan that plan --out saved, in any format.',
    options: ['format', 'compact'],
    positionals: [{ name: 'PLANFILE', required: true, help: 'The saved plan.', completes: 'files' }],
    examples: [
      { line: 'cf-mtls show plan.json', does: 'print it for people' },
      { line: 'cf-mtls show plan.json --format markdown', does: 'print it as a comment' },
    ],
    exits: [{ code: 0, means: 'done' }, ERROR],
  },
  {
    name: 'drift',
    summary: 'Say whether what is live still equals the files, for cron jobs.',
    about: 'Plans, never writes, and tells by its exit code whether anything differs.',
    options: [...PLANNING, 'format', 'compact', 'metrics', 'summary'],
    positionals: [],
    examples: [
      { line: 'cf-mtls drift', does: 'exit 2 where something differs' },
      { line: 'cf-mtls drift --metrics /var/lib/node_exporter/cf-mtls.prom', does: 'also write metrics' },
    ],
    exits: [
      { code: 0, means: 'no drift' },
      { code: 1, means: 'error or wrong usage, or a zone or account could not be read' },
      { code: 2, means: 'drift, or something that an apply would refuse' },
      INTERRUPTED,
    ],
  },
  {
    name: 'import',
    summary: 'Write files from what is live.',
    about:
      'Writes one file per zone or account, the labels and the certificates of what is live; ' +
      '--merge into a folder that holds cf-mtls.yaml adds to that file, which commands without -f read alone. ' +
      'A plan of the result is empty at once, without any private key. ' +
      'Access certificates of single zones, which the API deprecates, are left alone.',
    options: ['zone', 'account', 'all', 'out', 'merge', 'force', 'discover', 'previous', 'parallelism', 'max-requests'],
    positionals: [],
    examples: [
      { line: 'cf-mtls import --zone example.com --out cf-mtls', does: 'adopt one zone' },
      { line: 'cf-mtls import --all --out cf-mtls', does: 'adopt everything that the token can see' },
      { line: 'cf-mtls import --zone "*.example.net" --out cf-mtls --merge', does: 'add more to files that are there' },
    ],
    exits: [
      { code: 0, means: 'done' },
      ERROR,
      { code: 3, means: 'files were written, and some zones or accounts could not be read' },
      INTERRUPTED,
    ],
  },
  {
    name: 'status',
    summary: 'Show every certificate, its expiry, and what each hostname presents.',
    about: 'Shows what the origin of every hostname sees and why, what is due, and how much of each limit is used.',
    options: [
      'zone',
      'account',
      'all',
      'due',
      'format',
      'metrics',
      'discover',
      'previous',
      'shard',
      'parallelism',
      'max-requests',
    ],
    positionals: [],
    examples: [
      { line: 'cf-mtls status', does: 'everything that the files name' },
      { line: 'cf-mtls status --all --due 45', does: 'everything that the token sees; exit 2 when due in 45 days' },
    ],
    exits: [
      { code: 0, means: 'nothing is due' },
      ERROR,
      { code: 2, means: 'something is due, expired or stuck' },
      INTERRUPTED,
    ],
  },
  {
    name: 'ping',
    summary: 'Check the token and its permissions, section by section.',
    about: 'Verifies the token and says for each section of the files whether it can be read. Writes nothing.',
    options: ['zone', 'account'],
    positionals: [],
    examples: [{ line: 'cf-mtls ping', does: 'check everything that the files need' }],
    exits: [{ code: 0, means: 'everything can be read' }, ERROR],
  },
  {
    name: 'simulate',
    summary: 'Run a simulator of the API on loopback.',
    about:
      'Serves the endpoints that cf-mtls uses, with their rules, delays, limits and errors. ' +
      'Set CLOUDFLARE_BASE_URL to the address that it prints. Its state never holds a private key. ' +
      'A zone is there once it is asked for by name or id; many zones are looked up in the list, so give those an id.',
    options: [],
    positionals: [],
    examples: [
      { line: 'cf-mtls simulate', does: 'serve until interrupted' },
      { line: 'cf-mtls simulate --port 8787 --state sim.json', does: 'on a fixed port, with a state that is kept' },
    ],
    exits: [{ code: 0, means: 'stopped' }, ERROR],
  },
  {
    name: 'schema',
    summary: 'Print a JSON Schema.',
    about: 'Prints the schema of the files, of saved plans or of events, as draft-07.',
    options: [],
    positionals: [
      {
        name: 'SCHEMA',
        required: false,
        help: 'Which one; that of the files, desired-state, where none is named.',
        choices: ['desired-state', 'plan', 'events'],
      },
    ],
    examples: [{ line: 'cf-mtls schema desired-state', does: 'the schema of the files' }],
    exits: [{ code: 0, means: 'done' }, ERROR],
  },
  {
    name: 'completion',
    summary: 'Print a completion script for a shell.',
    about: 'Prints a script that completes commands, options and their values.',
    options: [],
    positionals: [{ name: 'SHELL', required: true, help: 'Which shell.', choices: ['bash', 'zsh', 'fish'] }],
    examples: [
      { line: 'source <(cf-mtls completion bash)', does: 'in ~/.bashrc' },
      { line: 'source <(cf-mtls completion zsh)', does: 'in ~/.zshrc, after compinit' },
      { line: 'cf-mtls completion fish > ~/.config/fish/completions/cf-mtls.fish', does: 'once' },
    ],
    exits: [{ code: 0, means: 'done' }, ERROR],
  },
  {
    name: 'version',
    summary: 'Print the version.',
    about: 'Prints the version of cf-mtls.',
    options: [],
    positionals: [],
    examples: [],
    exits: [{ code: 0, means: 'done' }],
  },
  {
    name: 'help',
    summary: 'Show help, or the help of one command.',
    about: 'Shows all commands, or options, examples and exit codes of one.',
    options: [],
    positionals: [{ name: 'COMMAND', required: false, help: 'Which command.', completes: 'commands' }],
    examples: [{ line: 'cf-mtls help plan', does: 'everything about plan' }],
    exits: [{ code: 0, means: 'done' }, ERROR],
  },
];
