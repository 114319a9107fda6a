import { type Document, isMap, isScalar, parseDocument } from 'yaml';
import { convert } from './convert.ts';
import type { Faults } from './faults.ts';
import { noteSecrets } from './secrets.ts';
import type { Source } from './source.ts';
import { addSyntaxFaults, TOO_DEEP } from './syntax.ts';
import { createFind, type Tree } from './tree.ts';

/** Reads one file as YAML 1.2 with merge keys. Null, and faults, where that cannot be. */
export function parseTree(source: Source, faults: Faults): Tree | null {
  const document = parse(source, faults);
  if (document === null) return null;
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) {
    const advice = 'Begin with `version: 1`. To manage nothing on purpose, take the file away.';
    faults.addAt(source, { file: source.name, line: 1, col: 1 }, { message: 'The file is empty.', advice });
    return null;
  }
  const before = faults.count;
  const { data, places } = convert(root, source, faults);
  if (faults.count > before) return null;
  if (!isMap(root)) {
    const at = source.position(root.range?.[0] ?? 0);
    faults.addAt(source, at, {
      message: 'The file must be a mapping at its top.',
      advice: 'Begin with `version: 1`, then `certificates:`, `zones:`, `accounts:` and `policy:`.',
    });
    return null;
  }
  return { source, data: data as Tree['data'], find: createFind(data, places, root.range?.[0] ?? 0) };
}

function parse(source: Source, faults: Faults): Document.Parsed | null {
  const { lineCounter } = source;
  try {
    const options = { lineCounter, stringKeys: true, merge: true, uniqueKeys: false, prettyErrors: false } as const;
    const document = parseDocument(source.text, options);
    noteSecrets(document as Document.Parsed, source);
    if (document.errors.length === 0) return document as Document.Parsed;
    addSyntaxFaults(document as Document.Parsed, source, faults);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    faults.addAt(source, source.position(0), { message: TOO_DEEP[0], advice: TOO_DEEP[1] });
  }
  return null;
}
