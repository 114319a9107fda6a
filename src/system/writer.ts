import { fstatSync, writeFileSync } from 'node:fs';
import { scrub } from '../model/secret.ts';

export interface Writer {
  write(text: string): void;
  /** Why a part of it is not there; undefined where all of it is, or where nobody reads it any more. */
  fault(): string | undefined;
}

/** Writes to stdout or stderr. A full disk stops nobody, and is told by `fault`. */
export function writerTo(stream: NodeJS.WriteStream & { readonly fd: number }): Writer {
  if (!isFile(stream)) return { write: (text) => void stream.write(scrub(text)), fault: () => undefined };
  let fault: string | undefined;
  return {
    write: (text) => {
      try {
        // Node's own stream takes the first part of a text for the whole, and tells of a full disk when all is over.
        writeFileSync(stream.fd, scrub(text));
      } catch (error) {
        fault ??= error instanceof Error ? error.message : String(error);
      }
    },
    fault: () => fault,
  };
}

/** What takes a text at once, or not at all: no terminal, and nothing with a reader. */
function isFile({ isTTY, fd }: NodeJS.WriteStream & { readonly fd: number }): boolean {
  if (isTTY) return false;
  const stat = fstatSync(fd);
  return !stat.isFIFO() && !stat.isSocket();
}
