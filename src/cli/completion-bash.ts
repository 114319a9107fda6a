import type { OptionSpec } from './options.ts';
import { offersFor, optionsOf, type Table } from './table.ts';

/** For bash 3.2 and later, without the bash-completion package. */
export function bashCompletion(table: Table): string {
  const options = Object.entries(table.options);
  const withValue = options.filter(([, option]) => option.value !== undefined);
  return `# bash completion for cf-mtls, made by: cf-mtls completion bash
_cf_mtls() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= words= i
  COMPREPLY=()
  # bash takes "=" for a word of its own
  if [[ $cur == "=" ]]; then
    cur=
  elif [[ $prev == "=" ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $prev in
${withValue.map(([name, option]) => valueCase(name, option, table)).join('\n')}
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${withValue.flatMap(([name, option]) => spellings(name, option)).join(' | ')})
        [[ \${COMP_WORDS[i+1]} == "=" ]] && ((i++))
        ((i++))
        ;;
      -* | "=") ;;
      *)
        command=\${COMP_WORDS[i]}
        break
        ;;
    esac
  done
  # one dash means the same as two
  [[ $cur == -[^-]* ]] && cur=-$cur
  if [[ $cur == -* ]]; then
    case $command in
${table.commands.map((command) => `      ${command.name}) words="${dashed(optionsOf(table, command))}" ;;`).join('\n')}
      *) words="${dashed(Object.keys(table.options))}" ;;
    esac
  else
    case $command in
      "") words="${table.commands.map((command) => command.name).join(' ')}" ;;
${positionalCases(table)}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _cf_mtls cf-mtls
`;
}

function valueCase(name: string, option: OptionSpec, table: Table): string {
  const offers = offersFor(option, table);
  const action =
    offers === undefined
      ? 'return'
      : typeof offers === 'string'
        ? fileWords(offers)
        : `COMPREPLY=($(compgen -W "${offers.join(' ')}" -- "$cur")); return`;
  return `    ${spellings(name, option).join(' | ')}) ${action} ;;`;
}

function positionalCases(table: Table): string {
  return table.commands
    .flatMap(({ name, positionals: [positional] }) => {
      const offers = positional && offersFor(positional, table);
      if (offers === undefined) return [];
      return [`      ${name}) ${typeof offers === 'string' ? fileWords(offers) : `words="${offers.join(' ')}"`} ;;`];
    })
    .join('\n');
}

/** Names with spaces stay whole; `compopt` is not in bash 3.2. */
const fileWords = (kind: 'files' | 'folders'): string =>
  `local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -${kind === 'files' ? 'f' : 'd'} -- "$cur")); return`;

const spellings = (name: string, { short }: OptionSpec): string[] => [
  `--${name}`,
  `-${name}`,
  ...(short === undefined ? [] : [`-${short}`]),
];

const dashed = (names: readonly string[]): string => names.map((name) => `--${name}`).join(' ');
