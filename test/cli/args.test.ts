import { describe, expect, it } from 'vitest';
import { type Arguments, parseArgs } from '../../src/cli/args.ts';
import { TABLE, type Table, withSimulatorOptions } from '../../src/cli/table.ts';
import { InputError } from '../../src/model/fault.ts';

const parse = (line: string, table: Table = TABLE): Arguments => parseArgs(line.split(' ').filter(Boolean), table);

function faultsOf(line: string, table: Table = TABLE): string[] {
  try {
    parse(line, table);
  } catch (error) {
    if (error instanceof InputError)
      return error.faults.map(({ message, advice }) => [message, advice].filter(Boolean).join(' | '));
    throw error;
  }
  throw new Error(`no fault in: ${line}`);
}

describe('options', () => {
  it.each([
    ['plan -out x'],
    ['plan --out x'],
    ['plan -out=x'],
    ['plan --out=x'],
    ['-out x plan'],
    ['--out=x plan'],
  ])('are taken with one dash or two, before or after the command: %s', (line) => {
    expect(parse(line)).toMatchObject({ command: 'plan', options: { out: 'x' }, positionals: [] });
  });

  it('are collected where they may be given several times', () => {
    const { options } = parse('-f a plan -f=b --file c -zone *.example.com --zone example.net');
    expect(options.file).toEqual(['a', 'b', 'c']);
    expect(options.zone).toEqual(['*.example.com', 'example.net']);
  });

  it('keep an equals sign in their value', () => {
    expect(parse('plan --allow mass-deletion=*.example.com').options.allow).toEqual(['mass-deletion=*.example.com']);
  });

  it('are numbers where they count', () => {
    expect(parse('plan --parallelism 4 --max-requests=100').options).toEqual({ parallelism: 4, 'max-requests': 100 });
  });

  it('are switches that =false turns off again, as in Terraform', () => {
    expect(parse('apply -auto-approve').options).toEqual({ 'auto-approve': true });
    expect(parse('apply -auto-approve=true').options).toEqual({ 'auto-approve': true });
    expect(parse('apply -auto-approve=false').options).toEqual({});
  });

  it('take a single dash and a negative number as values', () => {
    expect(parse('plan --out -').options.out).toBe('-');
    expect(faultsOf('plan --parallelism -3')).toEqual(['--parallelism must be a whole number from 1, not "-3"']);
  });

  it('end at --', () => {
    expect(parse('apply -- --zone')).toMatchObject({ command: 'apply', positionals: ['--zone'], options: {} });
  });

  it('of the simulator belong to simulate alone', () => {
    const table = withSimulatorOptions(TABLE, { port: { value: 'N', help: 'The port.' } });
    expect(parse('simulate --port 8787', table).given.get('port')).toBe('8787');
    expect(faultsOf('plan --port 8787', table)).toEqual(['plan takes no option --port | It belongs to simulate.']);
  });

  it('do not fall for names that every object has', () => {
    expect(faultsOf('plan --constructor x')).toContain(
      'There is no option --constructor | cf-mtls help plan lists the options.',
    );
    expect(faultsOf('plan --__proto__=x')).toHaveLength(1);
  });
});

describe('help and version', () => {
  it('can be asked for with an option', () => {
    expect(parse('--help')).toMatchObject({ command: 'help', positionals: [] });
    expect(parse('plan -h')).toMatchObject({ command: 'help', positionals: ['plan'] });
    expect(parse('--version')).toMatchObject({ command: 'version', positionals: [] });
    expect(parse('help plan')).toMatchObject({ command: 'help', positionals: ['plan'] });
  });
});

describe('wrong usage', () => {
  it.each([
    ['', 'No command was given | The commands are validate, plan'],
    ['plna', 'There is no command "plna" | Did you mean plan?'],
    ['frobnicate', 'There is no command "frobnicate" | The commands are validate, plan'],
    ['plan --zoen example.com', 'There is no option --zoen | Did you mean --zone?'],
    ['--zoen example.com plan', 'There is no option --zoen | Did you mean --zone?'],
    ['plan -xyzzy', 'There is no option --xyzzy | cf-mtls help plan lists the options.'],
    ['plan --auto-approve', 'plan takes no option --auto-approve | It belongs to apply.'],
    ['plan --out', '--out needs a value | Write --out FILE|DIR.'],
    ['plan --out --compact', '--out needs a value | Write --out FILE|DIR.'],
    ['plan --zone=', '--zone needs a value | Write --zone NAME|GLOB.'],
    ['plan --out a --out b', '--out was given twice | Give it once.'],
    ['plan --parallelism 0', '--parallelism must be a whole number from 1, not "0"'],
    ['plan --parallelism 1.5', '--parallelism must be a whole number from 1, not "1.5"'],
    ['plan --parallelism many', '--parallelism must be a whole number from 1, not "many"'],
    ['plan --format jsno', '--format cannot be "jsno" | Did you mean json?'],
    ['plan --format xml', '--format cannot be "xml" | It is one of text, json, markdown.'],
    ['plan --allow mass-deletoin', '--allow cannot be "mass-deletoin" | Did you mean mass-deletion?'],
    ['plan --allow everything', '--allow cannot be "everything" | It is one of mass-deletion, shared-cert'],
    ['plan --allow mass-deletion=', '--allow mass-deletion= names no scope'],
    ['plan --shard 3/3', '--shard must be I/N with I from 0 to N-1, not "3/3"'],
    ['plan --compact=maybe', '--compact takes no value, but "maybe" was given'],
    ['plan extra', 'plan does not know what to do with "extra" | plan takes options only.'],
    ['apply a b', 'apply does not know what to do with "b" | apply takes PLANFILE and options.'],
    ['apply plan.json --zone x', '--zone stands in the saved plan already | Leave it out'],
    ['show', 'show needs PLANFILE | The saved plan.'],
    ['completion', 'completion needs SHELL | It is one of bash, zsh, fish.'],
    ['completion fsih', 'SHELL cannot be "fsih" | Did you mean fish?'],
  ])('is one clear word: cf-mtls %s', (line, expected) => {
    const faults = faultsOf(line);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.slice(0, expected.length)).toBe(expected);
  });

  it('is told all at once', () => {
    expect(faultsOf('plan extra --zoen x --parallelism 0 --format xml --auto-approve --out a --out b')).toHaveLength(6);
  });
});
