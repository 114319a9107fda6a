import { describe, expect, it } from 'vitest';
import { type DesiredState, openWorld } from '../support/world.ts';

const rotated = (certificate: string): DesiredState => ({
  zones: {
    'example.com': {
      id: 'a'.repeat(32),
      tls_client_auth: 'on',
      authenticated_origin_pulls: {
        enabled: true,
        certificate: 'edge',
        hostnames: { 'app.example.com': { certificate }, 'www.example.com': { certificate } },
      },
    },
  },
});

/** What the apply of a rotation asks for, from its first write on and as a number for all of it, with the seconds since it began, where deployment takes this long. */
async function rotation(deploy: number): Promise<{ readonly all: number; readonly written: readonly string[] }> {
  const asked: string[] = [];
  let begun = 0;
  const world = await openWorld({
    delays: { deploy },
    handle: (simulator) => (request) => {
      const path = request.url
        .replace(/^\/zones\/a+\/(origin_tls_client_auth\/)?/, '')
        .replace(/\?.*|\/[0-9a-f-]{36}/g, '');
      asked.push(`${(world.clock.now() - begun) / 1000} ${request.method} ${path}`);
      return simulator.handle(request);
    },
  });
  try {
    await world.want(rotated('old'));
    expect((await world.run('apply', '--auto-approve')).code).toBe(0);
    world.clock.advance(3_600_000);
    await world.want(rotated('new'));
    begun = world.clock.now();
    asked.length = 0;
    const { code, stdout } = await world.run('apply', '--auto-approve');
    expect(code, stdout).toBe(0);
    expect(stdout).toContain(`It took ${asked.length} requests.`);
    return { all: asked.length, written: asked.slice(asked.findIndex((it) => it.includes('POST'))) };
  } finally {
    await world.close();
  }
}

describe('a rotation asks', () => {
  it('twelve times in all, its plan included, where every deployment takes two polls', async () => {
    const { all, written } = await rotation(2000);
    expect(all).toBe(12);
    expect(written).toEqual([
      '0 POST hostnames/certificates',
      '1 GET hostnames/certificates',
      '2.5 GET hostnames/certificates',
      '2.5 PUT hostnames',
      '3.5 GET hostnames',
      '5 GET hostnames',
      '5 DELETE hostnames/certificates',
    ]);
  });

  it('without a pause where the answers say that it is deployed, and once more whether the new one is listed', async () => {
    const { written } = await rotation(0);
    expect(written).toEqual([
      '0 POST hostnames/certificates',
      '0 PUT hostnames',
      '0 GET hostnames',
      '0 DELETE hostnames/certificates',
      '0 GET hostnames/certificates',
    ]);
  });
});
