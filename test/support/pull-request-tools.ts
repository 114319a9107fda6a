import { expect } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';

/** Reads a printed plan with the very expressions of Terraform's pull-request tools, and finds the same as in the document. */
export function readByTools(text: string, { changes, summary, refusals, failures }: Plan): void {
  const all = (expression: RegExp): string[] => [...text.matchAll(expression)].map(([whole, one]) => one ?? whole);
  const of = (action: Plan['changes'][number]['action']): string[] =>
    changes.filter((change) => change.action === action).map(({ address }) => address);
  expect(all(/^ *# (.*) will be created$/gm)).toEqual(of('create'));
  expect(all(/^ *# (.*) will be updated in-place$/gm)).toEqual(of('update'));
  expect(all(/^ *# (.*) will be destroyed$/gm)).toEqual(of('delete'));
  expect(/([1-9][0-9]* to destroy.)/.test(text)).toBe(summary.destroy > 0);
  const stops = failures.length + refusals.filter(({ allowed }) => !allowed).length;
  expect(all(/([│|] )?(Error: )/gm)).toHaveLength(stops);
  expect(all(/^(Plan: \d|No changes.)/gm)).toHaveLength(1);
  if (changes.length === 0 && stops === 0)
    expect(text).toMatch(/No changes\. Your infrastructure matches the configuration\./);
  else
    expect(
      /Plan: (?:(\d+) to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy(?:, (\d+) to forget)?\./
        .exec(text)
        ?.slice(1),
    ).toEqual([undefined, `${summary.add}`, `${summary.change}`, `${summary.destroy}`, undefined]);
}
