import type { Plan } from '../model/plan.ts';
import { type Detail, describePresented, EVERY_OTHER_HOSTNAME, type Mark, WILL_BE } from './describe.ts';
import { groupChanges, groupPresented } from './group.ts';
import { harmless } from './harmless.ts';
import { code, prose } from './markdown-escape.ts';

export type Row = readonly string[];

/** One row for each group of changes that are alike, the heading first. */
export function changeTable(plan: Plan): Row[] {
  const rows = groupChanges(plan).map(({ changes, details }) => {
    const [{ action }] = changes;
    return [ACTIONS[action], someNames(changes.map((change) => change.address)), details.map(detailCell).join('<br>')];
  });
  return [['Action', 'Address', 'What changes'], ...rows];
}

/** Where an origin can be less sure afterwards of who is calling. */
export function weakenedTable(plan: Plan): Row[] {
  const rows = groupPresented(plan.presented)
    .filter((group) => group.weakens)
    .map((group) => [
      `${code(group.scope)}: ${someOf(group.hostnames.map((hostname) => (hostname === null ? EVERY_OTHER_HOSTNAME : code(hostname))))}`,
      prose(describePresented(plan, group.before)),
      `**${prose(describePresented(plan, group.after))}**`,
    ]);
  return [['Weaker than before', 'Presented now', 'Presented after'], ...rows];
}

/** Every change with what it loses and gains, for a fence of the language `diff`. */
export function diffLines(plan: Plan): string[] {
  return groupChanges(plan).flatMap(({ changes, details }) => [
    ...changes.map((change) => `# ${harmless(change.address)} ${WILL_BE[change.action]}`),
    ...details.flatMap(diffOf),
  ]);
}

function diffOf({ name, before, after, items = [] }: Detail): string[] {
  const label = harmless(name);
  return [
    ...(before === undefined ? [] : [`- ${label} = ${before}`]),
    ...(after === undefined ? [] : [`+ ${label} = ${after}`]),
    ...items.map(({ mark, text }) => `${mark} ${label}: ${text}`),
  ];
}

function detailCell({ name, before, after, items }: Detail): string {
  const label = code(name);
  if (items !== undefined) {
    const list = (mark: Mark): string => {
      const texts = items.filter((item) => item.mark === mark).map((item) => item.text);
      return texts.length === 0 ? '' : ` ${mark === '-' ? 'without' : 'with'} ${someNames(texts)}`;
    };
    return `${label}${[list('-'), list('+')].filter(Boolean).join(',')}`;
  }
  return `${label}: ${[before, after]
    .filter((value) => value !== undefined)
    .map(prose)
    .join(' → ')}`;
}

const someNames = (names: readonly string[]): string => someOf(names.map(code));

function someOf(words: readonly string[]): string {
  if (words.length <= MOST_NAMES) return words.join('<br>');
  return [...words.slice(0, MOST_NAMES - 1), `and ${words.length - MOST_NAMES + 1} more`].join('<br>');
}

const ACTIONS = { create: 'create', update: 'update', delete: '**destroy**' } as const;
const MOST_NAMES = 4;
