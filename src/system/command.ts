/** Runs a program without a shell; what it prints is a secret until somebody has looked at it. */
export async function runCommand([file = '', ...rest]: readonly string[], timeout: number): Promise<Ran> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    execFile(file, rest, { timeout, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      if (error && typeof error.code === 'string') reject(error);
      else
        resolve({
          code: error ? ((error.code as number | null) ?? null) : 0,
          stdout,
          stderr,
          timedOut: error?.killed === true,
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
}
