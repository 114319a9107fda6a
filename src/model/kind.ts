import type { Api } from './api.ts';
import type { Material, ScopeWant } from './document.ts';
import type { ListRequests, Lists, Scope, ScopeLive } from './live.ts';
import type { KindName, ListName, RefusalName, Stage } from './names.ts';
import type { Secret } from './secret.ts';
import type { Attributes, Change, Ref, Step, Thing } from './thing.ts';

/** Everything that the phases know of a kind. They use it in this order. */
export interface Kind<A extends Attributes = Attributes> {
  readonly name: KindName;
  /** What the file says of this kind in one scope; undefined where it says nothing. */
  wanted(want: ScopeWant): Wanted<A> | undefined;
  /** The lists that this kind and its safety need, given what the file says of it. */
  reads(want: ScopeWant): readonly ListName[];
  /** The live things in the words of the file: ids and addresses as wanted, oldest first. Nothing where its list was not read. */
  shows(live: ScopeLive, want: ScopeWant): readonly Thing<A>[];
  /** Further lists without which a change can't be judged. */
  judgedWith?(change: Change<A>, live: ScopeLive): readonly ListName[];
  /** What to do for a change; waits are the phases' business. */
  steps(change: Change<A>, state: PlanningState): readonly StepDraft[];
  /** Reasons of this kind to refuse a plan. */
  refuse?(state: PlanningState): readonly KindRefusal[];
  /** What a change takes away for good, in words; counted against mass deletion. */
  loses?(change: Change<A>, state: PlanningState): readonly string[];
  /** How many things one live thing counts for there; 1 unless said otherwise. */
  weighs?(thing: Thing<A>): number;
  /** Of certificates: what an upload takes. */
  readonly upload?: 'certificate' | 'certificate and key';
  /** How many fit in a scope, and how many places are taken for good. */
  readonly capacity?: { readonly limit: number; taken(live: ScopeLive): number };
  /** How many things may refer to one of this kind. */
  readonly referenceLimit?: number;
  /** What is still on its way to taking effect; an apply lets it arrive before it begins. */
  readonly underWay?: { readonly list: ListName; names(live: ScopeLive): readonly string[] };
  /** Writes of one kind that share a lock go one at a time, across scopes; undefined where the account is not known. */
  lock?(scope: Scope): string | undefined;
  /** How many write requests so many steps of one stage take. */
  writes(steps: readonly Step[]): number;
  /** Carries out steps of one scope, wave and stage. Throws when one fails; each one done is told to `tools.done`. */
  run(steps: readonly Step[], tools: Tools): Promise<void>;
  /** Whether a step has taken effect, judged by what is live; or an `await` step, whether its certificate may be relied on. */
  until(step: Step, live: ScopeLive): Progress;
  /** The lists in which `until` looks. */
  watches(step: Step): readonly ListName[];
}

export interface Wanted<A extends Attributes = Attributes> {
  readonly things: readonly WantedThing<A>[];
  /** Said outright to be absent: deleted even where nothing is pruned. */
  absent?(thing: Thing<A>): boolean;
  /** May stay as it is, though the file does not ask for it; `unmanaged` where the reader is to know that it does. */
  tolerates?(thing: Thing<A>, before: readonly Thing<A>[], live: ScopeLive): boolean | 'unmanaged';
}
/** A thing as the file says it; a field that the file leaves out is taken from what is live, or else from `defaults`. */
export interface WantedThing<A extends Attributes = Attributes>
  extends Omit<Thing<A>, 'attributes' | 'row' | 'status'> {
  readonly attributes: { readonly [K in keyof A]: A[K] | undefined };
  readonly defaults?: Partial<A>;
  /** Whether these values are the same as nothing at all (an Access setting with both flags off). */
  isNothing?(attributes: A): boolean;
}

/** One scope while it is planned: both sides, and what lies between. */
export interface PlanningState {
  readonly want: ScopeWant;
  readonly live: ScopeLive;
  readonly before: readonly Thing[];
  readonly after: readonly Thing[];
  readonly changes: readonly Change[];
}
export interface StepDraft {
  readonly stage: Exclude<Stage, 'await'>;
  readonly summary: string;
  readonly task: Attributes;
  /** What must be live and active before. */
  readonly needs?: readonly Ref[];
  /** What must have changed before, as far as it changes at all in this plan. */
  readonly after?: readonly Ref[];
  /** The same as a wish: where nothing else could be done first, it is given up. */
  readonly rather?: readonly Ref[];
  /** Of an upload: whether it takes effect by itself, so that the apply waits until it has. */
  readonly awaited?: boolean;
  /** Its place among the steps of its stage; 0 unless said otherwise. */
  readonly rank?: number;
}
export interface KindRefusal {
  readonly name: RefusalName | 'impossible';
  readonly message: string;
}

export type Progress = 'done' | 'waiting' | { readonly failed: string };

/** What a running step may use. */
export interface Tools {
  readonly scope: Scope;
  readonly api: Api;
  /** What is known to be live: the last reading, and what answers have said since. */
  live(): ScopeLive;
  /** Reads lists now. */
  read(...lists: readonly ListName[]): Promise<ScopeLive>;
  /** The same, but a list that was read after the last write, and less than `policy.wait.poll` ago, is as good as read now. */
  current(...lists: readonly ListName[]): Promise<ScopeLive>;
  /** Notes what the answer of a write says, until a reading shows it. */
  remember<N extends ListName>(list: N, row: Lists[N][number]): void;
  /** Says that a list is no longer as it was read; the next wait reads it again. */
  outdated(list: ListName): void;
  /** The same where the change can't have taken effect yet: the next wait begins with a pause. */
  deploying(list: ListName): void;
  material(fingerprint: string): Material;
  key(fingerprint: string): Secret;
  /** Tells that a step is carried out, before anyone waits for its effect. */
  done(step: Step, trace?: { readonly ray?: string; readonly auditLogId?: string }): void;
  /** Calls until it answers, as long as `busy` says of the error that waiting helps, within `policy.wait.delete`. */
  patiently<T>(what: string, busy: (error: unknown) => boolean, call: () => Promise<T>): Promise<T>;
}

/** All kinds and lists; made in `kinds/index.ts`, handed down by main. */
export interface Registry {
  readonly kinds: readonly Kind[];
  readonly lists: ListRequests;
}
