import { gather } from '../model/gather.ts';
import type { Kind, PlanningState } from '../model/kind.ts';
import { STAGES } from '../model/names.ts';
import { type Change, type Ref, type Step, sameRef, type Thing } from '../model/thing.ts';
import { Board, type Draft } from './board.ts';

/** The steps of one scope in their order, or what can't be ordered at all. */
export type Ordered = { readonly steps: readonly Step[] } | { readonly stuck: readonly Draft[] };

/**
 * Puts everything in waves. A wave runs through all stages and takes every step whose time has come; where all uploads
 * do not fit beside what is live, the first wave takes none of them, and each further one as many as free a place.
 */
export function order(state: PlanningState, kinds: readonly Kind[]): Ordered {
  if (state.changes.length === 0) return { steps: [] };
  const drafts = gather(state.changes, (change) => draftsOf(change, state, kinds));
  const board = new Board(state, kinds, drafts);
  const steps: Step[] = [];
  for (let wave = 1; board.pending.size > 0; wave++) {
    const taken = takeWave(board);
    if (taken.length === 0) return { stuck: [...board.pending] };
    steps.push(...inWave(taken, wave, state, board));
  }
  return { steps };
}

function draftsOf(change: Change, state: PlanningState, kinds: readonly Kind[]): readonly Draft[] {
  const kind = kinds.find(({ name }) => name === change.kind);
  return kind === undefined ? [] : kind.steps(change, state).map((step) => ({ step, change, kind }));
}

/** As much as can be done at once; wishes are heard for as long as that leaves anything to do. */
function takeWave(board: Board): readonly Draft[] {
  for (const withWishes of [true, false]) {
    for (const choose of [() => board.uploadsThatFit(), () => board.uploadsThatFreeAPlace()]) {
      const taken = takeAllowed(board, choose(), withWishes);
      if (taken.length > 0) return taken;
    }
  }
  return [];
}

function takeAllowed(board: Board, uploads: ReadonlySet<Draft>, withWishes: boolean): readonly Draft[] {
  const taken: Draft[] = [];
  for (const stage of STAGES) {
    for (const draft of board.beginStage(stage)) {
      if (stage === 'upload' && draft.kind.capacity && !uploads.has(draft)) continue;
      if (board.allows(draft, withWishes)) taken.push(board.take(draft));
    }
  }
  return taken;
}

/** Steps with the waits that they need in front of them. */
function inWave(taken: readonly Draft[], wave: number, state: PlanningState, board: Board): readonly Step[] {
  const relied = gather<Draft, Ref>(taken, ({ step: { needs = [], awaited }, change }) =>
    awaited ? [...needs, change] : needs,
  );
  const waits = relied.filter((ref) => board.mustWaitFor(ref)).map((ref) => awaitStep(ref, wave, state));
  return [...taken.map((draft) => stepOf(draft, wave)), ...waits].sort(
    (one, other) => STAGES.indexOf(one.stage) - STAGES.indexOf(other.stage),
  );
}

function stepOf({ change, step }: Draft, wave: number): Step {
  const { kind, id, address, scope } = change;
  const { stage, summary, needs = [], task } = step;
  return { stage, wave, kind, scope, address, id, summary, needs, task };
}

function awaitStep(ref: Ref, wave: number, { after, before, want }: PlanningState): Step {
  const isIt = (thing: Thing): boolean => sameRef(thing, ref);
  const address = (after.find(isIt) ?? before.find(isIt))?.address ?? ref.id;
  const summary = `wait until ${address} is active`;
  return { stage: 'await', wave, kind: ref.kind, scope: want.name, address, id: ref.id, summary, needs: [], task: {} };
}
