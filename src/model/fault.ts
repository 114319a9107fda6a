import type { RefusalName } from './names.ts';

/** A place in an input file; lines and columns start at 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

/** Something wrong (or doubtful) with the input, told to the person who wrote it. All faults of a run are shown at once. */
export interface Fault {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly at?: Position;
  /** A second place, where the fault is between two. */
  readonly also?: Position;
  /** A few lines of the file around `at`, already redacted, ready to print. */
  readonly frame?: string;
  /** What to do next. */
  readonly advice?: string;
  /** Set where `--allow` or the policy of the scope can lift it. `scope` is the zone or account it belongs to, or '*'. */
  readonly refusal?: { readonly name: RefusalName; readonly scope: string };
}

/** Ends a command with exit code 1 and these faults on stderr: the user's mistake, never ours. */
export class InputError extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map((fault) => fault.message).join('\n'));
    this.name = 'InputError';
    this.faults = faults;
  }
}

/** One fault that stands alone, as an error to throw. */
export function inputError(message: string, advice?: string): InputError {
  return new InputError([{ severity: 'error', message, ...(advice === undefined ? {} : { advice }) }]);
}

/** For a state that can't be: our mistake, said plainly, never papered over with a default. */
export class InternalError extends Error {
  constructor(message: string) {
    super(`Internal error: ${message}. Please report it with the command and CF_MTLS_LOG=debug output`);
    this.name = 'InternalError';
  }
}
