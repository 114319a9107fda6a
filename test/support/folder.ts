import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Every file below a folder with its text, by path. */
export function textsIn(folder: string, below = folder): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name of readdirSync(below).sort()) {
    const path = join(below, name);
    if (statSync(path).isDirectory()) Object.assign(texts, textsIn(folder, path));
    else texts[relative(folder, path)] = readFileSync(path, 'utf8');
  }
  return texts;
}
