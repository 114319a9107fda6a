import { globTest } from '../model/glob.ts';
import type { Kind, PlanningState } from '../model/kind.ts';
import { type Change, type Ref, refKey, type Thing } from '../model/thing.ts';
import { inOrder } from './hands-off.ts';

/** What `--target` makes of a scope: the state that would then be live, and what the choice could not do as it was said. */
export interface Choice {
  readonly after: readonly Thing[];
  readonly added: readonly string[];
  readonly leftOut: readonly { readonly address: string; readonly reason: string }[];
}

/** Takes the changes that the globs select, with what they need, and leaves everything else as it is live. */
export function choose(state: PlanningState, kinds: readonly Kind[], globs: readonly string[]): Choice {
  const tests = globs.map(globTest);
  const matched = state.changes.filter(({ address }) => tests.some((test) => test(address)));
  const chosen = withNeeds(matched, state, kinds);
  const stillNeeded = chosen.flatMap((change) => neededBy(change, chosen, state));
  const left = new Set(stillNeeded.map(({ change }) => change));
  const taken = chosen.filter((change) => !left.has(change));
  return {
    after: stateOf(taken, state).after,
    added: chosen.filter((change) => !matched.includes(change)).map(({ address }) => address),
    leftOut: stillNeeded.map(({ change, by }) => ({ address: change.address, reason: `${by} still needs it` })),
  };
}

/** The chosen changes and, again and again, those that create what they rely on. */
function withNeeds(chosen: readonly Change[], state: PlanningState, kinds: readonly Kind[]): readonly Change[] {
  const creates = new Map(state.changes.filter(({ before }) => before === null).map((it) => [refKey(it), it]));
  const all = new Set(chosen);
  for (let size = -1; size !== all.size; ) {
    size = all.size;
    const partly = { ...state, ...stateOf([...all], state) };
    for (const change of [...all]) {
      for (const ref of needsOf(change, state, partly, kinds)) {
        const created = creates.get(refKey(ref));
        if (created) all.add(created);
      }
    }
  }
  return state.changes.filter((change) => all.has(change));
}

/** What would be live after these changes alone. */
function stateOf(changes: readonly Change[], { before }: PlanningState): Pick<PlanningState, 'after' | 'changes'> {
  const taken = new Set(changes.map(refKey));
  const kept = before.filter((thing) => !taken.has(refKey(thing)));
  return { after: inOrder(before, [...kept, ...changes.flatMap(({ after }) => after ?? [])]), changes };
}

/** A deletion needs what the whole plan puts in its place; everything else is content with what the choice leaves live. */
function needsOf(change: Change, whole: PlanningState, partly: PlanningState, kinds: readonly Kind[]): readonly Ref[] {
  const kind = kinds.find(({ name }) => name === change.kind);
  const inWhole = kind?.steps(change, whole) ?? [];
  const inPart = kind?.steps(change, partly) ?? [];
  const needs = inWhole.flatMap((step) => {
    const own = inPart.find(({ stage }) => stage === step.stage)?.needs ?? [];
    return (step.stage === 'delete' || own.length === 0 ? step.needs : own) ?? [];
  });
  return [...(change.after?.refs ?? []), ...needs];
}

/** Who would be left without what a chosen removal takes away. */
function neededBy(change: Change, chosen: readonly Change[], state: PlanningState) {
  if (change.after !== null) return [];
  const changing = new Map(chosen.map((it) => [refKey(it), it]));
  const user = state.before.find((thing) => {
    const moves = changing.get(refKey(thing));
    const refs = moves === undefined ? thing.refs : (moves.after?.refs ?? []);
    return refs.some((ref) => refKey(ref) === refKey(change));
  });
  return user === undefined ? [] : [{ change, by: user.address }];
}
