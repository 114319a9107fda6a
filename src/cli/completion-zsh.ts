import { GLOBAL_OPTIONS, type OptionSpec, type PositionalSpec } from './options.ts';
import { firstSentence, offersFor, optionsOf, type Table } from './table.ts';

/** For zsh with `compinit`: to be sourced, or put as `_cf-mtls` into a folder of `fpath`. */
export function zshCompletion(table: Table): string {
  const commands = table.commands.map(({ name, summary }) => `    ${quote(`${name}:${summary.replace(/:/g, '\\:')}`)}`);
  return `#compdef cf-mtls
# zsh completion for cf-mtls, made by: cf-mtls completion zsh
_cf_mtls() {
  local curcontext="$curcontext" state line ret=1
  local -a commands
  typeset -A opt_args
  commands=(
${commands.join('\n')}
  )
  _arguments -C \\
${specs(GLOBAL_OPTIONS, table, '    ')} \\
    '1:command:->command' \\
    '*::argument:->argument' && ret=0
  case $state in
    command) _describe -t commands command commands && ret=0 ;;
    argument)
      curcontext="\${curcontext%:*:*}:cf-mtls-$words[1]:"
      case $words[1] in
${table.commands.map((command) => commandCase(command.name, optionsOf(table, command), command.positionals, table)).join('\n')}
      esac
      ;;
  esac
  return ret
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _cf_mtls "$@"
else
  compdef _cf_mtls cf-mtls
fi
`;
}

function commandCase(
  name: string,
  options: readonly string[],
  positionals: readonly PositionalSpec[],
  table: Table,
): string {
  const rest = positionals.map((positional, at) =>
    quote(`${at + 1}${positional.required ? '' : ':'}:${positional.name}:${action(positional, table)}`),
  );
  const lines = [specs(options, table, INDENT), ...rest.map((spec) => `${INDENT}${spec}`)]
    .filter(Boolean)
    .join(' \\\n');
  return `        ${name})\n          _arguments \\\n${lines} && ret=0\n          ;;`;
}

function specs(names: readonly string[], table: Table, indent: string): string {
  return names
    .flatMap((name) => {
      const option = Object.hasOwn(table.options, name) ? table.options[name] : undefined;
      return option === undefined
        ? []
        : spellings(name, option).map((dashed) => `${indent}${spec(dashed, option, table)}`);
    })
    .join(' \\\n');
}

function spec(dashed: string, option: OptionSpec, table: Table): string {
  const help = firstSentence(option.help).replace(/[[\]:\\]/g, '\\$&');
  const many = option.many ? '*' : '';
  if (option.value === undefined) return quote(`${many}${dashed}[${help}]`);
  const assigned = dashed.startsWith('--') ? `${dashed}=` : dashed;
  return quote(`${many}${assigned}[${help}]:${option.value.replace(/[[\]:\\]/g, '\\$&')}:${action(option, table)}`);
}

function action(spec: OptionSpec | PositionalSpec, table: Table): string {
  const offers = offersFor(spec, table);
  if (offers === undefined) return ' ';
  if (typeof offers !== 'string') return `(${offers.join(' ')})`;
  return offers === 'files' ? '_files' : '_files -/';
}

const spellings = (name: string, { short }: OptionSpec): string[] => [
  ...(short === undefined ? [] : [`-${short}`]),
  `--${name}`,
];

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const INDENT = ' '.repeat(12);
