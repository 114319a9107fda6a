import { harmless } from './harmless.ts';

/** One gauge of a Prometheus text file, with its HELP line and every sample of it. */
export interface Metric {
  /** Without the prefix `cf_mtls_`. */
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Metrics in the text format that the node exporter's textfile collector reads. A metric without samples is left out. */
export function renderMetrics(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(renderMetric)
    .join('');
}

/** The value of a metric without labels in such a text; undefined where it is not there. */
export function readMetric(text: string, name: string): number | undefined {
  const [, value] = new RegExp(`^${PREFIX}${name} (\\S+)$`, 'm').exec(text) ?? [];
  return value === undefined || Number.isNaN(Number(value)) ? undefined : Number(value);
}

/** Two samples with the same labels would make the whole file invalid; the first one stands. */
function renderMetric({ name, help, samples }: Metric): string {
  const values = new Map<string, number>();
  for (const { labels = {}, value } of samples) {
    const series = `${PREFIX}${name}${renderLabels(labels)}`;
    if (!values.has(series)) values.set(series, value);
  }
  return [
    `# HELP ${PREFIX}${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${PREFIX}${name} gauge`,
    ...[...values].map(([series, value]) => `${series} ${value}`),
    '',
  ].join('\n');
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escapeValue = (value: string): string => harmless(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');

const PREFIX = 'cf_mtls_';
