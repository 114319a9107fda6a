import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { ApplyEvent } from '../../src/model/events.ts';
import { renderEvent, renderSummaryEvent } from '../../src/report/events.ts';

const schema = JSON.parse(readFileSync(new URL('../../schemas/events.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
const TIME = Date.parse('2026-11-21T09:30:00.250Z');

const step = {
  scope: 'example.com',
  stage: 'upload',
  address: 'example.com/hostname_certificate/app-2026',
  summary: 'upload app-2026',
} as const;
const trace = { requests: 7, ray: '8f2c-FRA', auditLogId: '0190' };

const EVENTS: { readonly [T in ApplyEvent['type']]: readonly Extract<ApplyEvent, { type: T }>[] } = {
  scope_started: [{ type: 'scope_started', scope: 'example.com', steps: 3 }],
  step_started: [{ type: 'step_started', ...step }],
  step_done: [
    { type: 'step_done', ...step, requests: 6 },
    { type: 'step_done', ...step, ...trace },
  ],
  waiting: [{ type: 'waiting', scope: 'example.com', stage: 'await', address: step.address, message: 'rate limited' }],
  step_failed: [
    { type: 'step_failed', ...step, error: 'HTTP 500' },
    { type: 'step_failed', ...step, error: 'HTTP 500', ...trace },
  ],
  step_blocked: [{ type: 'step_blocked', ...step, reason: 'an earlier step failed' }],
  scope_done: (['complete', 'failed', 'not_tried', 'interrupted'] as const).map((outcome) => ({
    type: 'scope_done',
    scope: 'example.com',
    outcome,
  })),
};

describe('an event', () => {
  it.each(
    Object.values(EVENTS)
      .flat()
      .map((event) => [event.type, event] as [string, ApplyEvent]),
  )('%s is one line that the schema describes', (_, event) => {
    const line = renderEvent(event, TIME, 7);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    const read = JSON.parse(line);
    expect(read.time).toBe('2026-11-21T09:30:00.250Z');
    expect(validate(read), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...read, surprise: 1 })).toBe(false);
  });

  it('carries what a write left in the log of Cloudflare', () => {
    expect(JSON.parse(renderEvent({ type: 'step_done', ...step, ...trace }, TIME, 7))).toEqual({
      time: '2026-11-21T09:30:00.250Z',
      type: 'step_done',
      ...step,
      requests: 7,
      cf_ray: '8f2c-FRA',
      cf_auditlog_id: '0190',
    });
  });

  it('leaves out what is not known', () => {
    expect(Object.keys(JSON.parse(renderEvent({ type: 'step_done', ...step, requests: 6 }, TIME, 7)))).not.toContain(
      'cf_ray',
    );
  });

  it('knows as many types as the schema', () => {
    expect([...Object.keys(EVENTS), 'summary'].sort()).toEqual([...schema.properties.type.enum].sort());
  });
});

describe('the summary', () => {
  const nothing = { added: 0, changed: 0, destroyed: 0 };
  const done = { ...step, outcome: 'done' } as const;

  it('adds up what was done, what failed and what was not tried', () => {
    const line = renderSummaryEvent(
      {
        requests: 12,
        scopes: [
          { scope: 'a', outcome: 'complete', changes: { added: 1, changed: 2, destroyed: 0 }, steps: [done, done] },
          {
            scope: 'b',
            outcome: 'failed',
            changes: { ...nothing, added: 1 },
            steps: [
              { ...done, outcome: 'failed' },
              { ...done, outcome: 'blocked' },
            ],
          },
        ],
      },
      TIME,
    );
    const read = JSON.parse(line);
    expect(read).toEqual({
      time: '2026-11-21T09:30:00.250Z',
      type: 'summary',
      outcome: 'failed',
      added: 2,
      changed: 2,
      destroyed: 0,
      steps_done: 2,
      steps_failed: 1,
      steps_blocked: 1,
      requests: 12,
    });
    expect(validate(read)).toBe(true);
  });

  it.each([
    ['complete', ['complete', 'complete']],
    ['failed', ['complete', 'not_tried']],
    ['interrupted', ['failed', 'interrupted']],
    ['complete', []],
  ] as const)('is %s for %j', (expected, outcomes) => {
    const scopes = outcomes.map((outcome) => ({ scope: 'a', outcome, changes: nothing, steps: [] }));
    expect(JSON.parse(renderSummaryEvent({ scopes, requests: 0 }, TIME)).outcome).toBe(expected);
  });
});
