import { styleText } from 'node:util';

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;
export type Style = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

/** The caller knows whether colour is wanted (`NO_COLOR`, `FORCE_COLOR`, a terminal); Node's own guess would differ per stream. */
export function paintWith(color: boolean): Paint {
  return color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}
