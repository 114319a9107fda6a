import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import planSchema from '../../schemas/plan.schema.json' with { type: 'json' };
import { registry } from '../../src/kinds/index.ts';
import { KIND_NAMES, LIST_NAMES } from '../../src/model/names.ts';
import { accountWith, everything } from './wants.ts';

describe('the registry', () => {
  it('has every kind once, in the order of the model', () => {
    expect(registry.kinds.map(({ name }) => name)).toEqual([...KIND_NAMES]);
  });

  it('has one file for each kind, by its name', () => {
    const files = readdirSync(new URL('../../src/kinds', import.meta.url));
    for (const name of KIND_NAMES) expect(files).toContain(`${name.replaceAll('_', '-')}.ts`);
  });

  it('has every list, below its scope', () => {
    expect(Object.keys(registry.lists).sort()).toEqual([...LIST_NAMES].sort());
    const scope = { kind: 'zone', name: 'example.com', id: 'f'.repeat(32) } as const;
    for (const { path } of Object.values(registry.lists)) expect(path(scope)).toMatch(/^\/zones\/f{32}\//);
  });

  it('is what the schema of plans says', () => {
    for (const name of KIND_NAMES) expect(JSON.stringify(planSchema)).toContain(`"${name}"`);
  });

  it('reads five lists for a zone with all sections of its own, and two for Access', () => {
    const reads = (want: typeof everything) => new Set(registry.kinds.flatMap((kind) => kind.reads(want)));
    expect(reads({ ...everything, access: {} }).size).toBe(5);
    expect(reads(everything).size).toBe(7);
    expect(reads(accountWith(everything.access)).size).toBe(2);
    expect(reads({ ...everything, originPulls: {}, access: {} }).size).toBe(1);
  });

  it('asks only for what is there: a kind of which the file says nothing wants nothing', () => {
    const empty = accountWith({});
    for (const kind of registry.kinds) {
      expect(kind.wanted(empty), kind.name).toBeUndefined();
      expect(kind.reads(empty), kind.name).toEqual([]);
    }
  });

  it('uploads only what has a place in the book: certificates say what an upload takes', () => {
    expect(registry.kinds.filter(({ upload }) => upload).map(({ name }) => name)).toEqual([
      'zone_certificate',
      'hostname_certificate',
      'access_certificate',
    ]);
  });
});
