/** Reads data whose shape may be wrong: what does not fit is undefined, since the shape's own fault is stated elsewhere. */
export function asMapping(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** The entries of a mapping; none where it is no mapping. */
export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return Object.entries(asMapping(value) ?? {});
}

/** The one entry of a mapping, or undefined where it has none or several. */
export function onlyEntry(value: unknown): readonly [string, unknown] | undefined {
  const entries = entriesOf(value);
  return entries.length === 1 ? entries[0] : undefined;
}

/** Text that is not empty. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function asBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The texts of a list with their indexes; undefined where it is no list. */
export function asTexts(value: unknown): readonly (readonly [string, string])[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((item, index) => (typeof item === 'string' && item !== '' ? [[String(index), item]] : []));
}

/** The object without its undefined fields, which `exactOptionalPropertyTypes` wants absent. */
export function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
