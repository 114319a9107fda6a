import type { Kind, PlanningState, StepDraft } from '../model/kind.ts';
import { KIND_NAMES } from '../model/names.ts';
import { statusFacts } from '../model/status.ts';
import { type Change, type Ref, refKey, type Step, sameRef, type Thing } from '../model/thing.ts';

/** A step on its way into the order. */
export interface Draft extends StepDraft {
  readonly change: Change;
  readonly kind: Kind;
}

/** What is live while a plan is played through in the head: what is there, who refers to what, and what is still to do. */
export class Board {
  readonly sorted: readonly Draft[];
  readonly pending: Set<Draft>;
  readonly #kinds: readonly Kind[];
  readonly #referenceLimits: ReadonlyMap<string, number>;
  readonly #things: Map<string, Thing>;
  readonly #taken = new Map<string, number>();
  readonly #users = new Map<string, number>();
  readonly #arrivals = new Map<string, number>();
  readonly #open = new Map<string, number>();
  readonly #waited = new Set<string>();
  #atStageBegin = new Map<string, number>();

  constructor({ before, live }: PlanningState, kinds: readonly Kind[], drafts: readonly Draft[]) {
    this.#kinds = kinds;
    this.#referenceLimits = new Map(
      kinds.map(({ name, referenceLimit }) => [name, referenceLimit ?? Number.POSITIVE_INFINITY]),
    );
    this.sorted = [...drafts].sort(byPlace);
    this.pending = new Set(this.sorted);
    this.#things = new Map(before.map((thing) => [refKey(thing), thing]));
    for (const kind of kinds) this.#taken.set(kind.name, kind.capacity?.taken(live) ?? 0);
    for (const thing of before) for (const ref of thing.refs) add(this.#users, refKey(ref), 1);
    for (const draft of drafts) add(this.#open, refKey(draft.change), 1);
  }

  /** All uploads of a kind that has a capacity, where there is a place for each of them; else none of that kind. */
  uploadsThatFit(): ReadonlySet<Draft> {
    return new Set(this.#limited().flatMap(({ uploads, room }) => (uploads.length <= room ? uploads : [])));
  }

  /** As many uploads as fit, those first that let an old certificate go with the fewest new ones. */
  uploadsThatFreeAPlace(): ReadonlySet<Draft> {
    return new Set(this.#limited().flatMap(({ kind, uploads, room }) => this.#greedy(kind, uploads, room)));
  }

  beginStage(): void {
    this.#atStageBegin = new Map(this.#users);
    this.#arrivals.clear();
  }

  /** Whether a step may be taken now: what it needs is there, what comes before it is done, and it breaks no limit. */
  allows({ stage, change, needs = [], after = [], rather = [] }: Draft, withWishes: boolean): boolean {
    const self = refKey(change);
    if (needs.some((ref) => !this.#things.has(refKey(ref)))) return false;
    const before = withWishes ? [...after, ...rather] : after;
    if (before.some((ref) => refKey(ref) !== self && (this.#open.get(refKey(ref)) ?? 0) > 0)) return false;
    if (stage === 'delete') return (this.#users.get(self) ?? 0) === 0 && this.#open.get(self) === 1;
    return stage !== 'associate' || this.#arriving(change).every((ref) => this.#hasPlaceFor(ref));
  }

  take(draft: Draft): Draft {
    const { change, stage, kind } = draft;
    const self = refKey(change);
    this.pending.delete(draft);
    add(this.#open, self, -1);
    if (stage === 'upload') add(this.#taken, kind.name, 1);
    if (stage === 'delete') add(this.#taken, kind.name, -1);
    for (const ref of stage === 'associate' ? this.#arriving(change) : []) add(this.#arrivals, refKey(ref), 1);
    const next = stage === 'dissociate' && change.after === null ? null : change.after;
    if (stage === 'delete' || next === null) this.#replace(self, null);
    else this.#replace(self, next);
    return draft;
  }

  /** Whether a certificate that a step relies on may not be active yet, and no earlier wave has waited for it. */
  mustWaitFor(ref: Ref): boolean {
    const thing = this.#things.get(refKey(ref));
    const isNew = thing?.row === undefined;
    return !this.#waited.has(refKey(ref)) && (isNew || statusFacts(thing.status).presentable !== 'now');
  }

  waitedFor(step: Step): void {
    this.#waited.add(refKey(step));
  }

  #limited() {
    return this.#kinds.flatMap((kind) => {
      if (kind.capacity === undefined) return [];
      const uploads = [...this.pending].filter((draft) => draft.kind === kind && draft.stage === 'upload');
      return [{ kind, uploads, room: kind.capacity.limit - (this.#taken.get(kind.name) ?? 0) }];
    });
  }

  #greedy(kind: Kind, uploads: readonly Draft[], room: number): readonly Draft[] {
    if (uploads.length <= room) return uploads;
    const leaving = [...this.pending].filter((draft) => draft.kind === kind && draft.stage === 'delete');
    const needs = leaving
      .map(({ change }) => this.#uploadsThatEmpty(refKey(change), uploads))
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
  #uploadsThatEmpty(key: string, uploads: readonly Draft[]): readonly Draft[] | null {
    const users = [...this.pending].filter(({ change }) =>
      this.#things.get(refKey(change))?.refs.some((ref) => refKey(ref) === key),
    );
    const targets = new Set(users.flatMap(({ change }) => change.after?.refs.map(refKey) ?? []));
    const needed = uploads.filter(({ change }) => targets.has(refKey(change)));
    return needed.length > 0 ? needed : null;
  }

  /** What a change refers to afterwards and does not refer to yet. */
  #arriving({ after, ...change }: Draft['change']): readonly Ref[] {
    const now = this.#things.get(refKey(change))?.refs ?? [];
    return (after?.refs ?? []).filter((ref) => !now.some((it) => sameRef(it, ref)));
  }

  /** What leaves in this stage may leave late, so its place counts as taken until the stage is over. */
  #hasPlaceFor(ref: Ref): boolean {
    const limit = this.#referenceLimits.get(ref.kind) ?? Number.POSITIVE_INFINITY;
    const key = refKey(ref);
    return (this.#atStageBegin.get(key) ?? 0) + (this.#arrivals.get(key) ?? 0) < limit;
  }

  #replace(key: string, next: Thing | null): void {
    for (const ref of this.#things.get(key)?.refs ?? []) add(this.#users, refKey(ref), -1);
    for (const ref of next?.refs ?? []) add(this.#users, refKey(ref), 1);
    if (next === null) this.#things.delete(key);
    else this.#things.set(key, next);
  }
}

const add = (counts: Map<string, number>, key: string, more: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + more);
};

/** Inside a stage: rank, then kind; drafts come in the order of the changes otherwise. */
function byPlace(one: Draft, other: Draft): number {
  const kinds = KIND_NAMES.indexOf(one.kind.name) - KIND_NAMES.indexOf(other.kind.name);
  return (one.rank ?? 0) - (other.rank ?? 0) || kinds;
}
