import { describe, expect, it } from 'vitest';
import { parseArgs } from '../../src/cli/args.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { help } from '../../src/cli/help.ts';
import { TABLE, withSimulatorOptions } from '../../src/cli/table.ts';
import { REFUSALS } from '../../src/model/names.ts';
import { SIMULATE_OPTIONS } from '../../src/simulator/options.ts';

const WIDTHS = [40, 72, 100, Number.POSITIVE_INFINITY];

describe('help', () => {
  it('names every command, every exit code and every variable', () => {
    const text = help(TABLE, undefined, 80);
    for (const { name, summary } of COMMANDS)
      expect(text).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 20)}`, 'm'));
    for (const code of [0, 1, 2, 3, 130]) expect(text).toMatch(new RegExp(`^  ${code} `, 'm'));
    for (const name of ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_BASE_URL', 'CF_MTLS_LOG', 'NO_COLOR'])
      expect(text).toContain(name);
  });

  it.each(COMMANDS.map(({ name }) => [name]))('of %s shows its options, examples and exit codes', (name) => {
    const command = COMMANDS.find((known) => known.name === name);
    const text = help(TABLE, name, 80);
    expect(text).toContain(`Usage: cf-mtls ${name}`);
    for (const option of command?.options ?? []) expect(text).toContain(`--${option}`);
    for (const { line } of command?.examples ?? [])
      if (!/--(port|state)/.test(line)) expect(text).toContain(`  ${line}\n`);
    for (const { means } of command?.exits ?? []) expect(text.replace(/\s+/g, ' ')).toContain(means);
  });

  it.each(WIDTHS)('keeps to %s columns, or to a hundred', (width) => {
    for (const topic of [undefined, ...COMMANDS.map(({ name }) => name)]) {
      const lines = help(TABLE, topic, width).split('\n');
      // What a reader copies or reads as one is never broken.
      const copied = (line: string): boolean =>
        line.startsWith('  cf-mtls ') || line.startsWith('Usage: ') || !line.trim().includes(' ');
      expect(
        lines.filter((line) => line.length > Math.min(width, 100) && !copied(line) && !/^ +(-\w, )?--/.test(line)),
      ).toEqual([]);
    }
  });

  it('names the refusals that can be allowed', () => {
    const text = help(TABLE, 'plan', 80).replace(/\s+/g, ' ');
    expect(text).toContain(REFUSALS.join(', '));
  });

  it('shows the options of the simulator once it knows them', () => {
    const table = withSimulatorOptions(TABLE, {
      port: { value: 'N', help: 'The port.' },
      state: { value: 'FILE', help: 'The state.' },
    });
    expect(help(table, 'simulate', 80)).toMatch(/^ +--port N +The port\.$/m);
    expect(help(table, 'simulate', 80)).toContain('cf-mtls simulate --port 8787 --state sim.json');
    expect(help(TABLE, 'simulate', 80)).not.toMatch(/^ +--port/m);
  });

  it('of an unknown command names the nearest one', () => {
    expect(() => help(TABLE, 'aply', 80)).toThrow('There is no command "aply"');
  });
});

describe('examples', () => {
  it('are command lines that are understood', () => {
    const table = withSimulatorOptions(TABLE, SIMULATE_OPTIONS);
    const examples = table.commands.flatMap((command) => command.examples.map(({ line }) => line));
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
