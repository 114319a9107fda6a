/** Everything that this folder sees of the outside world. */
export interface DesiredDoor {
  /** Absolute. Paths given by the user are relative to it, and so are those in faults. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Throws as `fs.readFileSync` does, with a `code`. Symbolic links are followed. */
  readFile(path: string): Buffer;
  /** The names in a folder; null where it is no folder. */
  readDir(path: string): string[] | null;
  /** A path with all links followed; throws where it leads nowhere. */
  realPath?(path: string): string;
  /** Milliseconds since 1970. */
  now(): number;
  /** Lets go of memory that is no longer used, now. */
  collect?(): void;
  /** Runs a command without a shell. `code` is null where a signal ended it. */
  run?(argv: readonly string[], timeoutMs: number): Promise<RunResult>;
}
export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** It printed more than is held, and was ended for that. */
  readonly tooLong?: boolean;
}

/** Why a file could not be read, as the end of a sentence: `does not exist`. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? `cannot be read${code === '' ? '' : ` (${code})`}`;
}

/** The one name of a file that may be reached by several, where that can be told. */
export function realPathOf(path: string, door: DesiredDoor): string {
  try {
    return door.realPath?.(path) ?? path;
  } catch {
    return path;
  }
}

/** Whether a file or folder is not there at all, rather than there and unreadable. */
export function isAbsent(error: unknown): boolean {
  return whyUnreadable(error) === REASONS.ENOENT;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  EISDIR: 'is a folder, not a file',
  ELOOP: 'is a symbolic link that leads nowhere but in a circle',
  ENAMETOOLONG: 'has a name that is too long',
};
