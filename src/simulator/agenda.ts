import type { Agenda, Association, Certificate, Phase, World, Zone } from './world.ts';

export function createAgenda(): Agenda {
  const entries: { at: number; apply: () => void }[] = []; // the next one stands last, so that taking it is a pop
  return {
    add(at, apply) {
      let low = 0;
      let high = entries.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((entries[middle]?.at ?? 0) > at) low = middle + 1;
        else high = middle;
      }
      entries.splice(low, 0, { at, apply });
    },
    take: (now) => ((entries.at(-1)?.at ?? Number.POSITIVE_INFINITY) <= now ? entries.pop() : undefined),
    nextAt: () => entries.at(-1)?.at,
  };
}

/** Carries out everything that is due, with one look of the watch for all that happens at the same moment. */
export function settle(world: World, now: number): void {
  for (let due = world.agenda.take(now); due !== undefined; due = world.agenda.take(now)) {
    world.now = Math.max(world.now, due.at);
    due.apply();
    if (world.agenda.nextAt() !== due.at) look(world);
  }
  world.now = Math.max(world.now, now);
}

/** Shows the watch what has changed; after every write and every transition. */
export function look(world: World): void {
  for (const zone of world.dirty.zones) world.watch.zoneChanged(zone, world.now);
  for (const [store, scope] of world.dirty.stores) world.watch.accessChanged(store, scope, world.now);
  world.dirty.zones.clear();
  world.dirty.stores.clear();
}

/** Puts something on its way through these statuses; those without a delay are reached at once. */
export function enter(world: World, zone: Zone, item: Certificate | Association, phases: readonly Phase[]): void {
  item.phases = phases;
  follow(world, zone, item);
}

/** Waits for the next status of something, if it has one. */
export function follow(world: World, zone: Zone, item: Certificate | Association): void {
  world.dirty.zones.add(zone);
  for (let phase = item.phases[0]; phase !== undefined && phase.at <= world.now; phase = item.phases[0]) {
    item.phases = item.phases.slice(1);
    item.status = phase.status;
    item.updatedAt = phase.at;
    if ('earlier' in item && (phase.status === 'active' || phase.status === 'deleted')) item.earlier = [];
  }
  const next = item.phases[0];
  if (next === undefined) return;
  world.agenda.add(next.at, () => {
    if (item.phases[0] === next) follow(world, zone, item);
  });
}
