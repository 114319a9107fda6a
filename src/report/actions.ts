import type { Fault } from '../model/fault.ts';
import type { Plan } from '../model/plan.ts';
import { harmless } from './harmless.ts';

/** A fault as GitHub Actions shows it at its line of the file; `file` is the path as seen from the repository. */
export function renderAnnotation({ severity, message, at, advice }: Fault, file: string | undefined): string {
  const place = at === undefined || file === undefined ? {} : { file, line: `${at.line}`, col: `${at.col}` };
  const properties = Object.entries(place).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  const text = advice === undefined ? message : `${message}\n${advice}`;
  return `::${[severity, properties.join(',')].filter(Boolean).join(' ')}::${escapeData(text)}\n`;
}

/** What later steps of a job can ask of a plan, as lines of `GITHUB_OUTPUT`. */
export function renderOutputs({ summary, changes, digest }: Plan): string {
  const outputs = { has_changes: changes.length > 0, ...summary, digest };
  return Object.entries(outputs)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** A message may have several lines; what else is unseen is shown as its code, as on a terminal. */
function escapeData(text: string): string {
  const shown = text
    .split(/\r\n|\r|\n/)
    .map(harmless)
    .join('\n');
  return shown.replaceAll('%', '%25').replaceAll('\n', '%0A');
}

const escapeProperty = (text: string): string =>
  harmless(text).replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C');
