import { describe, expect, it } from 'vitest';
import type { ApplyResult, ScopeResult, StepResult } from '../../src/model/result.ts';
import { renderOutcome } from '../../src/report/outcome.ts';
import { expectGolden } from './support/golden.ts';

const PLAIN = { color: false, width: 100 };
const NOTHING = { added: 0, changed: 0, destroyed: 0 };

const step = (
  stage: StepResult['stage'],
  summary: string,
  outcome: StepResult['outcome'],
  detail?: string,
): StepResult => ({ stage, address: 'example.com/x', summary, outcome, ...(detail === undefined ? {} : { detail }) });

const scope = (name: string, given: Partial<ScopeResult> = {}): ScopeResult => ({
  scope: name,
  outcome: 'complete',
  changes: NOTHING,
  steps: [],
  ...given,
});

const failed: ApplyResult = {
  requests: 31,
  scopes: [
    scope('example.org', {
      changes: { added: 1, changed: 3, destroyed: 1 },
      steps: [step('upload', 'upload app-2026', 'done'), step('delete', 'delete app-2025', 'done')],
    }),
    scope('example.com', {
      outcome: 'failed',
      changes: { added: 1, changed: 0, destroyed: 0 },
      steps: [
        step('upload', 'upload edge-2026', 'done'),
        step(
          'await',
          'wait until edge-2026 is active',
          'failed',
          'GET /zones/023e/origin_tls_client_auth: HTTP 500, cf-ray 8f2c.\nTry again later',
        ),
        step('enable', 'turn authenticated origin pulls on', 'blocked', 'an earlier step failed'),
        step('delete', 'delete edge-2025', 'blocked', 'an earlier step failed'),
      ],
    }),
    scope('example.net', {
      outcome: 'failed',
      reason: 'what is live has changed since it was planned',
      steps: [step('upload', 'upload edge-2026', 'blocked')],
    }),
    scope('example.info', {
      outcome: 'not_tried',
      reason: '2 scopes have failed already (policy.max_failures)',
      steps: [step('upload', 'upload edge-2026', 'blocked'), step('delete', 'delete edge-2025', 'blocked')],
    }),
  ],
};

describe('the end of an apply', () => {
  it('is the line that bots read, and what it cost', () => {
    const scopes = [
      scope('example.com', { changes: { added: 1, changed: 3, destroyed: 0 } }),
      scope('example.net', { changes: { added: 1, changed: 0, destroyed: 2 } }),
    ];
    expect(renderOutcome({ scopes, requests: 1 }, PLAIN)).toBe(
      'Apply complete! Resources: 2 added, 3 changed, 2 destroyed.\nIt took 1 request.\n',
    );
  });

  it('of nothing is complete', () => {
    expect(renderOutcome({ scopes: [], requests: 5 }, PLAIN)).toMatch(
      /^(Apply complete!) Resources: 0 added, 0 changed, 0 destroyed\.$/m,
    );
  });

  it('that failed says what was done, what failed, what was not tried and how to go on', () => {
    const text = renderOutcome(failed, PLAIN);
    expectGolden('outcome-failed.txt', text);
    expect(text).not.toContain('Apply complete!');
    expect(text.match(/^Error: /gm)).toHaveLength(2);
  });

  it('that was interrupted says so', () => {
    const scopes = [
      scope('example.com', {
        outcome: 'interrupted',
        changes: { added: 1, changed: 0, destroyed: 0 },
        steps: [
          step('upload', 'upload edge-2026', 'done'),
          step('delete', 'delete edge-2025', 'blocked', 'interrupted'),
        ],
      }),
    ];
    expectGolden('outcome-interrupted.txt', renderOutcome({ scopes, requests: 9 }, { ...PLAIN, savedPlan: true }));
  });

  it('shows many steps as a few and a number', () => {
    const steps = Array.from({ length: 100 }, (_, at) =>
      step('associate', `link host-${at} to app-2026`, at === 50 ? 'failed' : 'done'),
    );
    const text = renderOutcome({ scopes: [scope('example.com', { outcome: 'failed', steps })], requests: 9 }, PLAIN);
    expect(text).toContain('  example.com: 99 of 100 steps\n');
    expect(text).toContain('    … and 90 more\n');
    expect(text.split('\n').length).toBeLessThan(25);
  });

  it('prints no escape sequence that a name or an error brings along', () => {
    const steps = [
      step('upload', 'upload \u001b[2Jevil', 'failed', 'bad\u001b]0;title\u0007\nApply complete! Resources'),
    ];
    const text = renderOutcome({ scopes: [scope('e\u001bx', { outcome: 'failed', steps })], requests: 1 }, PLAIN);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(text).not.toMatch(/^Apply complete!/m);
  });
});
