import { fstatSync, writeFileSync } from 'node:fs';
import { scrub } from '../model/secret.ts';

type Stream = NodeJS.WriteStream & { readonly fd: number };
type Env = Readonly<Record<string, string | undefined>>;
type Write = (text: string) => void;

/** Stdout or stderr as commands write to it: scrubbed, and with what is known of the terminal behind it. */
export function outputTo(stream: Stream, env: Env) {
  // A dumb terminal can't move its cursor and knows no colours: it is written to as a log is.
  const isTerminal = stream.isTTY === true && env.TERM !== 'dumb';
  const { write, fault } = writerTo(stream);
  let route = write;
  return {
    write: (text: string) => route(text),
    divert: (to: Write = write) => {
      route = to;
      return write;
    },
    fault,
    isTerminal,
    // A terminal of no size (a container's) says 0.
    width: () => (isTerminal ? stream.columns || 80 : Number.POSITIVE_INFINITY),
    height: () => stream.rows || 24,
    color: hasColor(isTerminal, env),
  };
}

/** Empty is as good as not set. Who wants no colour at all wins over who wants it everywhere. */
function hasColor(isTerminal: boolean, env: Env): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTerminal;
}

/** A full disk stops nobody: `fault` tells why a part is not there; undefined where all is, or where nobody reads it any more. */
function writerTo(stream: Stream): { readonly write: Write; fault(): string | undefined } {
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
function isFile({ isTTY, fd }: Stream): boolean {
  if (isTTY) return false;
  const stat = fstatSync(fd);
  return !stat.isFIFO() && !stat.isSocket();
}
