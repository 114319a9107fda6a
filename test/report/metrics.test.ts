import { describe, expect, it } from 'vitest';
import { renderDriftMetrics } from '../../src/report/drift-metrics.ts';
import { readMetric, renderMetrics } from '../../src/report/metrics.ts';
import { samplesOf } from '../cli/support/exposition.ts';
import { planOf } from './support/plans.ts';

describe('metrics', () => {
  it('are written as the text format wants it', () => {
    expect(
      renderMetrics([
        { name: 'things', help: 'What \\ is\nthere.', samples: [{ labels: { a: 'x', b: 'y' }, value: 1.5 }] },
        { name: 'empty', help: 'Nothing.', samples: [] },
        { name: 'total', help: 'All.', samples: [{ value: 0 }] },
      ]),
    ).toBe(
      [
        '# HELP cf_mtls_things What \\\\ is\\nthere.',
        '# TYPE cf_mtls_things gauge',
        'cf_mtls_things{a="x",b="y"} 1.5',
        '# HELP cf_mtls_total All.',
        '# TYPE cf_mtls_total gauge',
        'cf_mtls_total 0',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['a quote', 'Staff "devices"', 'Staff "devices"'],
    ['a backslash', 'a\\b', 'a\\b'],
    ['a brace', 'a} 1', 'a} 1'],
    ['a line break', 'a\ncf_mtls_things{x="1"} 9', 'a\\x0acf_mtls_things{x="1"} 9'],
    ['an escape sequence', '\u001b[31mred', '\\x1b[31mred'],
    ['a turned direction', 'a\u202eb', 'a\\u202eb'],
  ])('hold a label with %s', (_, value, shown) => {
    const text = renderMetrics([{ name: 'things', help: 'Things.', samples: [{ labels: { name: value }, value: 1 }] }]);
    expect(samplesOf(text)).toEqual([{ name: 'cf_mtls_things', labels: { name: shown }, value: 1 }]);
  });

  it('never hold a series twice', () => {
    const samples = [1, 2].map((value) => ({ labels: { a: 'x' }, value }));
    expect(samplesOf(renderMetrics([{ name: 'n', help: 'N.', samples }]))).toMatchObject([{ value: 1 }]);
  });

  it('are read again by name', () => {
    const text = renderMetrics([{ name: 'total', help: 'All.', samples: [{ value: 12.5 }] }]);
    expect([readMetric(text, 'total'), readMetric(text, 'tot'), readMetric('', 'total')]).toEqual([
      12.5,
      undefined,
      undefined,
    ]);
    expect(readMetric('cf_mtls_total what\n', 'total')).toBeUndefined();
  });
});

describe('the metrics of drift', () => {
  it('leave out the time of a success that never was', () => {
    const plan = planOf({ failures: [{ scope: 'example.net', error: 'HTTP 500' }] });
    const facts = { plan, managed: [], certificates: [], requests: 1, started: 0, ended: 1500 };
    const names = samplesOf(renderDriftMetrics(facts)).map(({ name }) => name);
    expect(names).toContain('cf_mtls_drift_duration_seconds');
    expect(names).not.toContain('cf_mtls_drift_last_success_timestamp_seconds');
  });
});
