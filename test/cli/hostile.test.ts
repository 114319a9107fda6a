import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWorld, type World, type WorldOptions } from '../support/world.ts';
import { samplesOf } from './support/exposition.ts';
import { byHand } from './support/hands.ts';

const ACCOUNT = '4d5e6f708192a3b4c5d6e7f8091a2b3c';
/** Clears the screen, sets the title, turns the line round, begins lines of ours, a command of a runner, and Markdown. */
const NAME =
  '\u001b[2J\u001b]0;x\u0007\u202e\u2028\r\nError: no\n::error file=x::y\nNo changes. `a` | <b> @org/team \u009b31m';
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

let world: World;
afterEach(() => world.close());

const accounts = (certificates: object) => ({ accounts: { [ACCOUNT]: { access: { certificates } } } });

/** A world in which a live CA of Access bears the name. */
async function named(options: WorldOptions = {}): Promise<World> {
  world = await openWorld({
    ...options,
    door: {
      env: { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: 'outputs.txt', GITHUB_STEP_SUMMARY: 'summary.md' },
      ...options.door,
    },
  });
  await world.certify('ca-old');
  await byHand(world, 'POST', `/accounts/${ACCOUNT}/access/certificates`, {
    name: NAME,
    certificate: readFileSync(join(world.folder, 'certs/ca-old.pem'), 'utf8'),
    associated_hostnames: [],
  });
  return world;
}
const fileOf = (name: string): string => readFileSync(join(world.folder, name), 'utf8');

describe('a name of the API that a terminal or a runner would obey', () => {
  it('does no harm in any format, file or stream', async () => {
    await named();
    await world.want(accounts({ Staff: { certificate: 'ca-new' } }));
    const runs = [
      await world.run('plan', '--summary', '--out', 'plan.json'),
      await world.run('plan', '--format', 'json'),
      await world.run('plan', '--format', 'markdown'),
      await world.run('drift', '--metrics', 'cf-mtls.prom'),
      await world.run('show', 'plan.json'),
      await world.run('apply', '--auto-approve', '--events', 'events.ndjson'),
    ];
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 2, 0, 0]);
    const files = ['plan.json', 'summary.md', 'outputs.txt', 'cf-mtls.prom', 'events.ndjson'].map(fileOf);
    for (const text of [...runs.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...files]) {
      expect(text).not.toMatch(UNSEEN);
      expect(text).not.toMatch(/^\s*::/m);
      expect(text).not.toMatch(/^Error: /m);
      expect(text).not.toMatch(/^No changes\./m);
    }
    expect(JSON.stringify(JSON.parse(fileOf('plan.json')))).toContain(JSON.stringify(NAME).slice(1, -1));
    expect(samplesOf(fileOf('cf-mtls.prom')).length).toBeGreaterThan(5);
    expect(fileOf('outputs.txt').split('\n')).toHaveLength(4 * 5 + 1);
  });

  it('does none in an error of the API either', async () => {
    const errors = [{ code: 1400, message: NAME }];
    const body = JSON.stringify({ success: false, errors, messages: [], result: null });
    await named({
      handle: (simulator) => (request) =>
        request.method === 'POST' && request.body?.includes('Staff')
          ? { status: 400, headers: { 'content-type': 'application/json', 'cf-ray': 'abc-FRA' }, body }
          : simulator.handle(request),
    });
    await world.want(accounts({ Staff: { certificate: 'ca-new' } }));
    const { code, stdout, stderr } = await world.run('apply', '--auto-approve', '--events', 'events.ndjson');
    expect(code, stdout + stderr).toBe(1);
    for (const text of [stdout, stderr, fileOf('events.ndjson')]) expect(text).not.toMatch(UNSEEN);
    expect(stdout.match(/^Error: /gm)).toHaveLength(1);
  });
});

describe('a word of the files that a terminal or a runner would obey', () => {
  it.each([
    ['a key', `version: 1\n"\\e[2J\\u202e\\n::error::x": 1\n`],
    [
      'a hostname',
      `version: 1\nzones:\n  example.com:\n    authenticated_origin_pulls:\n      hostnames: { "\\e[2Ja.b": none }\n`,
    ],
    ['a value', `version: 1\nzones:\n  example.com: { tls_client_auth: "\\e[2J\\r\\n::error::x" }\n`],
    ['the raw sign', 'version: 1\nzones:\n  example.com: { tls_client_auth: "\u009b31m\u202e" }\n'],
    ['a name of a zone', `version: 1\nzones:\n  "\\e[2J\\u2028.com": { tls_client_auth: on }\n`],
  ])('is shown as its code: %s', async (_, text) => {
    world = await openWorld({ door: { env: { GITHUB_ACTIONS: 'true' } } });
    writeFileSync(join(world.folder, 'cf-mtls.yaml'), text);
    const { code, stdout, stderr } = await world.run('validate');
    expect(code).toBe(1);
    expect(stdout + stderr).not.toMatch(UNSEEN);
    expect(stderr.match(/^\s*::/gm)?.length).toBe(stderr.match(/^Error: /gm)?.length);
  });

  it('and so is one of the command line', async () => {
    world = await openWorld();
    await world.want(accounts({ Staff: { certificate: 'ca-new' } }));
    for (const line of [
      ['plan', '--zone', NAME],
      ['plan', '--target', NAME],
      ['plan', '-f', NAME],
      [NAME],
      ['show', NAME],
      ['plan', `--${NAME}`],
      ['plan', '--out', `${NAME}/x`],
    ]) {
      const { code, stdout, stderr } = await world.run(...line);
      expect(code, JSON.stringify(line)).toBe(1);
      expect(stdout + stderr, JSON.stringify(line)).not.toMatch(UNSEEN);
    }
  });
});
