import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { KIND_NAMES, REFUSALS, STAGES } from '../../src/model/names.ts';
import type {
  Coverage,
  Plan,
  PlanCertificate,
  PlanChange,
  PlanInputs,
  PlanScope,
  PlanStep,
  Presented,
  Refusal,
  Remark,
} from '../../src/model/plan.ts';
import { renderPlanJson } from '../../src/report/json.ts';
import { everything, hostile, manyHostnames, planOf, rotation } from './support/plans.ts';

type Schema = { readonly [key: string]: Schema } & {
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
};
const schema = JSON.parse(readFileSync(new URL('../../schemas/plan.schema.json', import.meta.url), 'utf8')) as Schema;
const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);

const errorsOf = (plan: unknown): string[] => {
  validate(plan);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

describe('a plan as JSON', () => {
  it.each([
    ['nothing', planOf()],
    ['a rotation', rotation()],
    ['everything', everything()],
    ['hostile names', { ...hostile(), changes: [], unmanaged: [] }],
    ['a hundred hostnames', manyHostnames(100)],
  ] as [string, Plan][])('of %s is what the schema describes', (_, plan) => {
    expect(errorsOf(JSON.parse(renderPlanJson(plan)))).toEqual([]);
  });

  it('says the same after it was read again, to the byte', () => {
    const text = renderPlanJson(everything());
    expect(renderPlanJson(JSON.parse(text) as Plan)).toBe(text);
    expect(JSON.parse(text)).toEqual(everything());
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('holds nothing that a terminal would obey, and loses nothing by it', () => {
    const text = renderPlanJson(hostile());
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(JSON.parse(text)).toEqual(hostile());
    const tag = { ...planOf(), warnings: [{ scope: null, address: null, message: 'a\u{e0041}b\u{1f600}' }] };
    expect(renderPlanJson(tag)).toContain('a\\udb40\\udc41b\u{1f600}');
    expect(JSON.parse(renderPlanJson(tag))).toEqual(tag);
  });
});

describe('the schema of a plan', () => {
  it.each([
    ['an unknown key', { ...rotation(), surprise: 1 }],
    ['an unknown key in a change', { ...rotation(), changes: [{ ...rotation().changes[0], id: '023e' }] }],
    ['a missing key', { ...rotation(), digest: undefined }],
    ['another major version', { ...rotation(), format_version: '2.0' }],
    ['an unknown action', { ...rotation(), changes: [{ ...rotation().changes[0], action: 'replace' }] }],
    ['a digest of another shape', { ...rotation(), digest: 'sha256:abc' }],
    [
      'a certificate that is not named by its fingerprint',
      { ...rotation(), certificates: { 'app-2026': Object.values(rotation().certificates)[0] } },
    ],
  ])('refuses %s', (_, plan) => {
    expect(errorsOf(JSON.parse(JSON.stringify(plan)))).not.toEqual([]);
  });

  it('knows the same words as the program', () => {
    const { kind, stage } = schema.definitions as Schema;
    expect(kind?.enum).toEqual(KIND_NAMES);
    expect(stage?.enum).toEqual(STAGES);
    expect(at('refusals')?.properties?.name?.enum).toEqual([...REFUSALS, 'impossible']);
  });

  it('has exactly the keys of the types, and a description for each', () => {
    for (const [where, keys] of KEYS) {
      const properties = (where === '' ? schema : at(where))?.properties ?? {};
      expect(Object.keys(properties).sort(), where).toEqual([...keys].sort());
      for (const [name, property] of Object.entries(properties)) {
        const described =
          property.$ref === undefined
            ? property
            : (schema.definitions?.[String(property.$ref).split('/')[2] ?? ''] as Schema);
        expect(described?.description, `${where}.${name}`).toMatch(/\.$/);
      }
    }
  });
});

/** The object at a property of the schema, or what its list or map holds. */
function at(path: string): Schema | undefined {
  return path.split('.').reduce<Schema | undefined>((found, name) => {
    const property = found?.properties?.[name];
    return (property?.items ?? (property?.properties ? property : property?.additionalProperties)) as
      | Schema
      | undefined;
  }, schema);
}

/** The compiler holds these lists against the types. */
const keysOf =
  <T>() =>
  (keys: { readonly [K in keyof Required<T>]: true }): string[] =>
    Object.keys(keys);

const KEYS: readonly (readonly [string, readonly string[]])[] = [
  [
    '',
    keysOf<Plan>()({
      format_version: true,
      tool_version: true,
      generated_at: true,
      digest: true,
      inputs: true,
      scopes: true,
      summary: true,
      changes: true,
      steps: true,
      presented: true,
      unmanaged: true,
      warnings: true,
      refusals: true,
      coverage: true,
      requests: true,
      certificates: true,
      targeting: true,
      failures: true,
    }),
  ],
  [
    'inputs',
    keysOf<PlanInputs>()({
      files: true,
      api: true,
      zones: true,
      accounts: true,
      targets: true,
      allow: true,
      discover: true,
      previous: true,
    }),
  ],
  ['scopes', keysOf<PlanScope>()({ kind: true, name: true, id: true })],
  ['summary', keysOf<Plan['summary']>()({ add: true, change: true, destroy: true })],
  [
    'changes',
    keysOf<PlanChange>()({
      address: true,
      kind: true,
      scope: true,
      action: true,
      before: true,
      after: true,
      reasons: true,
    }),
  ],
  ['steps', keysOf<PlanStep>()({ order: true, scope: true, wave: true, stage: true, address: true, summary: true })],
  ['presented', keysOf<Presented>()({ scope: true, hostname: true, before: true, after: true, weakens: true })],
  ['unmanaged', keysOf<Plan['unmanaged'][number]>()({ address: true, scope: true, kind: true })],
  ['warnings', keysOf<Remark>()({ scope: true, address: true, message: true })],
  ['refusals', keysOf<Refusal>()({ name: true, scope: true, message: true, allowed: true })],
  ['coverage', keysOf<Coverage>()({ scope: true, asked: true, message: true })],
  ['requests', keysOf<Plan['requests']>()({ read: true, apply: true })],
  ['certificates', keysOf<PlanCertificate>()({ label: true, subject: true, not_after: true, key: true })],
  ['targeting', keysOf<NonNullable<Plan['targeting']>>()({ added: true, left_out: true })],
  ['targeting.left_out', keysOf<NonNullable<Plan['targeting']>['left_out'][number]>()({ address: true, reason: true })],
  ['failures', keysOf<Plan['failures'][number]>()({ scope: true, error: true })],
];
