/** A glob as a test: `*` and `?` stop at `/`, `**` does not. Everything else is literal. */
export function globTest(glob: string): (text: string) => boolean {
  const pattern = glob.replace(/\*\*|[*?.+^${}()|[\]\\]/g, (token) => WILDCARDS[token] ?? `\\${token}`);
  const expression = new RegExp(`^${pattern}$`, 'su');
  return (text) => expression.test(text);
}

const WILDCARDS: Readonly<Record<string, string>> = { '**': '.*', '*': '[^/]*', '?': '[^/]' };
