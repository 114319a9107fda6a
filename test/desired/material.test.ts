import { describe, expect, it } from 'vitest';
import { loadDesired } from '../../src/desired/index.ts';
import { parseFingerprint } from '../../src/desired/material.ts';
import { looksLikeMaterial, quote, redactLines } from '../../src/desired/redact.ts';
import { nearest } from '../../src/model/nearest.ts';
import { testCertificate } from '../support/certificates.ts';
import { memoryDoor, told } from './support.ts';

describe('a bundle', () => {
  it('keeps its order, and only its first certificate is the identity', async () => {
    const [leaf, ca] = [await testCertificate('leaf'), await testCertificate('ca', { ca: true })];
    const door = memoryDoor({
      'a.yaml':
        'version: 1\ncertificates: { e: { certificate: { file: a.pem } } }\nzones: { a.com: { authenticated_origin_pulls: { certificate: e } } }\n',
      'a.pem': `\r\n${leaf.certificate.replaceAll('\n', '\r\n')}\n${ca.certificate}`,
    });
    expect(loadDesired(['a.yaml'], door).certificates.get('e')).toMatchObject({
      fingerprint: leaf.sha256,
      chain: [leaf.sha256, ca.sha256],
      md5s: [leaf.md5, ca.md5],
      certificate: { pem: leaf.certificate + ca.certificate, isCa: false },
    });
  });
});

describe('a fingerprint', () => {
  const md5 = '1E800F7AFD315596DED5CBE2F091F691';
  const colons = (text: string) => text.replace(/..(?!$)/g, '$&:');
  it.each([
    `MD5:${md5}`,
    `md5:${md5.toLowerCase()}`,
    `MD5:${colons(md5)}`,
    `MD5 Fingerprint=${colons(md5)}`,
  ])('is read from %s', (text) => {
    expect(parseFingerprint(text)).toBe(`md5:${md5.toLowerCase()}`);
  });
  it.each([
    `SHA256:${md5}${md5}`,
    `sha256 Fingerprint=${colons(md5 + md5)}`,
    `SHA-256:${md5}${md5}`,
  ])('is read from %s', (text) => {
    expect(parseFingerprint(text)).toBe(`sha256:${(md5 + md5).toLowerCase()}`);
  });
  it.each([md5, `MD5:${md5}00`, `SHA256:${md5}`, `SHA1:${md5}`, ''])('is not read from %s', (text) => {
    expect(parseFingerprint(text)).toBeNull();
  });
});

describe('two labels', () => {
  it('may not be one certificate, known by its PEM and by its MD5', async () => {
    const { certificate, md5 } = await testCertificate('ca', { ca: true });
    const text = `version: 1
certificates:
  one: { certificate: { file: ca.pem } }
  two: { fingerprint: "${md5}" }
accounts:
  4d5e023e105f4ecef8ad9ca31a8372d0:
    access: { certificates: { one: { certificate: one }, two: { certificate: two } } }
`;
    const said = told(() => loadDesired(['a.yaml'], memoryDoor({ 'a.yaml': text, 'ca.pem': certificate })));
    expect(said).toContain('Error: The labels `one` and `two` stand for the same certificate.');
  });
});

describe('redaction', () => {
  it('hides what stands under private_key, however it is written', () => {
    const text = `a: 1
  private_key: { env: SECRET }
  edge: { certificate: { file: a }, "private_key": { env: SECRET } }
  private_key:
    # a comment
    exec:
      - SECRET

      - SECRET
  b: 2`;
    const lines = redactLines(text, []);
    expect(lines.join('\n')).not.toContain('SECRET');
    expect(lines.at(0)).toBe('a: 1');
    expect(lines.at(-1)).toBe('  b: 2');
  });

  it('leaves the caret inside a long line that is shorter without what it hides', () => {
    const hidden = `private_key: { exec: [${'long, '.repeat(100)}end] }`;
    const text = `version: 1
certificates: { ${'a'.repeat(150)}: { fingerprint: "SHA256:${'0'.repeat(64)}" }, b: { ${hidden}, wrong: 1 } }
`;
    const said = told(() => loadDesired(['a.yaml'], memoryDoor({ 'a.yaml': text })));
    expect(said).toContain('`wrong`');
    expect(said).toMatch(/\[redacted\]\n +\| {80}\^/);
    expect(said).not.toContain('long');
  });

  it('hides PEM wherever it stands, and keeps ids and names', async () => {
    const { privateKey } = await testCertificate('leaf');
    const wrong = `zones:\n  example.com: ${privateKey.replaceAll('\n', '\n      ')}\n`;
    const body = privateKey.split('\n').filter((line) => line !== '' && !line.startsWith('-'));
    for (const line of body) expect(redactLines(wrong, []).join('\n')).not.toContain(line);
    for (const line of body) expect(redactLines(`id: ${line}\n${line}`, []).slice(1).join()).not.toContain(line);
    const plain = [
      'id: 023e105f4ecef8ad9ca31a8372d0c353',
      'account-label-that-is-long-enough-for-forty: x',
      'a: /etc/some/long/path/to/some/certificates/edge',
    ];
    expect(redactLines(plain.join('\n'), [])).toEqual(plain);
    expect(looksLikeMaterial('ProductionEdgeCertificate2026')).toBe(false);
    expect(quote(privateKey)).toBe('`[redacted]`');
  });

  it('hides the short last line of a PEM too', () => {
    const kind = 'PRIVATE KEY';
    const text = `pem: |\n  -----BEGIN ${kind}-----\n  c2hvcnQ=\n  -----END ${kind}-----\nb: 2`;
    expect(redactLines(text, [])).toEqual(['pem: |', '  [redacted]', '  [redacted]', '  [redacted]', 'b: 2']);
  });

  describe('of a PEM without an end', () => {
    const BEGIN = `-----BEGIN ${'PRIVATE KEY'}-----`;

    it.each([
      ['at a line that is indented less', `a:\n  pem: |\n    ${BEGIN}\n    c2hvcnQ=\n  b: 1\nc: 2`, ['  b: 1', 'c: 2']],
      [
        'at a key beside it',
        `a:\n  pem: ${BEGIN}\n    c2hvcnQ=\n  Staff devices: 1\n  c: 2`,
        ['  Staff devices: 1', '  c: 2'],
      ],
      ['at a key beside it in quotes', `pem: ${BEGIN}\n"b": 1\n'c':`, ['"b": 1', "'c':"]],
      ['at the next key of an item', `- pem: ${BEGIN}\n  b: 1\n- c: 2`, ['  b: 1', '- c: 2']],
      ['at the next item', `- ${BEGIN}\n  c2hvcnQ=\n- b: 1\n- c`, ['- b: 1', '- c']],
      ['at once where it is quoted on one line', `- pem: "${BEGIN}\\nc2hvcnQ="\n- b\n- c`, ['- b', '- c']],
      ['at once in single quotes', `{ 'pem': '${BEGIN} it''s', x: "y" }\n- b\n- c`, ['- b', '- c']],
    ])('the hidden part is over %s', (_, text, last) => {
      const lines = redactLines(text, []);
      expect(lines.slice(-2)).toEqual(last);
      expect(lines.slice(0, -2).join()).toContain('[redacted]');
      expect(lines.join()).not.toMatch(/BEGIN|c2hv/);
    });

    it('goes on through what only looks like an end', () => {
      const text = `pem: "${BEGIN}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nc2hvcnQ=\n  x\n"`;
      expect(redactLines(text, []).join()).not.toMatch(/Proc|DEK|c2hv|x/);
    });

    it('never shows a line of material, however it is indented or wrapped, with or without its beginning', async () => {
      const { privateKey } = await testCertificate('leaf');
      const base64 = privateKey.replace(/-----.*-----|\n/g, '');
      for (const width of [64, 16, 40, 76]) {
        const body = base64.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
        for (const indents of [[0], [4], [0, 4], [6, 2, 0], [1, 0, 9]]) {
          for (const [open, end] of [
            ['', ''],
            ['"', '\\n\\'],
            ['"', '\\n" +'],
            ['# ', ''],
            ['- ', ''],
            ['', '\r'],
          ]) {
            for (const first of [`    ${BEGIN}`, `  - pem: "${BEGIN}"`, `pem: ${BEGIN}`, '  pem: |', 'b: 1\n# c']) {
              const lines = body.map(
                (part, at) => `${' '.repeat(indents[at % indents.length] ?? 0)}${open}${part}${end}`,
              );
              const shown = redactLines([first, ...lines, '', 'last: 1'].join('\n'), []);
              for (const part of body) expect(shown.join('\n')).not.toContain(part);
              expect(shown.at(-1)).toBe('last: 1');
            }
          }
        }
      }
    });

    it('hides what stands before an end', () => {
      const END = BEGIN.replace('BEGIN', 'END');
      expect(redactLines(`c2hv${END}\n  c2hv${END} ${BEGIN}`, [])).toEqual(['[redacted]', '  [redacted]']);
    });

    it('takes no time for a long line that is nearly one', () => {
      const start = performance.now();
      for (const sign of ['\\', '"', '-', ' ', 'a:', "'", '=', '- ', '? ', '*a &a '])
        for (const before of [BEGIN, 'private_key:']) {
          const long = `${sign.repeat(300_000 / sign.length)}x`;
          redactLines(`${before}\na${long}\n${long}`, []);
        }
      expect(performance.now() - start).toBeLessThan(2000);
    });
  });

  it('shows control characters instead of sending them to the terminal', () => {
    expect(quote('\u001b[31mred\u0007')).toBe('`\\x1b[31mred\\x07`');
    expect(redactLines('a: \u001b[2J', [])).toEqual(['a: \\x1b[2J']);
  });
});

describe('the nearest word', () => {
  it.each([
    ['certficate', 'certificate'],
    ['hostname-certificates', 'hostname_certificates'],
    ['Enabled', 'enabled'],
    ['xyz', undefined],
  ])('of %s is %s', (word, expected) => {
    expect(nearest(word, ['certificate', 'enabled', 'keep', 'hostname_certificates', 'hostnames'])).toBe(expected);
  });
});
