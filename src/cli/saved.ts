import { resolve } from 'node:path';
import { inputError } from '../model/fault.ts';
import type { Plan } from '../model/plan.ts';
import { readPlan } from '../plan/saved.ts';
import { differences } from '../plan/stale.ts';
import { count } from '../report/width.ts';
import type { Arguments } from './args.ts';
import type { Connected, Door } from './door.ts';
import type { Inputs } from './planning.ts';

/** The plan in a file; an InputError says what is wrong with it. */
export function readPlanFile(file: string, { files, version }: Door): Plan {
  let text: string;
  try {
    text = files.readFile(resolve(files.cwd, file)).toString('utf8');
  } catch (error) {
    throw inputError(`${file} can't be read: ${error instanceof Error ? error.message : error}`);
  }
  return readPlan(text, file, version);
}

/** What the saved plan was made from, to make it again. */
export function savedInputs({ inputs, scopes, failures }: Plan, { options }: Arguments): Inputs {
  return {
    ...inputs,
    saved: scopes.length === 0 && failures.length === 0 ? 'none' : 'some',
    changedSince: null,
    shard: null,
    parallelism: options.parallelism ?? 8,
    paths: options.file ?? [],
  };
}

export function checkSameApi({ inputs }: Plan, { address }: Connected): void {
  if (inputs.api !== address)
    throw inputError(
      `The plan was made against ${inputs.api}, and this run speaks to ${address}`,
      'Set CLOUDFLARE_BASE_URL as it was, or plan again',
    );
}

/** A plan whose digest is not the one that was reviewed writes nothing and names what changed. */
export function checkNotStale(saved: Plan, now: Plan): void {
  if (saved.digest === now.digest) return;
  const lines = differences(saved, now);
  const shown = lines.slice(0, MOST).map((line) => `  ${line}`);
  const more = lines.length > MOST ? [`  and ${lines.length - MOST} more`] : [];
  throw inputError(
    `Saved plan is stale\n${[...shown, ...more].join('\n')}`,
    `Nothing was written; reading took ${count(now.requests.read, 'request')}. Look at a new plan`,
  );
}

const MOST = 20;
