import { expect, it } from 'vitest';
import type { RefusalName } from '../../src/model/names.ts';
import { expectGolden } from '../support/golden.ts';
import { type DesiredState, openWorld, type Ran, type World, type WorldOptions } from '../support/world.ts';

export const ONE = 'example.com';
export const OTHER = 'example.net';
/** Two accounts, for what Access refuses. */
export const A = 'a'.repeat(32);
export const B = 'b'.repeat(32);

/** A situation that exists twice, in two scopes of one file. */
export interface Situation {
  readonly name: RefusalName;
  readonly kind: 'zones' | 'accounts';
  /** What is live in a scope before, as a desired state that was applied. */
  readonly had: (scope: string) => object;
  /** The state that is refused. */
  readonly want: (scope: string) => object;
  readonly before?: (world: World) => Promise<void>;
  readonly world?: WorldOptions;
}

/** A refusal is raised in both scopes, lifted in one by option and by policy, and applied only when it is lifted in both. */
export function refuses({ name, kind, had, want, before, world: options }: Situation): void {
  const [one, other] = kind === 'zones' ? [ONE, OTHER] : [A, B];
  const both = (state: (scope: string) => object): DesiredState => ({
    [kind]: { [one]: state(one), [other]: state(other) },
  });
  it(`refuses ${name}, and lifts it only where it is told to`, async () => {
    const world = await openWorld(options);
    try {
      await before?.(world);
      await world.want(both(had));
      expect((await world.run('apply', '--auto-approve', '--allow', name)).code).toBe(0);
      const done = world.simulator.writes.length;

      await world.want(both(want));
      const refused = await world.run('plan');
      expect(refused.code, refused.stdout).toBe(1);
      expect(refusedIn(refused, name)).toEqual([one, other]);
      expectGolden(`refusals/${name}.txt`, world.masked(errorsIn(refused)));
      expect((await world.run('apply', '--auto-approve')).code).toBe(1);

      const byOption = await world.run('plan', '--allow', `${name}=${one}`);
      expect(refusedIn(byOption, name), 'allowed in one by option').toEqual([other]);
      expect(byOption.stdout).toContain(`(allowed) ${name}: ${one}`);
      expect(byOption.code).toBe(1);

      await world.want({
        [kind]: { [one]: { ...want(one), policy: { ...policyOf(want(one)), allow: [name] } }, [other]: want(other) },
      });
      const byPolicy = await world.run('plan');
      expect(refusedIn(byPolicy, name), 'allowed in one by policy').toEqual([other]);
      expect((await world.run('apply', '--auto-approve')).code, 'one refusal stops the whole run').toBe(1);
      expect(world.simulator.writes.length, 'a refused plan writes nothing').toBe(done);

      const lifted = await world.run('apply', '--auto-approve', '--allow', `${name}=${other}`);
      expect(lifted.code, lifted.stdout + lifted.stderr).toBe(0);
    } finally {
      await world.close();
    }
  });
}

/** The error blocks of an output, each up to its empty line. */
export function errorsIn({ stdout, stderr }: Ran): string {
  const lines = `${stdout}\n${stderr}`.split('\n');
  const kept: string[] = [];
  let inside = false;
  for (const line of lines) {
    inside = line.startsWith('Error: ') || (inside && line !== '');
    if (inside) kept.push(line);
  }
  return `${kept.join('\n')}\n`;
}

/** The scopes in which a refusal stands, not allowed. */
export function refusedIn({ stdout }: Ran, name: string): readonly string[] {
  return [...stdout.matchAll(new RegExp(`^Error: ${name}: ([^ :]+)`, 'gm'))].map(([, scope = '']) => scope);
}

const policyOf = (state: object): object => ('policy' in state ? (state.policy as object) : {});
