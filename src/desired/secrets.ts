import { type Document, isAlias, isNode, isScalar, type Node, visit } from 'yaml';
import { KEY_NAME } from './redact.ts';
import type { Source } from './source.ts';

/**
 * Notes where the secrets of a file stand, before anything of it is shown: all that is under `private_key`, and all that
 * its aliases lead to. Also where the file is not valid, as far as the parser came.
 */
export function noteSecrets(document: Document.Parsed, { text, secretRanges }: Source): void {
  // Most files hold none, and a large one takes a while to walk through.
  if (!KEY_NAME.test(text) && !text.includes('\\')) return;
  const anchors = new Map<string, Node>();
  const noted = new Set<Node>();
  const hide = (node: unknown): void => {
    if (!isNode(node) || noted.has(node)) return;
    noted.add(node);
    if (node.range) secretRanges.push([node.range[0], node.range[1]]);
    visit(node, { Alias: (_, { source }) => hide(anchors.get(source)) });
  };
  visit(document, {
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node as Node);
    },
    Pair: (_, { key, value }) => {
      const name = isAlias(key) ? anchors.get(key.source) : key;
      if (isScalar(name) && KEY_NAME.test(String(name.value))) hide(value);
    },
  });
}
