import type { DesiredDoor } from '../desired/index.ts';
import type { Api } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import type { Policy } from '../model/document.ts';
import type { Registry } from '../model/kind.ts';
import type { Scope } from '../model/live.ts';
import type { OptionValue } from './args.ts';

/** Everything that a command sees of the world; main opens it, tests build their own. */
export interface Door {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: DesiredDoor;
  readonly clock: Clock;
  readonly registry: Registry;
  /** Results. */
  readonly stdout: Output;
  /** Progress and diagnostics. */
  readonly stderr: Output;
  /** Asks on the terminal and gives the line that was typed; undefined where nobody can answer. */
  ask?(question: string): Promise<string>;
  /** Writes a file whole or not at all: below a new name first, which then takes the place of the old one. */
  save(path: string, text: string): Promise<void>;
  /** Makes a folder, and those above it, where they are missing. */
  makeFolder(path: string): Promise<void>;
  /** Opens a file to add to, after emptying it where `fresh`. */
  append(path: string, text: string, fresh?: 'fresh'): void;
  /** Aborted by the first Ctrl-C. */
  readonly stop: AbortSignal;
  connect(how: Connection): Promise<Connected>;
  /** Serves the simulator until `stop`. */
  simulate(given: ReadonlyMap<string, OptionValue>): Promise<void>;
}

export interface Output {
  write(text: string): void;
  /** Why a part of what was written is not there (a full disk); undefined where all of it is, or nobody reads it any more. */
  fault?(): string | undefined;
  readonly isTerminal: boolean;
  /** At this moment; Infinity where there is no terminal. */
  width(): number;
  height(): number;
  readonly color: boolean;
  /** While something is drawn at the foot of a terminal, what others write goes to `to`. Gives the way past it. */
  divert?(to?: (text: string) => void): (text: string) => void;
}

export interface Connection {
  readonly simulate: boolean;
  readonly policy: Policy;
  /** No more requests than that. */
  readonly maxRequests?: number;
  /** Among so many runs the budget of the API is divided. */
  readonly shares: number;
  onWait(message: string): void;
}

/** The API, or the simulator in its place. */
export interface Connected {
  readonly api: Api;
  /** Its address as plans name it. */
  readonly address: string;
  findZones(
    wanted: readonly { readonly name: string; readonly id?: string; readonly accountId?: string }[],
  ): Promise<ReadonlyMap<string, Scope | { readonly message: string }>>;
  close(): Promise<void>;
}
