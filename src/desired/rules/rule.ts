import type { Material, Policy } from '../../model/document.ts';
import type { ScopeDetail, ScopeNote } from '../desk.ts';
import type { Finding } from '../faults.ts';

/** What is judged as a whole. */
export interface Context {
  readonly materials: ReadonlyMap<string, Material>;
  readonly scopes: readonly ScopeNote[];
  readonly policy: Policy;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One thing that must make sense, whatever the shape: pure, and told as findings. */
export interface Rule {
  readonly name: string;
  readonly judge: (context: Context) => readonly Finding[];
}

/** The same of one zone or account, whatever the others say. */
export interface ScopeRule {
  readonly name: string;
  readonly judge: (scope: ScopeDetail) => readonly Finding[];
}
