import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { blocksOf, commandsOf, unknownIn } from './support/documents.ts';
import { openShell, type Shell } from './support/shell.ts';

const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));
const FILES = filesBelow('');
const FOLDERS = [...new Set(FILES.map((file) => file.split('/')[0] ?? ''))];

/** Desired states: `cf-mtls*.yaml` of an example, each one step further than the one before, or its folder `cf-mtls/`. */
const STATES = FILES.filter((file) => /^[^/]+\/cf-mtls(\/.*|[^/]*)\.yaml$/.test(file));
/** What is neither state nor script: each has its reason. */
const OTHERS: Readonly<Record<string, string>> = {
  'quickstart/start.mjs': 'npm start; test/readme.test.ts runs it',
  'ci/kubernetes/Dockerfile': 'the image of the CronJob; a test needs no Docker',
};

interface Script {
  readonly name: string;
  readonly text: string;
  readonly env: Readonly<Record<string, unknown>>;
}
type Reader = (text: string, file: string) => readonly Script[];

/** How the scripts of a file are found. Their order is that in which they are run, in one folder per example. */
const SCRIPTS: readonly (readonly [pattern: RegExp, read: Reader])[] = [
  [/README\.md$/, fencedScripts],
  [/^ci\/github\/cf-mtls-plan\.yml$/, workflowScripts],
  [/^ci\/github\/cf-mtls-apply\.yml$/, workflowScripts],
  [/^(ci\/github|scale)\/[^/]+\.yml$/, workflowScripts],
  [/^ci\/gitlab\/gitlab-ci\.yml$/, gitlabScripts],
  [/^(ci\/kubernetes|scale)\/(?!cf-mtls)[^/]+\.yaml$/, kubernetesScripts],
  [/^ci\/pre-commit\/pre-commit-config\.yaml$/, preCommitScripts],
  [
    /^ci\/pre-commit\/pre-commit$/,
    (text) => [{ name: 'the hook', text: `git init -q . && ${text.replace(/^#.*$/gm, '').trim()}`, env: {} }],
  ],
  [/^ci\/cron\/crontab$/, cronScripts],
];

describe('every file of the examples', () => {
  it('is a state, holds scripts, or says why it is neither', () => {
    const forgotten = FILES.filter(
      (file) => !STATES.includes(file) && readerOf(file) === undefined && OTHERS[file] === undefined,
    );
    expect(forgotten).toEqual([]);
    expect(FOLDERS).toEqual(['access', 'ci', 'many-zones', 'quickstart', 'rotation', 'scale']);
  });

  it.each(FILES.filter((file) => /\.ya?ml$/.test(file)))('%s is sound YAML', (file) => {
    const document = parseDocument(contentOf(file), { merge: true, prettyErrors: true });
    expect([...document.errors, ...document.warnings].map(String)).toEqual([]);
  });

  it.each(STATES)('%s names the schema for editors on its first line', (file) => {
    const [, path = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(contentOf(file)) ?? [];
    expect(resolve(EXAMPLES, dirname(file), path)).toBe(resolve(EXAMPLES, '../schemas/desired-state.schema.json'));
  });
});

describe.each(FOLDERS)('example %s', (folder) => {
  let shell: Shell;
  const mine = (file: string): string => file.slice(folder.length + 1);
  const states = [
    ...new Set(
      STATES.filter((file) => file.startsWith(`${folder}/`)).map((file) =>
        mine(file).replace(/^cf-mtls\/.*/, 'cf-mtls'),
      ),
    ),
  ];
  const scripts = SCRIPTS.flatMap(([pattern]) =>
    FILES.filter((file) => file.startsWith(`${folder}/`) && pattern.test(file)),
  )
    .filter((file, at, all) => all.indexOf(file) === at)
    .map((file) => ({ file, scripts: scriptsOf(file) }))
    .filter((it) => it.scripts.length > 0);

  beforeAll(async () => {
    shell = await openShell(join(EXAMPLES, folder));
    for (const file of STATES.filter((it) => it.startsWith(`${folder}/`))) await shell.furnish(mine(file));
  });
  afterAll(() => shell.close());

  // Scripts that apply are to find something to do; others are to find everything done.
  const applies = scripts.some((it) => it.scripts.some(({ text }) => text.includes('cf-mtls apply')));
  for (const test of applies ? [testScripts, testStates] : [testStates, testScripts]) test();

  function testStates(): void {
    it.each(states)('%s validates without a warning, applies, and then there is nothing to do', async (state) => {
      const valid = await shell.run(`cf-mtls validate --check-keys -f ${state}`);
      expect(valid).toMatchObject({ code: 0, text: expect.not.stringContaining('Warning') });
      expect(await shell.run(`cf-mtls apply --auto-approve -f ${state}`)).toMatchObject({
        code: 0,
        text: expect.stringContaining('Apply complete!'),
      });
      expect(await shell.run(`cf-mtls plan --detailed-exitcode -f ${state}`)).toMatchObject({
        code: 0,
        text: expect.stringContaining('No changes.'),
      });
      expect(shell.simulator.breaches()).toEqual([]);
    });
  }

  function testScripts(): void {
    describe.each(scripts)('$file', ({ file, scripts }) => {
      const lines = scripts.flatMap(({ text }) => commandsOf(text));

      it('runs every command line that it shows, and the program has all of them', () => {
        const shown = commandsOf(
          contentOf(file)
            .replace(/^[ -]*(name|expose_as): .*$/gm, '')
            .replaceAll('`', ' '),
        );
        expect(lines.filter((line) => unknownIn(line).length > 0)).toEqual([]);
        if (!file.endsWith('.md')) expect(shown.map(shortened)).toEqual(lines.map(shortened));
      });

      it.each(scripts.map((it) => [it.name, it] as const))('%s', async (_, { text, env }) => {
        const before = shell.ran().length;
        for (const index of /SHARD|JOB_COMPLETION_INDEX/.test(text) ? [0, 1, 2, 3] : [0]) {
          const given = Object.fromEntries(
            Object.entries(env).map(([name, value]) => [name, resolved(name, value, index, shell)]),
          );
          const ran = await shell.run(placed(text, shell), { ...surroundings(index, shell), ...given });
          expect(ran, ran.text).toMatchObject({ code: 0 });
        }
        for (const line of commandsOf(text)) expect(shell.ran().slice(before).join('\n')).toContain(line.split(' ')[1]);
      });
    });
  }
});

describe('the pre-commit hook', () => {
  it('stops a private key', async () => {
    const shell = await openShell(join(EXAMPLES, 'ci'));
    await shell.furnish('cf-mtls.yaml');
    const staged = 'git init -q . && echo "$EDGE_2026_KEY" > oops.txt && git add oops.txt';
    const { code, text } = await shell.run(`${staged} && sh pre-commit/pre-commit`);
    expect(code).toBe(1);
    expect(text).toContain('A private key is about to be committed.');
    expect(text).not.toContain('BEGIN');
    await shell.close();
  });

  it('lets one be taken out, whole or from a file that stays, and stops another beside it', async () => {
    const shell = await openShell(join(EXAMPLES, 'ci'));
    await shell.furnish('cf-mtls.yaml');
    const before = [
      'git init -q . && git config user.name me && git config user.email me@example.com',
      '(echo kept; echo "$EDGE_2026_KEY") > oops.txt && echo "$EDGE_2026_KEY" > gone.txt',
      'git add oops.txt gone.txt && git commit -q --no-verify -m oops',
      'echo kept > oops.txt && git rm -q gone.txt && git add oops.txt',
    ].join(' && ');
    const out = await shell.run(`${before} && git config color.ui always && sh pre-commit/pre-commit`);
    expect(out, out.text).toMatchObject({ code: 0 });
    const another = await shell.run(
      'echo "$EDGE_2026_KEY" > another.txt && git add another.txt && sh pre-commit/pre-commit',
    );
    expect(another).toMatchObject({
      code: 1,
      text: expect.stringContaining('A private key is about to be committed.'),
    });
    await shell.close();
  });
});

describe('the GitHub workflows', () => {
  const workflows = FILES.filter((file) => readerOf(file) === workflowScripts).map(
    (file) => [file, parsed(file)] as const,
  );

  it.each(workflows)('%s names its permissions, pins its actions and pastes nothing into scripts', (_, workflow) => {
    expect(workflow.permissions).toMatchObject({ contents: 'read' });
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
    for (const { uses = '@v1', run = '', env, ...rest } of stepsOf(workflow)) {
      expect(uses).toMatch(/@v\d+$/);
      expect(run).not.toContain('${{');
      expect(JSON.stringify(rest)).not.toContain('secrets.');
    }
  });

  it('apply one at a time, and cut none off', () => {
    const applying = workflows.filter(([file]) => /cf-mtls apply/.test(contentOf(file).replace(/^name:.*/gm, '')));
    expect(applying.map(([file]) => file)).toEqual(['ci/github/cf-mtls-apply.yml']);
    for (const [, { concurrency }] of applying)
      expect(concurrency).toEqual({ group: 'cf-mtls-apply', 'cancel-in-progress': false });
  });

  it('let nothing that only reads have the token that writes', () => {
    const writing = workflows.filter(([file]) => contentOf(file).includes('secrets.CLOUDFLARE_API_TOKEN'));
    expect(writing.map(([file]) => file)).toEqual(['ci/github/cf-mtls-apply.yml']);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(join(EXAMPLES, folder), { withFileTypes: true })
    .filter(({ name }) => name !== 'certs' && name !== '.cf-mtls')
    .flatMap((it) => (it.isDirectory() ? filesBelow(join(folder, it.name)) : [join(folder, it.name)]))
    .sort();
}

const contentOf = (file: string): string => readFileSync(join(EXAMPLES, file), 'utf8');
const readerOf = (file: string): Reader | undefined => SCRIPTS.find(([pattern]) => pattern.test(file))?.[1];
const scriptsOf = (file: string): readonly Script[] => readerOf(file)?.(contentOf(file), file) ?? [];

/** The part of a command line that is the same in a file and in the script read from it. */
const shortened = (line: string): string => line.replaceAll(/\s+/g, ' ').trim();

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}
interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, unknown>>;
}

const parsed = (file: string): Workflow => parseDocument(contentOf(file)).toJS() as Workflow;
const stepsOf = ({ jobs }: Workflow): readonly Step[] => Object.values(jobs).flatMap(({ steps }) => steps);

function fencedScripts(text: string): readonly Script[] {
  return blocksOf(text)
    .filter(({ language }) => language === 'sh')
    .map((block) => ({ name: 'a block', text: block.text, env: {} }));
}

function workflowScripts(_: string, file: string): readonly Script[] {
  return stepsOf(parsed(file)).flatMap(({ name = '', run, env = {} }) =>
    run === undefined ? [] : [{ name, text: run, env }],
  );
}

function gitlabScripts(text: string): readonly Script[] {
  const pipeline = parseDocument(text).toJS() as Record<
    string,
    { readonly before_script?: string[]; readonly script?: string[] }
  >;
  return Object.entries(pipeline)
    .filter(([, { script }]) => script !== undefined)
    .map(([name, { script = [] }]) => ({
      name,
      text: [...(pipeline.default?.before_script ?? []), ...script].join('\n'),
      env: {},
    }));
}

function kubernetesScripts(text: string): readonly Script[] {
  const { spec } = parseDocument(text).toJS();
  const pod = (spec.jobTemplate?.spec ?? spec).template.spec as { readonly containers: readonly Container[] };
  return pod.containers.map(({ name, command, env = [] }) => {
    expect(command.slice(0, 2)).toEqual(['sh', '-c']);
    return { name, text: command[2] ?? '', env: Object.fromEntries(env.map((it) => [it.name, it.value ?? it.name])) };
  });
}
interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

function preCommitScripts(text: string): readonly Script[] {
  const { repos } = parseDocument(text).toJS() as {
    readonly repos: readonly {
      readonly repo: string;
      readonly hooks: readonly { readonly id: string; readonly entry?: string }[];
    }[];
  };
  return repos.flatMap(({ hooks }) =>
    hooks.flatMap(({ id, entry }) => (entry === undefined ? [] : [{ name: id, text: entry, env: {} }])),
  );
}

/** Cron reads `\%` as a percent sign. */
function cronScripts(text: string): readonly Script[] {
  return [...text.matchAll(/^(?:\S+ ){5} ?(.+)$/gm)]
    .filter(([line]) => !line.startsWith('#'))
    .map(([, line = '']) => ({ name: 'a line', text: line.replaceAll('\\%', '%'), env: {} }));
}

/** What a step finds around it on a runner, or a pod in its cluster. */
function surroundings(index: number, { folder }: Shell): Record<string, string> {
  for (const part of [0, 1, 2, 3]) writeFileSync(join(folder, `${part}`), 'reading');
  return {
    CI: 'true',
    GITHUB_REPOSITORY: 'example/mtls',
    GITHUB_SHA: 'f'.repeat(40),
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    CLOUDFLARE_READ_TOKEN: 'reading',
    CLOUDFLARE_WRITE_TOKEN: 'writing',
    JOB_COMPLETION_INDEX: `${index}`,
  };
}

/** The value of an expression of a workflow, or of a variable of a container. */
function resolved(name: string, value: unknown, index: number, { env, folder }: Shell): string {
  if (name === 'TOKENS') return folder;
  const text = `${value}`;
  if (name === 'CLOUDFLARE_API_TOKEN') return text.includes('secrets.CLOUDFLARE_API_TOKEN') ? 'writing' : 'reading';
  if (!text.includes('${{')) return text;
  if (text.includes('matrix.shard')) return `${index}`;
  if (text.includes('strategy.job-total')) return '4';
  if (text.includes('outputs.code')) return '2';
  return env[name] ?? 'something';
}

/** A script of another machine, with the paths of this one. */
function placed(text: string, { folder }: Shell): string {
  const variables = join(folder, 'cf-mtls.env');
  if (!existsSync(variables)) writeFileSync(variables, 'CLOUDFLARE_API_TOKEN=reading\n');
  return text.replaceAll('/srv/mtls', folder).replaceAll('/etc/cf-mtls.env', variables);
}
