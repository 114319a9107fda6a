import type { Plan, PlanChange } from '../model/plan.ts';
import type { Action } from '../model/thing.ts';
import { type Detail, MARKS, type Mark, WILL_BE } from './describe.ts';
import { type ChangeGroup, groupChanges } from './group.ts';
import { harmless, paragraph } from './harmless.ts';
import type { Page } from './page.ts';
import type { Style } from './paint.ts';
import { wrap } from './width.ts';

/** A heading, and for each group of changes its `#` lines with what changes beneath. */
export function changesInText(plan: Plan, page: Page): string[][] {
  if (plan.changes.length === 0) return [];
  return [['cf-mtls will perform the following actions:'], ...groupChanges(plan).map((group) => block(group, page))];
}

function block({ changes, details }: ChangeGroup, page: Page): string[] {
  const [{ action, address, kind, reasons }] = changes;
  const lines = changes.map((change) => heading(change, page));
  lines.push(...reasons.flatMap((reason) => wrap(`(${paragraph(reason)})`, page.width, '  # ', '  #  ')));
  if (page.compact) return lines;
  const name = address.split('/').slice(2).join('/');
  const what = changes.length > 1 ? `${kind} × ${changes.length}` : name === '' ? kind : `${kind} "${harmless(name)}"`;
  lines.push(`  ${mark(MARKS[action], page)} ${what}`);
  const widest = Math.max(0, ...details.filter(isInline).map((detail) => detail.name.length));
  return [...lines, ...details.flatMap((detail) => detailLines(detail, action, widest, page))];
}

function heading({ address, action }: PlanChange, { paint }: Page): string {
  return `${paint('bold', `  # ${harmless(address)}`)} ${paint(STYLES[MARKS[action]], WILL_BE[action])}`;
}

function detailLines(detail: Detail, action: Action, widest: number, page: Page): string[] {
  const head = `      ${mark(detail.mark, page)} ${harmless(detail.name)}`;
  if (detail.items !== undefined) return [head, ...itemLines(detail, action, page)];
  const { before, after } = detail;
  if (!isInline(detail)) return [head, ...valueLines('-', before ?? '', page), ...valueLines('+', after ?? '', page)];
  const value = before === undefined || after === undefined ? (after ?? before ?? '') : `${before} → ${after}`;
  const start = `${head}${' '.repeat(widest - detail.name.length)} = `;
  const [first = '', ...rest] = wrap(value, page.width, ' '.repeat(widest + 11), ' '.repeat(12));
  return [`${start}${first.trimStart()}`, ...rest];
}

/** A certificate that takes the place of another is too long for one line. */
const isInline = (detail: Detail): boolean =>
  detail.items === undefined && !(detail.long && detail.before !== undefined && detail.after !== undefined);

function itemLines({ items = [], unchanged = 0 }: Detail, action: Action, page: Page): string[] {
  const lines = (['-', '+'] as const).flatMap((sign) => {
    const texts = items.filter((item) => item.mark === sign).map((item) => item.text);
    const shown = texts.length > MOST_ITEMS ? texts.slice(0, MOST_ITEMS - 1) : texts;
    const hidden = texts.length - shown.length;
    return [
      ...shown.flatMap((text) => valueLines(sign, text, page)),
      ...(hidden > 0 ? valueLines(sign, `… and ${hidden} more`, page) : []),
    ];
  });
  return action === 'update' && unchanged > 0 ? [...lines, `            (${unchanged} unchanged)`] : lines;
}

function valueLines(sign: Mark, text: string, page: Page): string[] {
  const [first = '', ...rest] = wrap(text, page.width - 12);
  return [`          ${mark(sign, page)} ${first}`, ...rest.map((line) => `              ${line}`)];
}

function mark(sign: Mark, page: Page): string {
  return page.paint(STYLES[sign], sign);
}

const STYLES: Readonly<Record<Mark, Style>> = { '+': 'green', '~': 'yellow', '-': 'red' };
const MOST_ITEMS = 10;
