import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { NUMERIC_KEYS } from '../../src/desired/convert.ts';
import { KIND_NAMES, REFUSALS } from '../../src/model/names.ts';

const FILE = join(import.meta.dirname, '../../schemas/desired-state.schema.json');
const schema: Node = JSON.parse(readFileSync(FILE, 'utf8'));

interface Node {
  readonly [key: string]: unknown;
}

describe('the schema of the desired state', () => {
  it('is valid draft-07', () => {
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    const ajv = new Ajv();
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
  });

  it('has a description and an example for every property', () => {
    const bare = propertiesOf(schema, '#').filter(([, property]) => {
      const meant = resolve(property);
      return typeof meant.description !== 'string' || !Array.isArray(meant.examples) || meant.examples.length === 0;
    });
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('gives examples that it accepts itself', () => {
    const ajv = new Ajv({ allowUnionTypes: true });
    ajv.addSchema(schema, 'desired');
    for (const [path, property] of propertiesOf(schema, '#')) {
      const meant = resolve(property);
      const validate = ajv.compile({ ...meant, definitions: schema.definitions });
      for (const example of meant.examples as unknown[]) {
        expect(validate(example), `${path}: ${JSON.stringify(example)} ${ajv.errorsText(validate.errors)}`).toBe(true);
      }
    }
  });

  it('takes no key that it does not describe', () => {
    const open = objectsOf(schema, '#').filter(([, node]) => node.additionalProperties === undefined);
    expect(open.map(([path]) => path)).toEqual([]);
  });

  it('knows every kind, and every refusal that a scope can lift', () => {
    const wordsOf = (path: string): unknown => walk(schema, '#').find(([here]) => here === path)?.[1].enum;
    expect(wordsOf('#/definitions/prune/items')).toEqual(KIND_NAMES);
    expect(wordsOf('#/definitions/scope_policy/properties/allow/items')).toEqual(
      REFUSALS.filter((name) => name !== 'empty-document'),
    );
  });

  it('has whole numbers under the keys that are read as numbers, and nowhere else', () => {
    const numbers = propertiesOf(schema, '#').filter(([, property]) => resolve(property).type === 'integer');
    const keys = numbers.map(([path]) => path.split('/').at(-1) ?? '');
    expect([...new Set(keys)].sort()).toEqual([...NUMERIC_KEYS].sort());
  });
});

function propertiesOf(node: unknown, path: string): [string, Node][] {
  return walk(node, path).flatMap(([here, part]) =>
    isNode(part.properties) && part.type === 'object'
      ? Object.entries(part.properties).map(([name, property]): [string, Node] => [`${here}/${name}`, property as Node])
      : [],
  );
}

function objectsOf(node: unknown, path: string): [string, Node][] {
  return walk(node, path).filter(([, part]) => part.type === 'object');
}

function walk(node: unknown, path: string): [string, Node][] {
  if (Array.isArray(node)) return node.flatMap((item, index) => walk(item, `${path}/${index}`));
  if (!isNode(node)) return [];
  const below = Object.entries(node).filter(([key]) => key !== 'examples' && key !== 'default');
  return [[path, node], ...below.flatMap(([key, part]) => walk(part, `${path}/${key}`))];
}

function resolve(property: Node): Node {
  const name = typeof property.$ref === 'string' ? property.$ref.split('/').at(-1) : undefined;
  return name === undefined ? property : ((schema.definitions as Record<string, Node>)[name] ?? {});
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
