import { domainToASCII } from 'node:url';
import { describe, expect, it } from 'vitest';
import { comparable, inZone, normalizeHostname } from '../../src/model/hostname.ts';

describe('a hostname', () => {
  it.each([
    ['app.example.com', 'app.example.com'],
    ['App.Example.COM.', 'app.example.com'],
    ['*.example.com', '*.example.com'],
    ['_dmarc.example.com', '_dmarc.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['localhost', 'localhost'],
    [`${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`],
  ])('%s is compared as %s', (text, name) => {
    expect(normalizeHostname(text)).toBe(name);
  });

  it.each([
    ['an A-label of nothing', 'xn--.example.com'],
    ['an A-label that decodes to no name', 'xn--a.example.com'],
    ['a label that begins with a hyphen', 'a.-b.example.com'],
    ['a label that ends with one', 'a-.example.com'],
    ['an empty label', 'a..example.com'],
    ['a label of 64 characters', `${'a'.repeat(64)}.com`],
    ['256 characters', `${'a.'.repeat(127)}ab`],
    ['a number at the end, which makes an address', 'a.b.256'],
    ['a number in base 16', 'a.b.0x1g.0xff'],
    ['a space', 'a b.com'],
    ['nothing', ''],
  ])('is not %s', (_what, text) => {
    expect(normalizeHostname(text)).toBeNull();
    expect(comparable(text)).toBe(text);
  });

  it('is what the standard makes of it, where nothing has to be made of it too', () => {
    const parts = ['a', 'b', 'x', 'n', '0', '9', '-', '--', '.', '.', 'xn--', 'e'];
    let seed = 7;
    const any = () => {
      seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
      return seed / 2 ** 32;
    };
    for (let nth = 0; nth < 20_000; nth++) {
      const text = Array.from({ length: 1 + any() * 12 }, () => parts[Math.floor(any() * parts.length)]).join('');
      const name = normalizeHostname(text);
      if (name !== null) expect(name, text).toBe(domainToASCII(text.replace(/\.$/, '')));
    }
  });
});

it('is in a zone by whole labels', () => {
  expect(['example.com', 'a.example.com', 'anexample.com'].map((name) => inZone(name, 'example.com'))).toEqual([
    true,
    true,
    false,
  ]);
});
