import { spawnSync } from 'node:child_process';

/** Starts a program on a pseudo-terminal of 80 by 24, with what this machine has for that; undefined where it has nothing. */
export const onTerminal: ((program: readonly string[]) => readonly string[]) | undefined = found();

/** Why tests of a terminal are left out. */
export const NO_TERMINAL = 'needs `script` of util-linux, or python3, to make a pseudo-terminal';

function found(): typeof onTerminal {
  const line = (program: readonly string[]): string =>
    `stty cols 80 rows 24; exec ${program.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')}`;
  if (says(['script', '--version'], 'util-linux'))
    return (program) => ['script', '--quiet', '--return', '--command', line(program), '/dev/null'];
  if (says(['python3', '-c', 'import pty; print(pty.__name__)'], 'pty'))
    return (program) => ['python3', '-c', PYTHON, line(program)];
  return undefined;
}

const PYTHON = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(["/bin/sh", "-c", sys.argv[1]])))';

function says([file = '', ...rest]: readonly string[], expected: string): boolean {
  return spawnSync(file, rest, { encoding: 'utf8' }).stdout?.includes(expected) === true;
}
