import { describe, expect, it } from 'vitest';
import { complaint } from '../../src/desired/complaint.ts';
import { loadDesired, resolveKeys } from '../../src/desired/index.ts';
import { testCertificate } from '../support/certificates.ts';
import { memoryDoor, told } from './support.ts';

const said = (stderr: string, env: Record<string, string> = {}, ...argv: string[]): string =>
  complaint(stderr, { argv: ['tool', ...argv], env });

describe('what a command says on its standard error', () => {
  it.each([
    'vault: permission denied for secret',
    'cat: certs/edge.key: No such file or directory',
    "Can't open /etc/ssl/edge-2026.pem for reading",
    'AccessDeniedException when calling the GetSecretValue operation',
    'Authentication failed; please log in to example.com/production first',
    'x509: OpenSSL 3.0 says "handshake failure"',
  ])('stays readable: %s', (line) => {
    expect(said(`${line}\n`)).toBe(line);
  });

  it.each([
    ['a passphrase with a number', 'tr0ub4dor-and-3', 'wrong: tr0ub4dor-and-3 was refused'],
    ['hex', 'deadbeefdeadbeef', 'tried deadbeefdeadbeef twice'],
    ['hex in letters', 'deadbeefcafe', 'tried (deadbeefcafe) twice'],
    ['digits', '4929123412341234', 'tried 4929-1234-1234-1234, 4929123412341234'],
    ['a UUID', '3f2a', 'denied to "3f2a1b4c-9d8e-4f70-a1b2-c3d4e5f60718"'],
    ['base64 without a digit', 'QmFzZVNpeHRy', 'sent QmFzZVNpeHRy'],
    ['mixed case in pieces', 'aBcD-eFgH-iJkL', 'sent aBcD-eFgH-iJkL'],
    ['the short end of base64', 'c2hv', 'sent c2hvcnQ='],
    ['capitals', 'SUPERSECRET-VALUE', 'SUPERSECRET-VALUE was refused'],
    ['base32', 'JBSWYEDPEHPKPXPX', 'the seed JBSWYEDPEHPKPXPX was refused'],
    ['an assignment', 'hunter', 'VAULT_TOKEN=hunter is no good'],
    ['an assignment in JSON', 'hunter', '{"client_secret": "hunter", "a": "hunter"}'],
    ['a name of several words', 'hunter', 'Pass phrase for it: hunter'],
    ['a value on the next line', 'hunter', 'password:\n  hunter'],
    ['a value behind another line end', 'hunter', 'password: x\u2028y\npassword: hunter'],
    ['an option', 'hunter', '+ gpg --passphrase hunter two'],
    ['a user of an address', 'hunter', 'cannot reach https://me:hunter@example.com'],
    ['colours in between', 'hunter', 'pass\u001b[31mword: \u001b[1mhunter\u001b[0m'],
    ['a line without end', 'hunter', `${'hunter '.repeat(1000)}`],
  ])('loses %s', (_, secret, stderr) => {
    expect(said(`before\n${stderr}\nafter`)).not.toContain(secret);
    expect(said(`before\n${stderr}\nafter`)).toMatch(/^before; .*after$|^before; after$/);
  });

  it('loses what a variable of a secret name holds, each line of it, and what the command was given', () => {
    const env = { DB_PASS: 'hunter', Vault_Token: ' monkey ', EDGE_KEY: 'first line\\nsecond line', HOME: '/home/me' };
    expect(said('hunters, monkeys, second line, /home/me', env)).toBe('[redacted]s, [redacted]s, [redacted], /home/me');
    expect(said('no item for op://vault/edge in --account', {}, 'read', '--account', 'op://vault/edge')).toBe(
      'no item for [redacted] in --account',
    );
    expect(said('short', { PASS: 'short' })).toBe('short');
  });

  it('loses PEM, whole or cut at either end', async () => {
    const { privateKey, certificate } = await testCertificate('leaf');
    const lines = privateKey.trim().split('\n');
    const texts = [privateKey, privateKey.replaceAll('\n', '\r\n'), lines.slice(0, -1), lines.slice(1)];
    for (const text of [
      ...texts,
      lines.slice(1, -1),
      `${certificate}${privateKey}`,
      privateKey.replaceAll('\n', ' '),
    ]) {
      const shown = said(`${[text].flat().join('\n')}`);
      for (const line of lines.slice(1, -1)) expect(shown).not.toContain(line);
      expect(shown.replaceAll('[private key removed]', '')).toBe('');
    }
  });

  it('is the last five lines of 200 characters', () => {
    const words = 'word '.repeat(60).trim();
    const lines = ['one', 'two', 'three', '', 'SUPERSECRET-VALUE', words, 'four', 'five', 'six.'];
    expect(said(lines.join('\n'))).toBe(`three; ${words.slice(0, 199)}…; four; five; six`);
  });

  it('is read in no time, however odd', () => {
    const start = performance.now();
    for (const part of ['-key', 'key', '-', 'key a ', 'Aa', '1a', '='])
      said(`${part.repeat(1990 / part.length)}\n`.repeat(20));
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('is shown with the fault, and its standard output never is', async () => {
    const text = `version: 1
certificates: { e: { certificate: { file: a.pem }, private_key: { exec: [tool] } } }
zones: { a.com: { authenticated_origin_pulls: { certificate: e } } }
`;
    const files = { 'a.yaml': text, 'a.pem': (await testCertificate('leaf')).certificate };
    const stderr = 'the seal is broken\nSUPERSECRET-VALUE\nhunter';
    const run = async () => ({ code: 1, stdout: 'do-not-print-me', stderr, timedOut: false });
    const door = memoryDoor(files, { env: { VAULT_PASSWORD: 'hunter' }, run });
    const failed = await resolveKeys([...loadDesired(['a.yaml'], door).certificates.values()], door).catch(
      (error: unknown) => error,
    );
    const shown = told(() => {
      throw failed;
    });
    expect(shown).toContain('its command failed with exit code 1: the seal is broken.\n');
    expect(shown).not.toMatch(/SUPERSECRET|hunter|do-not-print-me/);
  });
});
