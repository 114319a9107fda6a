import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { openWorld, type World } from '../support/world.ts';

const WANT = { zones: { 'example.com': { tls_client_auth: 'on' } } };

let world: World;
afterEach(() => world.close());

/** A job of GitHub Actions; what it gives its steps are files in the folder of the test. */
async function job(env: Record<string, string> = {}): Promise<World> {
  world = await openWorld({ door: { env: { GITHUB_ACTIONS: 'true', CI: 'true', ...env } } });
  return world;
}
const fileOf = (name: string): string => readFileSync(join(world.folder, name), 'utf8');
const write = (name: string, text: string): void => writeFileSync(join(world.folder, name), text);

describe('in a job of GitHub Actions', () => {
  it.each(['validate', 'plan', 'drift', 'apply --auto-approve'])('%s shows each fault at its line', async (line) => {
    await job();
    write('cf-mtls.yaml', 'version: 1\nzones:\n  example.com:\n    tls_client_auth: onn\n  "a: b, c%":\n    id: x\n');
    const { code, stderr } = await world.run(...line.split(' '));
    expect(code).toBe(1);
    const annotations = stderr.split('\n').filter((text) => text.startsWith('::'));
    expect(annotations.length).toBe(stderr.match(/^Error: /gm)?.length);
    expect(annotations).toContainEqual(expect.stringMatching(/^::error file=cf-mtls\.yaml,line=4,col=22::/));
  });

  it('names files as seen from the top of the checkout', async () => {
    await job({ GITHUB_WORKSPACE: '/' });
    write('cf-mtls.yaml', 'version: 2\n');
    const { stderr } = await world.run('plan');
    expect(stderr).toContain(`::error file=${world.folder.slice(1)}/cf-mtls.yaml,line=1,col=10::`);
  });

  it('shows what a plan refuses at its line, and what is allowed as a warning', async () => {
    await job();
    await world.want({
      zones: {
        'example.com': {
          authenticated_origin_pulls: { hostnames: { 'app.example.org': { certificate: 'app-2026' } } },
        },
      },
    });
    const refused = await world.run('plan');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^::error file=cf-mtls\.yaml,line=\d+,col=\d+::.*app\.example\.org/m);
    const allowed = await world.run('plan', '--allow', 'hostname-outside-zone');
    expect(allowed.stderr).toMatch(/^::warning file=cf-mtls\.yaml,line=\d+,col=\d+::.*app\.example\.org/m);
    expect(allowed.stderr).not.toContain('::error');
  });

  it('says nothing of the kind elsewhere', async () => {
    await job({ GITHUB_ACTIONS: '' });
    write('cf-mtls.yaml', 'version: 2\n');
    expect((await world.run('plan')).stderr).not.toContain('::error');
  });
});

describe('GITHUB_OUTPUT', () => {
  it.each(['plan', 'drift'])('is added to by %s wherever it is set', async (command) => {
    await job({ GITHUB_ACTIONS: '', GITHUB_OUTPUT: 'outputs.txt' });
    await world.want(WANT);
    write('outputs.txt', 'earlier=1\n');
    const { stdout } = await world.run(command, '--format', 'json');
    const { digest } = JSON.parse(stdout) as Plan;
    expect(fileOf('outputs.txt')).toBe(`earlier=1\nhas_changes=true\nadd=0\nchange=1\ndestroy=0\ndigest=${digest}\n`);
  });

  it('is told that there is nothing to do', async () => {
    await job({ GITHUB_OUTPUT: 'outputs.txt' });
    await world.want(WANT);
    await world.run('apply', '--auto-approve');
    await world.run('plan');
    expect(fileOf('outputs.txt')).toContain('has_changes=false\nadd=0\nchange=0\ndestroy=0\n');
  });

  it('that cannot be written is an error', async () => {
    await job({ GITHUB_OUTPUT: 'no/such/folder' });
    await world.want(WANT);
    const { code, stderr } = await world.run('plan');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Error: no\/such\/folder can't be written: /)]);
  });
});

describe('--summary', () => {
  it.each(['plan', 'drift'])('adds the Markdown of %s to the summary of the job', async (command) => {
    await job({ GITHUB_STEP_SUMMARY: 'summary.md' });
    await world.want(WANT);
    write('summary.md', 'Earlier.\n');
    await world.run(command, '--summary');
    expect(fileOf('summary.md')).toBe(`Earlier.\n${(await world.run('plan', '--format', 'markdown')).stdout}\n`);
  });

  it('adds nothing unless asked', async () => {
    await job({ GITHUB_STEP_SUMMARY: 'summary.md' });
    await world.want(WANT);
    await world.run('plan');
    expect(() => fileOf('summary.md')).toThrow('ENOENT');
  });

  it('outside of a job is an error before anything is sent', async () => {
    await job();
    await world.want(WANT);
    const { code, stderr } = await world.run('plan', '--summary');
    expect([code, stderr]).toEqual([1, expect.stringContaining('GITHUB_STEP_SUMMARY is not set')]);
    expect(world.simulator.state.zones).toEqual([]);
  });
});
