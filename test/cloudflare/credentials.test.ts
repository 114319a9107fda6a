import { describe, expect, it } from 'vitest';
import { checkBaseUrl, credentialsFrom, isProxied } from '../../src/cloudflare/client.ts';
import { InputError } from '../../src/model/fault.ts';

const faultOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.faults[0];
  }
  throw new Error('no InputError');
};

describe('credentials', () => {
  it.each([
    [{ CLOUDFLARE_API_TOKEN: 't' }, { token: 't' }],
    [{ CLOUDFLARE_API_TOKEN: ' t\n' }, { token: 't' }],
    [
      { CLOUDFLARE_EMAIL: 'a@b.c', CLOUDFLARE_API_KEY: 'k' },
      { email: 'a@b.c', key: 'k' },
    ],
    [
      { CLOUDFLARE_API_TOKEN: '', CLOUDFLARE_EMAIL: 'a@b.c', CLOUDFLARE_API_KEY: 'k' },
      { email: 'a@b.c', key: 'k' },
    ],
    [{ CLOUDFLARE_API_TOKEN: 't', CLOUDFLARE_EMAIL: 'a@b.c', CLOUDFLARE_API_KEY: 'k' }, { token: 't' }],
  ])('%j', (env, credentials) => {
    expect(credentialsFrom(env)).toEqual(credentials);
  });

  it.each([
    [{}, 'No credentials: set CLOUDFLARE_API_TOKEN, or CLOUDFLARE_EMAIL with CLOUDFLARE_API_KEY'],
    [
      { CLOUDFLARE_API_TOKEN: '  ' },
      'No credentials: set CLOUDFLARE_API_TOKEN, or CLOUDFLARE_EMAIL with CLOUDFLARE_API_KEY',
    ],
    [{ CLOUDFLARE_EMAIL: 'a@b.c' }, 'CLOUDFLARE_EMAIL is set, and CLOUDFLARE_API_KEY is not'],
    [{ CLOUDFLARE_API_KEY: 'k' }, 'CLOUDFLARE_API_KEY is set, and CLOUDFLARE_EMAIL is not'],
  ])('that are missing, %j, are named, and that --simulate needs none', (env, message) => {
    expect(faultOf(() => credentialsFrom(env))).toMatchObject({
      message,
      advice: 'With --simulate no credentials are needed',
    });
  });

  it.each([
    'to ken',
    'to\nken',
    'tökén',
    'to\u0000ken',
  ])('with a character that no header takes are refused, unquoted', (token) => {
    const fault = faultOf(() => credentialsFrom({ CLOUDFLARE_API_TOKEN: token }));
    expect(JSON.stringify(fault)).toContain('CLOUDFLARE_API_TOKEN');
    expect(JSON.stringify(fault)).not.toContain('ken');
  });
});

describe('the base URL', () => {
  it.each([
    ['https://api.cloudflare.com/client/v4', 'https://api.cloudflare.com/client/v4'],
    ['https://api.cloudflare.com/client/v4/', 'https://api.cloudflare.com/client/v4'],
    ['HTTPS://API.Cloudflare.com//', 'https://api.cloudflare.com'],
    ['https://gateway.example:8443/cf', 'https://gateway.example:8443/cf'],
    ['http://127.0.0.1:8787/client/v4', 'http://127.0.0.1:8787/client/v4'],
    ['http://127.1.2.3', 'http://127.1.2.3'],
    ['http://[::1]:8787', 'http://[::1]:8787'],
    ['http://localhost:8787/', 'http://localhost:8787'],
  ])('%s is taken', (text, url) => {
    expect(checkBaseUrl(text)).toBe(url);
  });

  it.each([
    ['', /is not an address/],
    ['api.cloudflare.com/client/v4', /is not an address/],
    ['http://api.cloudflare.com/client/v4', /in the clear/],
    ['http://127.0.0.1.evil.example/', /in the clear/],
    ['http://localhost.evil.example/', /in the clear/],
    ['http://10.0.0.1/', /in the clear/],
    ['ftp://api.cloudflare.com', /must begin with https/],
    ['file:///etc/passwd', /must begin with https/],
    ['https://me:secret@api.cloudflare.com', /user name or password/],
    ['https://api.cloudflare.com/?x=1', /without a query/],
    ['https://api.cloudflare.com/#x', /without a query/],
    ['https://api.cloudflare.com/?', /without a query/],
    ['https://api.cloudflare.com:6000/', /port 6000/],
    ['http://127.0.0.1:1/', /port 1,/],
  ])('%s is refused', (text, message) => {
    const fault = faultOf(() => checkBaseUrl(text));
    expect(fault?.message).toMatch(message);
    expect(fault?.message).not.toContain('secret');
  });
});

describe('the proxy', () => {
  const API = 'https://api.cloudflare.com/client/v4';

  it.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'])('is on the way where %s names it', (name) => {
    expect(isProxied(API, { [name]: 'http://me:secret@proxy.example:3128' })).toBe(true);
    expect(isProxied(API, { [name]: '' })).toBe(false);
  });

  it('is on no way to this machine itself, and then its address is no matter', () => {
    expect(isProxied('http://127.0.0.1:8787', { HTTPS_PROXY: 'nonsense' })).toBe(false);
  });

  it.each([
    'nonsense',
    'proxy.example:3128',
    'http://',
    'http:///',
    'socks5://proxy.example',
    'http://me:secret@:1',
  ])('must be an address: %s is refused before anything is sent', (text) => {
    const fault = faultOf(() => isProxied(API, { https_proxy: text }));
    expect(fault?.message).toBe('https_proxy is not the address of a proxy');
    expect(fault?.advice).toContain('http://host:port');
  });
});
