/** Runs a program without a shell; what it prints is a secret until somebody has looked at it. */
export async function runCommand([file = '', ...rest]: readonly string[], timeout: number): Promise<Ran> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    // The hard signal, since a command that ignores the soft one would be waited for all the same.
    execFile(file, rest, { timeout, killSignal: 'SIGKILL', maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      const tooLong = error?.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER';
      if (error && typeof error.code === 'string' && !tooLong) reject(error);
      else
        resolve({
          code: error ? (typeof error.code === 'number' ? error.code : null) : 0,
          stdout,
          stderr,
          timedOut: error?.killed === true && !tooLong,
          tooLong,
        });
    });
  });
}
interface Ran {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** It printed more than is held, and was ended for that. */
  readonly tooLong: boolean;
}
