import type { Plan, PlanChange, PlanStep, Presented } from '../model/plan.ts';
import { type Detail, detailsOf } from './describe.ts';

/** Changes of one scope, kind and action that say the same thing of different names: a hundred hostnames are read as one. */
export interface ChangeGroup {
  readonly changes: readonly [PlanChange, ...PlanChange[]];
  readonly details: readonly Detail[];
}

/** In the order of the plan; a group stands where its first change stood. */
export function groupChanges(plan: Plan): ChangeGroup[] {
  const groups = new Map<string, { changes: [PlanChange, ...PlanChange[]]; details: Detail[] }>();
  for (const change of plan.changes) {
    const details = detailsOf(plan, change);
    const key = JSON.stringify([change.scope, change.kind, change.action, change.reasons, details]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { changes: [change], details });
    else group.changes.push(change);
  }
  return [...groups.values()];
}

/** The steps of one scope and wave, in order. */
export interface StepGroup {
  readonly scope: string;
  readonly wave: number;
  /** How many waves the scope has. */
  readonly waves: number;
  readonly steps: readonly PlanStep[];
}

/** Steps by scope and wave, in the order of the plan. */
export function groupSteps(steps: readonly PlanStep[]): StepGroup[] {
  const groups = new Map<string, StepGroup & { steps: PlanStep[] }>();
  const waves = new Map<string, number>();
  for (const step of steps) {
    waves.set(step.scope, Math.max(step.wave, waves.get(step.scope) ?? 1));
    const key = JSON.stringify([step.scope, step.wave]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { scope: step.scope, wave: step.wave, waves: 1, steps: [step] });
    else group.steps.push(step);
  }
  return [...groups.values()].map((group) => ({ ...group, waves: waves.get(group.scope) ?? 1 }));
}

/** Steps in a row that do the same to different things; shown as a few and a number where they are many. */
export function runsOf(steps: readonly PlanStep[]): PlanStep[][] {
  const runs: PlanStep[][] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last?.[0] !== undefined && sameWork(last[0], step)) last.push(step);
    else runs.push([step]);
  }
  return runs;
}

/** Hostnames of one scope that change alike in what they present. */
export interface PresentedGroup extends Omit<Presented, 'hostname'> {
  readonly hostnames: readonly (string | null)[];
}

/** Only where something changes; what weakens comes first, so that nobody misses it. */
export function groupPresented(presented: readonly Presented[]): PresentedGroup[] {
  const groups = new Map<string, PresentedGroup & { hostnames: (string | null)[] }>();
  for (const { hostname, ...rest } of presented) {
    if (rest.before === rest.after && !rest.weakens) continue;
    const key = JSON.stringify([rest.scope, rest.before, rest.after, rest.weakens]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...rest, hostnames: [hostname] });
    else group.hostnames.push(hostname);
  }
  return [...groups.values()].sort((one, other) => Number(other.weakens) - Number(one.weakens));
}

/** The kind in `SCOPE/KIND[/NAME]`. */
export const kindIn = (address: string): string => address.split('/')[1] ?? '';

const sameWork = (one: PlanStep, other: PlanStep): boolean =>
  one.stage === other.stage && kindIn(one.address) === kindIn(other.address);
