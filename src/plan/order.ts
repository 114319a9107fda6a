import type { Kind, PlanningState } from '../model/kind.ts';
import { STAGES } from '../model/names.ts';
import { type Change, type Ref, refKey, refOf, type Step } from '../model/thing.ts';
import { Board, type Draft } from './board.ts';

/** The steps of one scope in their order, or what can't be ordered at all. */
export type Ordered = { readonly steps: readonly Step[] } | { readonly stuck: readonly Draft[] };

/**
 * Puts everything in waves. A wave runs through all stages and takes every step whose time has come; where all uploads
 * do not fit beside what is live, the first wave takes none of them, and each further one as many as free a place.
 */
export function order(state: PlanningState, kinds: readonly Kind[]): Ordered {
  if (state.changes.length === 0) return { steps: [] };
  const drafts = state.changes.flatMap((change) => draftsOf(change, state, kinds));
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
  return kind === undefined ? [] : kind.steps(change, state).map((draft) => ({ ...draft, change, kind }));
}

/** As much as can be done at once; wishes are heard for as long as that leaves anything to do. */
function takeWave(board: Board): readonly Draft[] {
  for (const withWishes of [true, false]) {
    for (const uploads of [board.uploadsThatFit(), board.uploadsThatFreeAPlace()]) {
      const taken = takeAllowed(board, uploads, withWishes);
      if (taken.length > 0) return taken;
    }
  }
  return [];
}

function takeAllowed(board: Board, uploads: ReadonlySet<Draft>, withWishes: boolean): readonly Draft[] {
  const taken: Draft[] = [];
  for (const stage of STAGES) {
    const here = board.sorted.filter((draft) => draft.stage === stage && board.pending.has(draft));
    board.beginStage();
    for (const draft of here) {
      if (stage === 'upload' && draft.kind.capacity && !uploads.has(draft)) continue;
      if (board.allows(draft, withWishes)) taken.push(board.take(draft));
    }
  }
  return taken;
}

/** Steps with the waits that they need in front of them. */
function inWave(taken: readonly Draft[], wave: number, state: PlanningState, board: Board): readonly Step[] {
  const relied = taken.flatMap(({ needs = [], awaited, change }) => (awaited ? [...needs, refOf(change)] : needs));
  const needed = new Map(relied.map((ref) => [refKey(ref), ref]));
  const waits = [...needed.values()].filter((ref) => board.mustWaitFor(ref)).map((ref) => awaitStep(ref, wave, state));
  for (const wait of waits) board.waitedFor(wait);
  return [...taken.map((draft) => stepOf(draft, wave)), ...waits].sort(
    (one, other) => STAGES.indexOf(one.stage) - STAGES.indexOf(other.stage),
  );
}

function stepOf({ change, stage, summary, needs = [], task }: Draft, wave: number): Step {
  const { kind, id, address, scope } = change;
  return { stage, wave, kind, scope, address, id, summary, needs, task };
}

function awaitStep(ref: Ref, wave: number, { after, before, want }: PlanningState): Step {
  const thing = [...after, ...before].find((it) => refKey(it) === refKey(ref));
  const address = thing?.address ?? ref.id;
  const summary = `wait until ${address} is active`;
  return { stage: 'await', wave, kind: ref.kind, scope: want.name, address, id: ref.id, summary, needs: [], task: {} };
}
