import type { KindName, Stage } from './names.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type Attributes = { readonly [name: string]: Json };

/** One managed thing, wanted or live, in the same words on both sides. */
export interface Thing<A extends Attributes = Attributes> {
  readonly kind: KindName;
  /** Identity inside the scope and kind: a fingerprint, a hostname, or the kind's own name for a switch. */
  readonly id: string;
  /** `SCOPE/KIND[/NAME]`, for people and for `--target`. */
  readonly address: string;
  /** What it relies on, in the same scope. */
  readonly refs: readonly Ref[];
  /** What is compared and shown. Never an id of the API, a status or a time. */
  readonly attributes: A;
  /** Of a live thing: the API's id for it, and its status. Neither stands in a plan or counts as a difference. */
  readonly row?: string;
  readonly status?: string;
}
export interface Ref {
  readonly kind: KindName;
  readonly id: string;
}

/** before null: create; after null: delete; both: update in place. */
export interface Change<A extends Attributes = Attributes> {
  readonly kind: KindName;
  readonly id: string;
  readonly address: string;
  readonly scope: string;
  readonly before: Thing<A> | null;
  readonly after: Thing<A> | null;
  /** For the reader only; nothing acts on it. */
  readonly reasons: readonly string[];
}

export function actionOf(change: Pick<Change, 'before' | 'after'>): Action {
  if (change.before === null) return 'create';
  return change.after === null ? 'delete' : 'update';
}
export type Action = 'create' | 'update' | 'delete';

/** One thing to do, at one place in the order. Plain data: it can be hashed, saved and shown. */
export interface Step {
  readonly stage: Stage;
  /** From 1. A wave is a run through all stages; most plans have one. */
  readonly wave: number;
  readonly kind: KindName;
  readonly scope: string;
  readonly address: string;
  readonly id: string;
  /** What a person reads: `void the association of app.example.com`. */
  readonly summary: string;
  /** What must be live and `active` before this step. */
  readonly needs: readonly Ref[];
  /** What the kind's `run` needs to know. */
  readonly task: Attributes;
}

/** A thing as it is live: with the API's id for it and, where the API tells one, its status. */
export function asLive<A extends Attributes>(thing: Thing<A>, row: string, status: string | undefined): Thing<A> {
  // Spelt out, since a spread takes ten times as long, and a large zone has thousands.
  const { kind, id, address, refs, attributes } = thing;
  return status === undefined
    ? { kind, id, address, refs, attributes, row }
    : { kind, id, address, refs, attributes, row, status };
}

export const refOf = ({ kind, id }: Ref): Ref => ({ kind, id });
export const sameRef = (one: Ref, other: Ref): boolean => one.kind === other.kind && one.id === other.id;
export const refKey = (ref: Ref): string => `${ref.kind} ${ref.id}`;
