import { describe, expect, it } from 'vitest';
import { expectGolden } from '../support/golden.ts';
import { openWorld, type World } from '../support/world.ts';
import { ONE, OTHER, refusedIn } from './support.ts';

const zone = (authenticated_origin_pulls: object) => ({ zones: { [ONE]: { authenticated_origin_pulls } } });
const link = (certificate: string) => ({ [`app.${ONE}`]: { certificate } });

describe('--target', () => {
  it('adds what a selected change needs, lists it, and says that it is not the whole plan', async () => {
    const world = await openWorld();
    await world.want(
      zone({
        enabled: true,
        certificate: 'edge',
        hostnames: { ...link('app'), [`www.${ONE}`]: { certificate: 'www' } },
      }),
    );
    const { code, stdout } = await world.run('plan', '--target', `${ONE}/hostname_association/app.*`);
    expect(code, stdout).toBe(0);
    expectGolden('refusals/target/added.txt', world.masked(stdout));
    expect(addressesIn(stdout)).toEqual([`${ONE}/hostname_certificate/app`, `${ONE}/hostname_association/app.${ONE}`]);
    const ran = await world.run('apply', '--auto-approve', '--target', `${ONE}/hostname_association/app.*`);
    expect(ran.code, ran.stderr).toBe(0);
    expect(world.simulator.breaches()).toEqual([]);
    await world.close();
  });

  it('leaves out a selected removal that something unselected still needs, and lists it', async () => {
    const world = await openWorld();
    await applied(world, zone({ hostnames: link('old') }));
    await world.want(zone({ hostnames: link('new') }));
    const { code, stdout } = await world.run('plan', '--target', '**/hostname_certificate/sha256:*');
    expect(code, stdout).toBe(0);
    expectGolden('refusals/target/left-out.txt', world.masked(stdout));
    expect(addressesIn(stdout)).toEqual([]);
    await world.close();
  });

  it('judges refusals on what would then be live', async () => {
    const world = await openWorld();
    const both = (certificate: string) => ({
      zones: Object.fromEntries(
        [ONE, OTHER].map((name) => [name, { authenticated_origin_pulls: { enabled: true, certificate } }]),
      ),
    });
    await applied(world, both('edge'));
    await world.want(both('none'));
    const refused = await world.run('plan');
    expect(refusedIn(refused, 'shared-certificate-fallback')).toEqual([ONE, OTHER]);
    const chosen = await world.run('plan', '--target', `${ONE}/**`);
    expect(refusedIn(chosen, 'shared-certificate-fallback'), 'the other zone stays as it is').toEqual([ONE]);
    expect((await world.run('plan', '--target', `${ONE}/zone_enablement`)).code, 'nothing selected changes').toBe(0);
    await world.close();
  });

  it('stops * at / and lets ** pass', async () => {
    const world = await openWorld();
    await world.want(zone({ enabled: true, certificate: 'edge' }));
    expect((await world.run('plan', '--target', `${ONE}/*`)).stdout).toMatch(/Plan: 1 to add, 1 to change/);
    expect((await world.run('plan', '--target', `${ONE}/**`)).stdout).toMatch(/Plan: 1 to add, 1 to change/);
    expect((await world.run('plan', '--target', `${ONE}/*/edge`)).stdout).toMatch(/Plan: 1 to add, 0 to change/);
    await world.close();
  });

  it('takes no match for an error', async () => {
    const world = await openWorld();
    await world.want(zone({ enabled: true, certificate: 'edge' }));
    const { code, stderr } = await world.run('plan', '--target', `${ONE}/zone_certificate/egde`);
    expect(code).toBe(1);
    expectGolden('refusals/target/no-match.txt', stderr);
    await world.close();
  });
});

async function applied(world: World, state: object): Promise<void> {
  await world.want(state);
  const ran = await world.run('apply', '--auto-approve');
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
}

const addressesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^ {2}# (\S+) will be/gm)].map(([, address = '']) => address);
