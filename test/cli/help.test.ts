import { describe, expect, it } from 'vitest';
import { parseArgs } from '../../src/cli/args.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { help } from '../../src/cli/help.ts';
import { OPTIONS } from '../../src/cli/options.ts';
import { examplesOf, readyPart, TABLE, type Table, withSimulatorOptions } from '../../src/cli/table.ts';
import { REFUSALS } from '../../src/model/names.ts';

const ALL: Table = { options: OPTIONS, commands: COMMANDS };
const WIDTHS = [40, 72, 100, Number.POSITIVE_INFINITY];

describe('help', () => {
  it('names every command, every exit code and every variable', () => {
    const text = help(ALL, undefined, 80);
    for (const { name, summary } of COMMANDS)
      expect(text).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 20)}`, 'm'));
    for (const code of [0, 1, 2, 3, 130]) expect(text).toMatch(new RegExp(`^  ${code} `, 'm'));
    for (const name of ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_BASE_URL', 'CF_MTLS_LOG', 'NO_COLOR'])
      expect(text).toContain(name);
  });

  it.each(COMMANDS.map(({ name }) => [name]))('of %s shows its options, examples and exit codes', (name) => {
    const command = COMMANDS.find((known) => known.name === name);
    const text = help(ALL, name, 80);
    expect(text).toContain(`Usage: cf-mtls ${name}`);
    for (const option of command?.options ?? []) expect(text).toContain(`--${option}`);
    for (const { line } of command?.examples ?? [])
      if (!/--(port|state)/.test(line)) expect(text).toContain(`  ${line}\n`);
    for (const { means } of command?.exits ?? []) expect(text.replace(/\s+/g, ' ')).toContain(means);
  });

  it.each(WIDTHS)('keeps to %s columns, or to a hundred', (width) => {
    for (const topic of [undefined, ...COMMANDS.map(({ name }) => name)]) {
      const lines = help(ALL, topic, width).split('\n');
      // What a reader copies or reads as one is never broken.
      const copied = (line: string): boolean =>
        line.startsWith('  cf-mtls ') || line.startsWith('Usage: ') || !line.trim().includes(' ');
      expect(
        lines.filter((line) => line.length > Math.min(width, 100) && !copied(line) && !/^ +(-\w, )?--/.test(line)),
      ).toEqual([]);
    }
  });

  it('names the refusals that can be allowed', () => {
    const text = help(ALL, 'plan', 80).replace(/\s+/g, ' ');
    expect(text).toContain(REFUSALS.join(', '));
  });

  it('speaks only of what works', () => {
    const { out, ...options } = OPTIONS;
    const commands = COMMANDS.map((command) => ({
      ...command,
      ready: command.name !== 'show',
      positionals: command.positionals.map((positional) => ({ ...positional, ready: command.name !== 'apply' })),
    }));
    const table = readyPart({ options: { ...options, out: { ...out, ready: false } }, commands });
    const all = [undefined, ...table.commands.map(({ name }) => name)]
      .map((topic) => help(table, topic, 100))
      .join('\n');
    expect(all).not.toMatch(/--out(?![a-z-])/);
    expect(all).not.toContain('plan.json');
    expect(all).not.toMatch(/^ {2}show /m);
    expect(help(ALL, 'plan', 100)).toContain('cf-mtls plan --out plan.json');
  });

  it('shows the options of the simulator once it knows them', () => {
    const table = withSimulatorOptions(TABLE, {
      port: { value: 'N', help: 'The port.', ready: true },
      state: { value: 'FILE', help: 'The state.', ready: true },
    });
    expect(help(table, 'simulate', 80)).toMatch(/^ +--port N +The port\.$/m);
    expect(help(table, 'simulate', 80)).toContain('cf-mtls simulate --port 8787 --state sim.json');
    expect(help(TABLE, 'simulate', 80)).not.toContain('--port');
  });

  it('of an unknown command names the nearest one', () => {
    expect(() => help(ALL, 'aply', 80)).toThrow('There is no command "aply"');
  });
});

describe('examples', () => {
  const lines = (table: Table): string[] =>
    table.commands.flatMap((command) => examplesOf(table, command).map(({ line }) => line));

  it.each([
    ['everything', ALL],
    ['what works today', TABLE],
  ] as [string, Table][])('of %s are command lines that are understood', (_, table) => {
    const examples = lines(table);
    expect(examples.length).toBeGreaterThan(8);
    for (const example of examples) {
      const line = /cf-mtls [^)>]*/.exec(example)?.[0] ?? '';
      const argv = line
        .trim()
        .split(/\s+/)
        .slice(1)
        .map((word) => word.replaceAll('"', ''));
      expect(() => parseArgs(argv, table), example).not.toThrow();
    }
  });
});
