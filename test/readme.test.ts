import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { ENVIRONMENT, EXIT_CODES } from '../src/cli/environment.ts';
import { TABLE, withSimulatorOptions } from '../src/cli/table.ts';
import { LISTS, WRITE } from '../src/kinds/lists.ts';
import { KIND_NAMES, REFUSALS, STAGES } from '../src/model/names.ts';
import { SIMULATE_OPTIONS } from '../src/simulator/index.ts';
import { blocksOf, tableOf } from './support/documents.ts';
import { openShell, type Shell } from './support/shell.ts';
import { openWorld, type World, type WorldOptions } from './support/world.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const README = readFileSync(resolve(ROOT, 'README.md'), 'utf8');
const BLOCKS = blocksOf(README);
const LINES = BLOCKS.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trim().split('\n'));
const COMMANDS = LINES.filter((line) => line.startsWith('cf-mtls '));
const [DOCUMENT = ''] = BLOCKS.filter(({ language }) => language === 'yaml').map(({ text }) => text);

describe('what the README tells people to type', () => {
  let shell: Shell;
  beforeAll(async () => {
    shell = await openShell();
    writeFileSync(resolve(shell.folder, 'cf-mtls.yaml'), DOCUMENT);
    await shell.furnish('cf-mtls.yaml');
  });
  afterAll(() => shell.close());

  it('is npm, a token, or cf-mtls', () => {
    const others = LINES.filter((line) => !/^(npm|cf-mtls) |^export CLOUDFLARE_API_TOKEN=…$/.test(line));
    expect(others).toEqual([]);
    expect(LINES.slice(0, 2)).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  });

  it.each(LINES.filter((line) => line.startsWith('npm ')))('%s is npm’s own, or a script of the package', (line) => {
    for (const [, word = '', name = ''] of line.matchAll(/npm (\S+) ?(\S*)/g))
      if (!['ci', 'install', 'pack'].includes(word))
        expect(Object.keys(packageJson.scripts)).toContain(word === 'run' ? name : word);
  });

  it.each(COMMANDS.filter((line) => !line.startsWith('cf-mtls simulate')))('%s', async (line) => {
    // On a terminal apply asks; here nobody could answer.
    const { code, text } = await shell.run(
      /^cf-mtls apply( +#|$)/.test(line) ? line.replace('apply', 'apply --auto-approve') : line,
    );
    expect(code, text).toBe(0);
    if (line.endsWith('# No changes.')) expect(text).toContain('No changes.');
  });

  it.each(COMMANDS.filter((line) => line.startsWith('cf-mtls simulate')))('%s', async (line) => {
    const { code, text } = await shell.run(`${line.replace('8787', '0')} & sleep 2; kill $! && wait $!`);
    expect(code, text).toBe(0);
    expect(text).toMatch(/^Simulator on http:\/\/127\.0\.0\.1:\d+/);
  });

  it('leaves its own file in place: the plan after the apply is empty', async () => {
    const { code, text } = await shell.run('cf-mtls plan --detailed-exitcode');
    expect(code, text).toBe(0);
    expect(shell.simulator.breaches()).toEqual([]);
  });

  it('starts with a quickstart that ends in an empty plan', async () => {
    const text = await new Promise<string>((done, fail) => {
      const script = resolve(ROOT, 'examples/quickstart/start.mjs');
      execFile(process.execPath, [script], { cwd: ROOT }, (error, stdout) => (error ? fail(error) : done(stdout)));
    });
    expect(text).toMatch(/Plan: \d[\s\S]*Apply complete![\s\S]*No changes\./);
  });
});

describe('the tables of the README', () => {
  it('name every command that there is', () => {
    const named = tableOf(README, '| command |').flatMap(([names = '']) => names.split(', '));
    expect(named).toEqual(TABLE.commands.map(({ name }) => name));
  });

  it('name every exit code, in the words of the help', () => {
    expect(tableOf(README, '| code |')).toEqual(EXIT_CODES.map(({ code, means }) => [`${code}`, means]));
  });

  it('name every refusal, with a way out', () => {
    const rows = tableOf(README, '| refusal |');
    expect(rows.map(([name]) => name)).toEqual(REFUSALS);
    for (const [, when, out] of rows) expect([when, out]).not.toContain('');
  });

  it('name every kind, stage and word', () => {
    const words = tableOf(README, '| word |');
    expect(words.map(([word]) => word)).toEqual([
      ...['scope', 'kind', 'address', 'fingerprint', 'presented', 'step', 'stage', 'wave', 'wall', 'tombstone'],
      ...['drift', 'unmanaged'],
    ]);
    for (const kind of KIND_NAMES) expect(words.find(([word]) => word === 'kind')?.[1]).toContain(kind);
    const stages = [...README.matchAll(/^\d\. `(\w+)`/gm)].map(([, stage]) => stage);
    expect(stages).toEqual(STAGES);
  });

  it('name the permissions that reading and writing ask for', () => {
    const named = tableOf(README, '| section |').flatMap(([, plan = '', apply = '']) => [
      ...listed(plan),
      ...listed(apply),
    ]);
    const asked = [...Object.values(LISTS).map(({ permission }) => permission), ...Object.values(WRITE), 'Zone Read'];
    expect(asked.filter((permission) => !named.includes(permission))).toEqual([]);
  });

  it.each(
    tableOf(README, '| section |'),
  )('ask for all that %s needs, and for no more', async (section = '', plan = '', apply = '') => {
    const needs = SECTIONS[section];
    const [reads, writes] = [listed(plan), listed(apply)];
    expect(await codeWith(needs, ['plan'], reads)).toBe(0);
    for (const dropped of reads) expect(await codeWith(needs, ['plan'], without(reads, dropped)), dropped).toBe(1);
    if (plan === apply) return;
    expect(await codeWith(needs, ['apply', '--auto-approve'], writes)).toBe(0);
    for (const dropped of writes) {
      const less = [...without(writes, dropped), ...without(reads, dropped)];
      expect(await codeWith(needs, ['apply', '--auto-approve'], less), dropped).toBe(1);
    }
  });
});

describe('what the README says of cost', () => {
  const rows = tableOf(README, '| zones |').map(
    ([zones = '', requests, time, tokens]) => [number(zones), requests, time, tokens] as const,
  );

  it.each(rows)('follows from the formula for %s zones', (zones, requests, time, tokens) => {
    const needed = requestsFor(zones);
    expect([requests, time, tokens]).toEqual([
      needed.toLocaleString('en-US'),
      inWords(Math.round((needed / 1200) * 300)),
      `${Math.ceil(needed / 1080)}`,
    ]);
  });

  it.each([10, 100])('is what a plan of %s zones takes', async (zones) => {
    const world = await openWorld();
    const zone = {
      tls_client_auth: 'on',
      authenticated_origin_pulls: { enabled: true, certificate: 'edge', hostnames: {} },
    };
    await world.want({ zones: Object.fromEntries(Array.from({ length: zones }, (_, at) => [`z${at}.example`, zone])) });
    // The simulator has a zone from when it is first asked for.
    await world.run('plan');
    expect((await world.run('plan', '--compact')).stdout).toContain(`Reading took ${requestsFor(zones)} requests`);
    await world.close();
  });
});

describe('the README', () => {
  it('has no YAML but whole documents', () => {
    const documents = BLOCKS.filter(({ language }) => language === 'yaml');
    expect(documents).toHaveLength(1);
  });

  it('speaks only of options and variables that there are', () => {
    const { options } = withSimulatorOptions(TABLE, SIMULATE_OPTIONS);
    const lines = README.split('\n').filter((line) => !line.startsWith('npm '));
    const named = lines.flatMap((line) =>
      [...line.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name = '']) => name),
    );
    expect(named.length).toBeGreaterThan(15);
    expect([...new Set(named)].filter((name) => !Object.hasOwn(options, name))).toEqual([]);
    const known = ENVIRONMENT.flatMap(({ name }) => name.split(', '));
    const variables = [...README.matchAll(/\b(?:CLOUDFLARE|CF_MTLS)_[A-Z_]+\b/g)].map(([name]) => name);
    expect(variables.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('speaks only of commands that there are', () => {
    const named = [...README.matchAll(/`cf-mtls ([a-z]+)/g)].map(([, name]) => name);
    expect(named.filter((name) => !TABLE.commands.some((command) => command.name === name))).toEqual([]);
  });

  it('links to what is there', () => {
    const anchors = [...README.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => `#${slug(title)}`);
    const links = [...README.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
    const broken = links.filter((target) =>
      target.startsWith('#') ? !anchors.includes(target) : !existsSync(resolve(ROOT, target.split('#')[0] ?? '')),
    );
    expect(links.length).toBeGreaterThan(4);
    expect(broken).toEqual([]);
  });
});

interface Needs {
  readonly state: Parameters<World['want']>[0];
  readonly beside?: readonly string[];
  readonly words?: readonly string[];
  readonly features?: WorldOptions['features'];
}

const ID = '023e105f4ecef8ad9ca31a8372d0c353';

/** A state that needs one row of the permission table, and what it needs beside that. */
const SECTIONS: Readonly<Record<string, Needs>> = {
  authenticated_origin_pulls: {
    state: {
      zones: {
        'example.com': { id: ID, authenticated_origin_pulls: { enabled: true, certificate: 'edge', hostnames: {} } },
      },
    },
  },
  tls_client_auth: { state: { zones: { 'example.com': { id: ID, tls_client_auth: 'on' } } } },
  access: {
    state: {
      accounts: {
        [ID]: {
          access: {
            certificates: { Staff: { certificate: 'ca-staff', associated_hostnames: [] } },
            hostname_settings: { 'a.example.com': { client_certificate_forwarding: true } },
          },
        },
      },
    },
  },
  'a zone without id': {
    state: { zones: { 'example.com': { authenticated_origin_pulls: { enabled: true } } } },
    beside: ['SSL and Certificates Write'],
  },
  '--discover dns': {
    state: { zones: { 'example.com': { id: ID, authenticated_origin_pulls: { hostnames: {} } } } },
    beside: ['SSL and Certificates Write'],
    words: ['--discover', 'dns'],
    features: { associationList: '404' },
  },
};

/** How a command line ends with a token that has these permissions, and those that the state needs beside them. */
async function codeWith(
  needs: Needs | undefined,
  words: readonly string[],
  permissions: readonly string[],
): Promise<number> {
  const { state = {}, beside = [], words: more = [], features = {} } = needs ?? {};
  const world = await openWorld({ tokens: [{ token: 'test', permissions: [...beside, ...permissions] }], features });
  try {
    await world.want(state);
    return (await world.run(...words, ...more)).code;
  } finally {
    await world.close();
  }
}

const listed = (cell: string): readonly string[] => cell.split(', ');
const without = (all: readonly string[], one: string): readonly string[] => all.filter((it) => it !== one);

/** Five lists a zone, and the names of fifty zones a page. */
const requestsFor = (zones: number): number => 5 * zones + Math.ceil(zones / 50);

const number = (text: string): number => Number(text.replaceAll(',', ''));

function inWords(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/** An anchor as GitHub makes it of a heading. */
const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
