import type { Kind } from '../model/kind.ts';
import type { ListName } from '../model/names.ts';
import type { LiveView } from './live-view.ts';
import { pauseFor, type Waiting } from './wait.ts';

export interface Standstill extends Waiting {
  readonly view: LiveView;
  read(lists: readonly ListName[]): Promise<void>;
}

/**
 * Waits for changes that an earlier run, or somebody else, has begun: until they have taken effect, what is shown as live
 * is not yet what origins see. What does not come within `policy.wait.deploy` is stuck, and stops nobody.
 */
export async function standstill(kinds: readonly Kind[], watch: Standstill): Promise<void> {
  const { clock, policy, view } = watch;
  const deadline = clock.now() + policy.deploy;
  for (;;) {
    const moving = kinds.flatMap(({ underWay }) => {
      const names = underWay?.names(view.now) ?? [];
      return underWay && names.length > 0 ? [{ list: underWay.list, names }] : [];
    });
    const [first] = moving.flatMap(({ names }) => names);
    if (first === undefined || clock.now() >= deadline) return;
    watch.tell(`waiting for ${first}: an earlier change of it is under way`);
    await pauseFor(policy.poll, watch);
    await watch.read(moving.map(({ list }) => list));
  }
}
