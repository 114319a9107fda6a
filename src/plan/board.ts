import { groupBy } from '../model/group.ts';
import type { Kind, PlanningState, StepDraft } from '../model/kind.ts';
import { KIND_NAMES, type Stage } from '../model/names.ts';
import { statusFacts } from '../model/status.ts';
import { type Change, type Ref, sameRef } from '../model/thing.ts';
import { type Spot, Spots } from './spots.ts';

/** A step on its way into the order. */
export interface Draft {
  readonly step: StepDraft;
  readonly change: Change;
  readonly kind: Kind;
}

/** What is live while a plan is played through in the head: what is there, who refers to what, and what is still to do. */
export class Board {
  readonly pending: Set<Draft>;
  readonly #byStage: ReadonlyMap<string, readonly Draft[]>;
  readonly #kinds: readonly Kind[];
  readonly #spots = new Spots();
  readonly #taken = new Map<string, number>();
  readonly #referenceLimits: ReadonlyMap<string, number>;

  constructor({ before, live }: PlanningState, kinds: readonly Kind[], drafts: readonly Draft[]) {
    const sorted = [...drafts].sort(byPlace);
    this.pending = new Set(sorted);
    this.#byStage = groupBy(sorted, ({ step }) => step.stage);
    this.#kinds = kinds;
    this.#referenceLimits = new Map(
      kinds.map(({ name, referenceLimit }) => [name, referenceLimit ?? Number.POSITIVE_INFINITY]),
    );
    for (const kind of kinds) this.#taken.set(kind.name, kind.capacity?.taken(live) ?? 0);
    for (const thing of before) {
      this.#spots.at(thing).thing = thing;
      for (const ref of thing.refs) this.#spots.at(ref).users += 1;
    }
    for (const { change } of drafts) this.#spots.at(change).open += 1;
  }

  /** All uploads of a kind that has a capacity, where there is a place for each of them; else none of that kind. */
  uploadsThatFit(): ReadonlySet<Draft> {
    return new Set(this.#limited().flatMap(({ uploads, room }) => (uploads.length <= room ? uploads : [])));
  }

  /** As many uploads as fit, those first that let an old certificate go with the fewest new ones. */
  uploadsThatFreeAPlace(): ReadonlySet<Draft> {
    return new Set(this.#limited().flatMap(({ kind, uploads, room }) => this.#greedy(kind, uploads, room)));
  }

  /** What is still to do in a stage that begins now. */
  beginStage(stage: Stage): readonly Draft[] {
    this.#spots.beginStage();
    return this.#pendingIn(stage);
  }

  /** Whether a step may be taken now: what it needs is there, what comes before it is done, and it breaks no limit. */
  allows({ step, change }: Draft, withWishes: boolean): boolean {
    const { stage, needs = [], after = [], rather = [] } = step;
    const self = this.#spots.at(change);
    const isOpen = (ref: Ref): boolean => {
      const spot = this.#spots.at(ref);
      return spot !== self && spot.open > 0;
    };
    if (needs.some((ref) => this.#spots.at(ref).thing === null)) return false;
    if (after.some(isOpen) || (withWishes && rather.some(isOpen))) return false;
    if (stage === 'delete') return self.users === 0 && self.open === 1;
    return stage !== 'associate' || arriving(change, self).every((ref) => this.#hasPlaceFor(ref));
  }

  take(draft: Draft): Draft {
    const { change, step, kind } = draft;
    const self = this.#spots.at(change);
    this.pending.delete(draft);
    self.open -= 1;
    if (step.stage === 'upload') this.#take(kind, 1);
    if (step.stage === 'delete') this.#take(kind, -1);
    if (step.stage === 'associate') for (const ref of arriving(change, self)) this.#spots.at(ref).arrivals += 1;
    for (const ref of self.thing?.refs ?? []) this.#spots.at(ref).users -= 1;
    self.thing = step.stage === 'delete' ? null : change.after;
    for (const ref of self.thing?.refs ?? []) this.#spots.at(ref).users += 1;
    return draft;
  }

  /** Whether a certificate that a step relies on may not be active yet, and nobody has asked before: one wait is enough. */
  mustWaitFor(ref: Ref): boolean {
    const spot = this.#spots.at(ref);
    const isNew = spot.thing?.row === undefined;
    if (spot.isWaitedFor || (!isNew && statusFacts(spot.thing?.status).presentable === 'now')) return false;
    spot.isWaitedFor = true;
    return true;
  }

  #pendingIn(stage: Stage): readonly Draft[] {
    return (this.#byStage.get(stage) ?? []).filter((draft) => this.pending.has(draft));
  }

  #limited() {
    return this.#kinds.flatMap((kind) => {
      if (kind.capacity === undefined) return [];
      const uploads = this.#pendingIn('upload').filter((draft) => draft.kind === kind);
      return [{ kind, uploads, room: kind.capacity.limit - (this.#taken.get(kind.name) ?? 0) }];
    });
  }

  #greedy(kind: Kind, uploads: readonly Draft[], room: number): readonly Draft[] {
    if (uploads.length <= room) return uploads;
    const needs = this.#pendingIn('delete')
      .filter((draft) => draft.kind === kind)
      .map(({ change }) => this.#uploadsThatEmpty(change, uploads))
      .filter((needed) => needed !== null)
      .sort((one, other) => one.length - other.length);
    const chosen = new Set<Draft>();
    for (const needed of needs) {
      const more = needed.filter((draft) => !chosen.has(draft));
      if (chosen.size + more.length <= room) for (const draft of more) chosen.add(draft);
    }
    return [...chosen];
  }

  /** The uploads without which somebody would go on using a certificate; null where uploads are not what is missing. */
  #uploadsThatEmpty(leaving: Ref, uploads: readonly Draft[]): readonly Draft[] | null {
    const users = [...this.pending].filter(({ change }) =>
      this.#spots.at(change).thing?.refs.some((ref) => sameRef(ref, leaving)),
    );
    const targets = new Set(users.flatMap(({ change }) => change.after?.refs.map((ref) => this.#spots.at(ref)) ?? []));
    const needed = uploads.filter(({ change }) => targets.has(this.#spots.at(change)));
    return needed.length > 0 ? needed : null;
  }

  /** What leaves in this stage may leave late, so its place counts as taken until the stage is over. */
  #hasPlaceFor(ref: Ref): boolean {
    const { usersBefore, arrivals } = this.#spots.at(ref);
    return usersBefore + arrivals < (this.#referenceLimits.get(ref.kind) ?? Number.POSITIVE_INFINITY);
  }

  #take(kind: Kind, places: number): void {
    this.#taken.set(kind.name, (this.#taken.get(kind.name) ?? 0) + places);
  }
}

/** What a change refers to afterwards and does not refer to yet. */
function arriving({ after }: Change, { thing }: Spot): readonly Ref[] {
  const now = thing?.refs ?? [];
  return (after?.refs ?? []).filter((ref) => !now.some((it) => sameRef(it, ref)));
}

/** Inside a stage: rank, then kind; drafts come in the order of the changes otherwise. */
function byPlace(one: Draft, other: Draft): number {
  const kinds = KIND_NAMES.indexOf(one.kind.name) - KIND_NAMES.indexOf(other.kind.name);
  return (one.step.rank ?? 0) - (other.step.rank ?? 0) || kinds;
}
