import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Plan, PlanChange } from '../../src/model/plan.ts';
import { canonical, digestOf } from '../../src/plan/digest.ts';

type Promised = Parameters<typeof digestOf>[0];
const PLAN: Promised = {
  format_version: '1.0',
  inputs: {
    files: ['a.yaml'],
    api: 'https://api',
    zones: [],
    accounts: [],
    targets: ['b', 'a'],
    allow: [],
    discover: null,
    previous: null,
  },
  scopes: [{ kind: 'zone', name: 'example.com', id: '1' }],
  refusals: [],
  changes: [
    {
      address: 'example.com/zone_enablement',
      kind: 'zone_enablement',
      scope: 'example.com',
      action: 'update',
      before: { enabled: false },
      after: { enabled: true },
      reasons: ['enabled differs'],
    },
    {
      address: 'example.com/tls_client_auth',
      kind: 'tls_client_auth',
      scope: 'example.com',
      action: 'create',
      before: null,
      after: { value: 'on' },
      reasons: [],
    },
  ],
};

describe('canonical JSON', () => {
  it('has keys and lists in the order of code points', () => {
    expect(canonical({ b: 1, a: [3, 'x', 20, null] })).toBe('{"a":["x",20,3,null],"b":1}');
    expect(canonical({ a: { b: [2, 1] } })).toBe('{"a":{"b":[1,2]}}');
    // As UTF-16 the astral plane comes before U+FF5E; as code points it comes after.
    expect(canonical(['\u{1f600}', '\uff5e', 'z'])).toBe('["z","\uff5e","\u{1f600}"]');
    expect(canonical({ '\u{1f600}': 1, '\uff5e': 2 })).toBe('{"\uff5e":2,"\u{1f600}":1}');
  });

  it('is JSON, whatever the text', () => {
    expect(JSON.parse(canonical({ 'a"b\n': '\u2028\u0000"' }))).toEqual({ 'a"b\n': '\u2028\u0000"' });
  });
});

describe('the digest', () => {
  it('is the SHA-256 of what stands in the document, and of nothing else', () => {
    const promised = {
      format_version: '1.0',
      api: 'https://api',
      targets: ['a', 'b'],
      allowed: [],
      scopes: [{ name: 'example.com', id: '1' }],
      changes: PLAN.changes.map(({ reasons: _, ...change }) => change),
    };
    expect(digestOf(PLAN)).toBe(`sha256:${createHash('sha256').update(canonical(promised)).digest('hex')}`);
  });

  it('is the same in every version, or no saved plan could be applied after an update', () => {
    const [first, second] = PLAN.changes as [PlanChange, PlanChange];
    const named = (address: string) => ({ ...first, address });
    const changes: readonly PlanChange[] = [
      first,
      second,
      // Two that differ only behind the address; names around the quotation mark; and the two orders of characters.
      { ...first, after: null },
      ...['a', 'a!', 'a b', 'a"', 'a#', 'a\\', 'a\u{1f600}', 'a\uff5e'].map(named),
      { ...second, address: 'x', after: { name: 'x', hostnames: ['b', 'a'], flags: { z: 1, a: [true, null, 20, 3] } } },
    ];
    const refusals = [{ name: 'mass-deletion' as const, scope: 'example.com', message: '', allowed: true }];
    expect(digestOf({ ...PLAN, changes, refusals })).toBe(
      'sha256:84d67a6069ef96b980ad0afb516c6d6ca656b06c723cf37aed87a5bd7a999ad3',
    );
    expect(digestOf({ ...PLAN, changes: changes.filter(({ address }) => !address.includes('\u{1f600}')) })).toBe(
      'sha256:4d6c140457a87d0284391b458b9ed2400f281972022ca5ccbcad276edce95df9',
    );
    expect(digestOf({ ...PLAN, changes: [] })).toBe(
      'sha256:331d66c08e9d4742436d7b6dcfac5c1aa1427a254ab205b984292e3a21281126',
    );
  });

  it('does not depend on the order of changes, keys or targets, nor on reasons and paths', () => {
    const turned: Promised = {
      ...PLAN,
      inputs: { ...PLAN.inputs, targets: ['a', 'b'], files: ['b.yaml'] },
      changes: [...PLAN.changes].reverse().map((change) => ({ ...change, reasons: ['other'] })),
    };
    expect(digestOf(turned)).toBe(digestOf(PLAN));
  });

  it.each<[string, Partial<Promised>]>([
    ['a change', { changes: PLAN.changes.slice(1) }],
    ['a value', { changes: PLAN.changes.map((change) => ({ ...change, after: { enabled: 'true' } })) }],
    ['the API', { inputs: { ...PLAN.inputs, api: 'https://other' } }],
    ['the targets', { inputs: { ...PLAN.inputs, targets: ['a'] } }],
    ['the id of a scope', { scopes: [{ kind: 'zone', name: 'example.com', id: '2' }] }],
    ['an allowed refusal', { refusals: [{ name: 'mass-deletion', scope: 'example.com', message: '', allowed: true }] }],
  ])('depends on %s', (_what, other) => {
    expect(digestOf({ ...PLAN, ...other } as Plan)).not.toBe(digestOf(PLAN));
  });
});
