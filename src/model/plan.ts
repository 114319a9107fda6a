import type { ScopeKind } from './document.ts';
import type { KindName, RefusalName, Stage } from './names.ts';
import type { Action, Attributes } from './thing.ts';

/** The plan as it is shown, saved and hashed (`schemas/plan.schema.json`). It holds no key and no value of a reference. */
export interface Plan {
  readonly format_version: '1.0';
  readonly tool_version: string;
  /** RFC 3339, UTC. */
  readonly generated_at: string;
  /** `sha256:` and 64 digits, see plan/digest.ts. */
  readonly digest: string;
  readonly inputs: PlanInputs;
  readonly scopes: readonly PlanScope[];
  readonly summary: { readonly add: number; readonly change: number; readonly destroy: number };
  readonly changes: readonly PlanChange[];
  readonly steps: readonly PlanStep[];
  readonly presented: readonly Presented[];
  /** What is live, not in the file, and not pruned. */
  readonly unmanaged: readonly { readonly address: string; readonly scope: string; readonly kind: KindName }[];
  readonly warnings: readonly Remark[];
  readonly refusals: readonly Refusal[];
  /** What could not be seen, scope by scope. Empty: everything was seen. */
  readonly coverage: readonly Coverage[];
  /** Requests that reading took, and the least that applying will take. */
  readonly requests: { readonly read: number; readonly apply: number };
  /** What is known of the certificates that this plan speaks of, by fingerprint. */
  readonly certificates: Readonly<Record<string, PlanCertificate>>;
  /** Where `--target` chose: what was added to the choice and what was left out of it, with the reason. */
  readonly targeting?: {
    readonly added: readonly string[];
    readonly left_out: readonly { readonly address: string; readonly reason: string }[];
  };
  /** Scopes that could not be read; nothing is known of them. */
  readonly failures: readonly { readonly scope: string; readonly error: string }[];
}

export interface PlanInputs {
  readonly files: readonly string[];
  readonly api: string;
  readonly zones: readonly string[];
  readonly accounts: readonly string[];
  readonly targets: readonly string[];
  readonly allow: readonly string[];
  readonly discover: 'dns' | null;
  readonly previous: string | null;
}
export interface PlanScope {
  readonly kind: ScopeKind;
  readonly name: string;
  readonly id: string;
}
export interface PlanChange {
  readonly address: string;
  readonly kind: KindName;
  readonly scope: string;
  readonly action: Action;
  readonly before: Attributes | null;
  readonly after: Attributes | null;
  readonly reasons: readonly string[];
}
export interface PlanStep {
  /** From 1, inside its scope. */
  readonly order: number;
  readonly scope: string;
  readonly wave: number;
  readonly stage: Stage;
  readonly address: string;
  readonly summary: string;
}
/** What the origin of a hostname sees, before and after; `hostname` null is every hostname without a link of its own. */
export interface Presented {
  readonly scope: string;
  readonly hostname: string | null;
  /** A fingerprint, `shared` (Cloudflare's own certificate), `none`, or `unknown` where a list was not read. */
  readonly before: string;
  readonly after: string;
  readonly weakens: boolean;
}
export interface Remark {
  readonly scope: string | null;
  readonly address: string | null;
  readonly message: string;
}
export interface Refusal {
  /** `impossible`: no option lifts it. */
  readonly name: RefusalName | 'impossible';
  readonly scope: string;
  readonly message: string;
  /** Lifted by `--allow` or by the policy of the scope. */
  readonly allowed: boolean;
}
export interface Coverage {
  readonly scope: string;
  readonly asked: readonly string[];
  readonly message: string;
}
export interface PlanCertificate {
  readonly label: string | null;
  readonly subject: string;
  /** RFC 3339; null where it is not known (a fingerprint label). */
  readonly not_after: string | null;
  /** False: after a deletion it can't be had back, since this file can't supply its key. */
  readonly key: boolean;
}
