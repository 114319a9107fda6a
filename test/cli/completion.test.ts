import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { completion } from '../../src/cli/completion.ts';
import { OPTIONS } from '../../src/cli/options.ts';
import type { Table } from '../../src/cli/table.ts';
import { REFUSALS } from '../../src/model/names.ts';

const ALL: Table = { options: OPTIONS, commands: COMMANDS };
const NAMES = COMMANDS.map(({ name }) => name);
const folder = mkdtempSync(join(tmpdir(), 'completion-'));
mkdirSync(join(folder, 'my zones'));
writeFileSync(join(folder, 'my plan.json'), '');
afterAll(() => rmSync(folder, { recursive: true }));

const isInstalled = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined;

/** Each case: what is typed before Tab, and what the shell then offers, in any order. */
type Case = readonly [typed: string, offered: readonly string[]];
const SAME_EVERYWHERE: readonly Case[] = [
  ['cf-mtls ', NAMES],
  ['cf-mtls va', ['validate']],
  ['cf-mtls --simulate pl', ['plan']],
  ['cf-mtls plan --format ', ['text', 'json', 'markdown']],
  ['cf-mtls plan --allow ', REFUSALS],
  ['cf-mtls apply --auto', ['--auto-approve']],
  ['cf-mtls plan --auto', []],
  ['cf-mtls schema ', ['desired-state', 'plan', 'events']],
  ['cf-mtls completion z', ['zsh']],
  ['cf-mtls help com', ['completion']],
  ['cf-mtls plan --zone ', []],
];

const script = (shell: 'bash' | 'zsh' | 'fish'): string => {
  const file = join(folder, `cf-mtls.${shell}`);
  writeFileSync(file, completion(ALL, shell));
  return file;
};

function run(shell: string, argv: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(shell, argv, { cwd: folder, encoding: 'utf8', timeout: 20_000 });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

describe.skipIf(!isInstalled('bash'))('bash', () => {
  /** Words as bash breaks them for completion: `=` stands alone. */
  function offered(typed: string): string[] {
    const words = typed.split(' ').flatMap((word) => (word.startsWith('-') ? word.split(/(=)/) : [word]));
    if (words.at(-1) === '' && words.at(-2) === '=') words.pop();
    const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cf_mtls; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return run('bash', ['--norc', '-c', program, 'bash', script('bash'), ...words])
      .split('\n')
      .filter(Boolean);
  }

  it.each([
    ...SAME_EVERYWHERE,
    ['cf-mtls --zone example.com --format json pl', ['plan']],
    ['cf-mtls --zone=example.com pl', ['plan']],
    ['cf-mtls plan --format=', ['text', 'json', 'markdown']],
    ['cf-mtls plan --format=j', ['json']],
    ['cf-mtls plan -format j', ['json']],
    ['cf-mtls plan -det', ['--detailed-exitcode']],
    ['cf-mtls -f my', ['my zones', 'my plan.json']],
    ['cf-mtls plan --previous my', ['my zones']],
    ['cf-mtls apply my', ['my zones', 'my plan.json']],
  ] as Case[])('after %j offers the right words', (typed, words) => {
    expect(offered(typed).sort()).toEqual([...words].sort());
  });

  it('offers every option of a command', () => {
    const command = COMMANDS.find(({ name }) => name === 'plan');
    const options = [...(command?.options ?? []), 'file', 'simulate', 'help', 'version'];
    expect(offered('cf-mtls plan --').sort()).toEqual(options.map((name) => `--${name}`).sort());
  });
});

describe.skipIf(!isInstalled('fish'))('fish', () => {
  const offered = (typed: string): string[] =>
    run('fish', ['--no-config', '-c', `source $argv[1]; complete -C $argv[2]`, script('fish'), typed])
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t')[0] ?? '');

  it.each([
    ...SAME_EVERYWHERE,
    ['cf-mtls plan --format=j', ['--format=json']],
    ['cf-mtls -f my', ['my plan.json', 'my zones/']],
  ] as Case[])('after %j offers the right words', (typed, words) => {
    expect(offered(typed).sort()).toEqual([...words].sort());
  });
});

describe.skipIf(!isInstalled('zsh'))('zsh', () => {
  /** Types into an interactive zsh on a terminal of its own and writes down what the completion adds. */
  function offered(typed: readonly string[]): string[][] {
    const inner = `
LISTMAX=10000
autoload -U compinit && compinit -u -D
source ${script('zsh')}
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a hits
  builtin compadd -A hits "$@"
  print -rl -- $hits >> offered
  builtin compadd "$@"
}
bindkey '^I' complete-word
unsetopt automenu
typeset -i lines
precmd() { lines+=1 }
setopt promptsubst
PS1='<$lines>'
`;
    writeFileSync(join(folder, 'inner.zsh'), inner);
    writeFileSync(join(folder, 'offered'), '');
    // The prompt counts lines. Before it stands there, a tab is lost; and what nobody reads stops who shows it.
    const keys = typed.map(
      (line, place) => `
zpty -w z ${quote('print -r -- "== " >> offered')}
zpty -r z output '*<${2 * place + 2}>*'
zpty -wn z ${quote(line)}$'\\t\\x15\\n'
zpty -r z output '*<${2 * place + 3}>*'`,
    );
    const outer = `
zmodload zsh/zpty
zpty z TERM=dumb zsh -f -i
zpty -w z "source ./inner.zsh"
zpty -r z output '*<1>*'
${keys.join('\n')}
zpty -w z exit
while zpty -r z output; do :; done
cat offered
`;
    const [, ...parts] = run('zsh', ['-f', '-c', outer]).split(/^== $/m);
    return parts.map((part) => part.replaceAll('\\ ', ' ').split('\n').filter(Boolean));
  }

  it('offers the right words', () => {
    const cases: readonly Case[] = [
      ...SAME_EVERYWHERE,
      ['cf-mtls plan --format=j', ['json']],
      ['cf-mtls -f my', ['my zones', 'my plan.json']],
      ['cf-mtls plan --previous my', ['my zones']],
    ];
    const found = offered(cases.map(([typed]) => typed));
    const sorted = (words: readonly string[]): string[] => [...new Set(words)].sort();
    expect(found.map(sorted)).toEqual(cases.map(([, words]) => sorted(words)));
  });
});

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
