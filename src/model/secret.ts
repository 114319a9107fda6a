import { inspect } from 'node:util';

/** A private key on its way to the API: it can't be printed, serialised or inspected, only revealed by the one upload. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Called in `kinds/uploads.ts`, where the request body is built, and nowhere else. */
  reveal(): string {
    return this.#value;
  }

  toString(): never {
    throw new Error('Internal error: a secret was about to be printed');
  }

  toJSON(): never {
    throw new Error('Internal error: a secret was about to be serialised');
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** Takes PRIVATE KEY blocks out of a text, whole or cut; the last door before anything is printed or written. */
export function scrub(text: string): string {
  return text.replace(PRIVATE_KEY, '[private key removed]');
}

const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z0-9 ]*PRIVATE KEY-----|[\s\S]*)/g;
