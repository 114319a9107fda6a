import { describe, expect, it } from 'vitest';
import { loadDesired } from '../../src/desired/index.ts';
import { parseFingerprint } from '../../src/desired/material.ts';
import { nearest } from '../../src/desired/nearest.ts';
import { looksLikeMaterial, quote, redactLines } from '../../src/desired/redact.ts';
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
