import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { readByTools } from './pull-request-tools.ts';
import type { World } from './world.ts';

/** A plan as other programs and reviewers get it, with what differs from run to run taken out. */
export interface Formats {
  readonly json: unknown;
  readonly markdown: string;
}

/**
 * Plans with --out and holds what must be true of every saved plan: it is the same bytes as `--format json`, the schema
 * describes it, `show` gives it back, pull-request tools read its text, and it holds neither a key nor an absolute path.
 */
export async function savedPlan(world: World, options: readonly string[] = []): Promise<Formats> {
  const printed = await world.run('plan', '--out', 'plan.json', '--format', 'json', ...options);
  const text = readFileSync(join(world.folder, 'plan.json'), 'utf8');
  expect(printed.stdout).toBe(text);
  expect(await world.run('show', 'plan.json', '--format', 'json')).toEqual({ code: 0, stdout: text, stderr: '' });
  expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
  for (const secret of ['PRIVATE KEY', 'BEGIN', '.key', world.folder]) expect(text).not.toContain(secret);
  const shown = await world.run('show', 'plan.json');
  readByTools(shown.stdout, JSON.parse(text) as Plan);
  const { stdout: markdown } = await world.run('show', 'plan.json', '--format', 'markdown');
  return { json: inOrder(JSON.parse(masked(text, world)) as Plan), markdown: masked(markdown, world) };
}

/** By name: the fingerprints that gave the order are masked. */
function inOrder(plan: Plan): Plan {
  return { ...plan, certificates: Object.fromEntries(Object.entries(plan.certificates).sort()) };
}

/** A digest is over fingerprints, which differ with every run of the tests. */
const masked = (text: string, world: World): string =>
  world.masked(text).replaceAll(/<sha256:[0-9a-f]{64}>/g, '<digest>');

const schema = JSON.parse(readFileSync(new URL('../../schemas/plan.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);
