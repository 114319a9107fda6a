/** Knows the keys that were sent, and whether a text repeats a piece of one: a server may echo what it was sent. */
export interface KeyEcho {
  /** Of the body of a request: its `private_key`, where it has one. */
  sends(body: unknown): void;
  isIn(text: string): boolean;
}

/**
 * Only letters and digits are compared, so it is the same however lines are broken and signs are escaped: as base64, with
 * or without its frame, as hex, and as base64 of the whole PEM, which is what a text becomes in some JSON.
 */
export function createKeyEcho(): KeyEcho {
  const pieces = new Set<string>();
  return {
    sends(body) {
      const { private_key: key, certificate } = (body ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof key !== 'string') return;
      // What a certificate shares with its key (an RSA modulus, the name of a curve) is no secret.
      const known = typeof certificate === 'string' ? letters(certificate) : '';
      const der = Buffer.from(key.replace(/-----[^-]*-----/g, ''), 'base64');
      const hex = der.toString('hex');
      for (const form of [der.toString('base64'), hex, hex.toUpperCase(), Buffer.from(key).toString('base64')]) {
        const text = letters(form);
        for (let at = 0; at + PIECE <= text.length; at += STEP) {
          const piece = text.slice(at, at + PIECE);
          if (!known.includes(piece)) pieces.add(piece);
        }
      }
    },
    isIn(text) {
      if (pieces.size === 0) return false;
      const plain = letters(text);
      for (let at = 0; at + PIECE <= plain.length; at += 1) if (pieces.has(plain.slice(at, at + PIECE))) return true;
      return false;
    },
  };
}

const letters = (text: string): string => text.replace(ESCAPED, '').replace(/[^A-Za-z0-9]/g, '');

/** `%2B`, `%252B`, `\u002b`, `&#43;` and their like. */
const ESCAPED = /%(?:25)*[0-9a-f]{2}|\\u[0-9a-f]{4}|&#?\w{1,6};/gi;
/** So many characters of a key in a row are no accident. */
const PIECE = 16;
const STEP = 4;
