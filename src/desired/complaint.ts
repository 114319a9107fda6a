import { scrub } from '../model/secret.ts';
import { unescapeLines } from './pem.ts';
import { redactLines, visible } from './redact.ts';

/**
 * The end of what a command says on its standard error, on one line, without anything that could be a secret: it ends up
 * in logs that many can read. `told` is what the command was given: its arguments, and its environment.
 */
export function complaint(
  stderr: string,
  told: { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string | undefined>> },
): string {
  const known = knownSecrets(told);
  const lines = withoutBlocks(stderr)
    .split(/[\r\n\u2028\u2029]+/)
    .filter((line) => line.trim() !== '')
    .slice(-LOOKED_AT)
    .map((line) => (line.length > LONGEST ? REDACTED : line))
    .map((line) => known.reduce((rest, value) => rest.replaceAll(value, REDACTED), line));
  return redactLines(lines.join('\n').replace(ASSIGNMENT, `$1${REDACTED}`), [])
    .map((line) => line.replace(/\/\/[^/\s]*@/g, `//${REDACTED}@`).replace(/\S+/g, withoutSecret))
    .filter((line) => /[\p{L}\p{N}]/u.test(line.replaceAll(REDACTED, '')))
    .slice(-SHOWN)
    .map((line) => cut(visible(line.trim())))
    .join('; ')
    .replace(/\.$/, '');
}

/** The text behind its last PEM block, without colours and whatever else a terminal does not show. */
function withoutBlocks(stderr: string): string {
  const plain = stderr.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/[^\P{C}\t\r\n]/gu, '');
  const rest = scrub(plain);
  const end = rest.lastIndexOf('-----END');
  return end === -1 ? rest : rest.slice(end).replace(/^-----END[^\r\n]*/, '');
}

/** What is secret by where it stands: in a variable of such a name, or under `private_key`. Longest first. */
function knownSecrets({ argv, env }: Parameters<typeof complaint>[1]): readonly string[] {
  const values = Object.entries(env).flatMap(([name, value]) => (/KEY|TOKEN|SECRET|PASS/i.test(name) ? [value] : []));
  // The name of an option helps, and is none.
  const given = argv.slice(1).filter((argument) => !/^--[a-z-]+$/.test(argument));
  const lines = [...values, ...given].flatMap((value = '') => [value, ...unescapeLines(value).split(/\r?\n/)]);
  const known = lines.map((line) => line.trim()).filter((line) => line.length >= SHORTEST);
  return [...new Set(known)].sort((one, other) => other.length - one.length);
}

const withoutSecret = (word: string): string => (couldBeSecret(word) ? REDACTED : word);

/** Whether a word could be a token, a key in hex or base64, a UUID or a made-up passphrase, and not plain English or a file. */
function couldBeSecret(word: string): boolean {
  if (/[A-Za-z0-9+/]{4}=+\W*$/.test(word)) return true;
  if (word.length < LONG_WORD || word === REDACTED) return false;
  if (/(?:\d\D*){12}/.test(word) || /[0-9A-Fa-f]{12}/.test(word)) return true;
  if (/\p{N}/u.test(word) && /\p{L}/u.test(word)) return !FILE.test(word);
  if (/\p{Lu}/u.test(word) && !/\p{Ll}/u.test(word)) return true;
  return /\w\+\w|\p{L}{30}/u.test(word) || word.split(/\P{L}+/u).some((part) => part.length > 3 && !PLAIN.test(part));
}

const cut = (line: string): string => (line.length > WIDEST ? `${line.slice(0, WIDEST - 1)}…` : line);

const NAME = '(?:key|token|secret|pass|pwd|credential|authorization)';
/** What the system says of a file is no secret, though the file be called `edge.key`. */
const PHRASE = '(?:no such file or directory|permission denied|access denied|not found|is a directory)';
/** `token=`, `"api_key":`, `Pass phrase for it:` or `--password`, and what follows, on the next line too. */
const ASSIGNMENT = new RegExp(
  `(${NAME}[^\\s=:]*(?:[ \\t]+[\\w-]+){0,3}[ \\t]*[=:]>?\\s*|(?<![\\w-])--?[\\w-]*${NAME}[\\w-]*[ \\t]+)(?!${PHRASE}[.\\s]*$)\\S.*`,
  'gim',
);
/** A word in one case, or words run together as in `AccessDeniedException`. */
const PLAIN =
  /^(?:\p{Lu}?\p{Ll}+|\p{Lu}+|(?:\p{Lu}{2,5}(?!\p{Ll})|\p{Lu}?\p{Ll}{2,})(?:\p{Lu}{2,5}(?!\p{Ll})|\p{Lu}\p{Ll}{2,})*)$/u;
/** `/etc/ssl/edge-2026.pem`: words and short numbers that end as files of this trade do. */
const FILE = /^\W*(?:(?:[a-z]+|\d{1,4})[/._-]+)+(?:pem|key|crt|cer|csr|ya?ml|json|env|conf|toml|txt|sh|js|ts|py)\W*$/;
const REDACTED = '[redacted]';
const SHOWN = 5;
const WIDEST = 200;
const SHORTEST = 6;
const LONG_WORD = 12;
/** More than is shown, since lines fall away; a line that is longer is no message. */
const LOOKED_AT = 20;
const LONGEST = 2000;
