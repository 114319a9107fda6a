import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Source files by their path below src. */
type Sources = ReadonlyMap<string, string>;

/** What each room may import beside itself; house.md, «Direction». */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['cli', 'cloudflare', 'kinds', 'simulator', 'system', 'desired', 'model'],
  cli: ['desired', 'live', 'plan', 'apply', 'adopt', 'watch', 'report', 'model'],
  desired: ['model'],
  live: ['model'],
  plan: ['model'],
  apply: ['model'],
  adopt: ['model'],
  watch: ['model'],
  report: ['model'],
  kinds: ['model'],
  cloudflare: ['model'],
  simulator: ['model'],
  system: ['model'],
  model: [],
};

/** What only one file may do, so that there is one place to look. */
const ALONE: Readonly<Record<string, string>> = {
  'touches process': 'main.ts',
  'imports undici': 'cloudflare/http1.ts',
  'reveals a secret': 'kinds/uploads.ts',
};

describe('the source', () => {
  const sources = readSources();

  it('is read by this test at all', () => {
    expect(sources.size).toBeGreaterThan(100);
    expect(new Set([...sources.keys()].map(roomOf))).toEqual(new Set(Object.keys(MAY_IMPORT)));
  });

  it('imports in one direction, has no circles, and does what is dangerous in one place', () => {
    expect(faultsIn(sources)).toEqual([]);
  });

  it('has one file for each of the things that one file may do', () => {
    for (const [what, where] of Object.entries(ALONE))
      expect(deedsIn(where, sources.get(where) ?? ''), `${where} ${what}`).toContain(what);
  });
});

describe('this test', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
    ['nothing wrong', { 'cli/plan.ts': "import { x } from '../plan/make.ts';", 'plan/make.ts': '' }, []],
    [
      'a middle room that imports another',
      { 'plan/make.ts': "import type { X } from '../live/read.ts';", 'live/read.ts': '' },
      ['plan/make.ts imports live/read.ts'],
    ],
    [
      'the model that imports a kind',
      { 'model/a.ts': "export { x } from '../kinds/index.ts';", 'kinds/index.ts': '' },
      ['model/a.ts imports kinds/index.ts'],
    ],
    [
      'a kind that imports the client when it is needed',
      { 'kinds/a.ts': "const c = await import('../cloudflare/client.ts');", 'cloudflare/client.ts': '' },
      ['kinds/a.ts imports cloudflare/client.ts'],
    ],
    [
      'a command that imports main',
      { 'cli/a.ts': "import '../main.ts';", 'main.ts': '' },
      ['cli/a.ts imports main.ts'],
    ],
    [
      'a circle of three, by types only',
      {
        'plan/a.ts': "import type { B } from './b.ts';",
        'plan/b.ts': "import type { C } from './c.ts';",
        'plan/c.ts': "import type { A } from './a.ts';",
      },
      ['a circle: plan/a.ts → plan/b.ts → plan/c.ts → plan/a.ts'],
    ],
    ['an environment variable', { 'desired/a.ts': 'const { env } = process;' }, ['desired/a.ts touches process']],
    ['the same by globalThis', { 'desired/a.ts': 'globalThis.process.exit(1);' }, ['desired/a.ts touches process']],
    ['the same by import', { 'live/a.ts': "import { env } from 'node:process';" }, ['live/a.ts touches process']],
    ['a property of that name', { 'desired/a.ts': 'x.process(); const y = { process: 1 };' }, []],
    ['undici', { 'cloudflare/pace.ts': "import { Agent } from 'undici';" }, ['cloudflare/pace.ts imports undici']],
    ['a revealed secret', { 'apply/run.ts': 'log(key?.reveal());' }, ['apply/run.ts reveals a secret']],
    ['words in a comment', { 'apply/run.ts': '// process.env, key.reveal(), import "undici"' }, []],
  ];
  for (const [name, files, faults] of cases)
    it(`sees ${name}`, () => expect(faultsIn(new Map(Object.entries(files)))).toEqual(faults));
});

/** Everything that is not as house.md draws it. */
function faultsIn(sources: Sources): readonly string[] {
  const imports = new Map([...sources].map(([path, text]) => [path, importsOf(path, text)]));
  const strangers = [...imports].flatMap(([path, targets]) =>
    targets
      .filter((target) => roomOf(target) !== roomOf(path) && !MAY_IMPORT[roomOf(path)]?.includes(roomOf(target)))
      .map((target) => `${path} imports ${target}`),
  );
  const deeds = [...sources].flatMap(([path, text]) =>
    deedsIn(path, text)
      .filter((what) => ALONE[what] !== path)
      .map((what) => `${path} ${what}`),
  );
  return [...strangers, ...deeds, ...circlesIn(imports)];
}

/** The files below src that a file imports, types and late imports included. */
function importsOf(path: string, text: string): readonly string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => join(dirname(path), name))
    .filter((target) => !target.startsWith('..'));
}

function deedsIn(path: string, text: string): readonly string[] {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === 'process' && isGlobal(node)) found.add('touches process');
    if (ts.isStringLiteral(node) && /^(node:)?process$/.test(node.text) && ts.isImportDeclaration(node.parent))
      found.add('touches process');
    if (ts.isStringLiteral(node) && /^undici(\/|$)/.test(node.text)) found.add('imports undici');
    if (ts.isPropertyAccessExpression(node) && node.name.text === 'reveal') found.add('reveals a secret');
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return [...found];
}

/** Not the name of a property, unless it is one of `globalThis`. */
function isGlobal(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node)
    return parent.expression.getText() === 'globalThis';
  return !(ts.isPropertyAssignment(parent) && parent.name === node) && !ts.isPropertySignature(parent);
}

function circlesIn(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) circles.push(`a circle: ${[...way.slice(way.indexOf(path)), path].join(' → ')}`);
    if (way.includes(path) || done.has(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return circles;
}

const roomOf = (path: string): string => path.split('/')[0] ?? path;

function readSources(): Sources {
  const root = fileURLToPath(new URL('../src', import.meta.url));
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(({ name }) => name.endsWith('.ts'));
  return new Map(
    files.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [relative(root, file).replaceAll('\\', '/'), readFileSync(file, 'utf8')];
    }),
  );
}
