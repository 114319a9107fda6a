import { coveredBy, type Picture, presentedBy, type Sight } from './presented.ts';
import type { AccessStore, Breach, Store, Watch, Zone } from './world.ts';

export function createWatch(): Watch {
  const zones = new Map<Zone, ZoneView>();
  const stores = new Map<AccessStore, AccessView>();
  let window = 0;
  let told: Breach[] = [];
  let touched = new Map<Store, Set<string>>();

  const touch = (store: Store, sha256: string): void => {
    touched.set(store, (touched.get(store) ?? new Set()).add(sha256));
  };
  const tell: Watch['tell'] = (scope, subject, message, time) => told.push({ time, scope, subject, message });

  return {
    mark() {
      window += 1;
      told = [];
      touched = new Map();
    },
    zoneChanged(zone, time) {
      const now = presentedBy(zone);
      const view = zones.get(zone) ?? { window: -1, before: EMPTY, now: EMPTY, seen: new Map() };
      zones.set(zone, view);
      if (view.window !== window) {
        Object.assign(view, { window, before: view.now, seen: new Map() });
        see(view.seen, view.before, time);
      }
      view.now = now;
      see(view.seen, now, time);
    },
    accessChanged(store, scope, time) {
      const view = stores.get(store) ?? { window: -1, scope, before: NOBODY, now: NOBODY, lost: new Map() };
      stores.set(store, view);
      if (view.window !== window) Object.assign(view, { window, before: view.now, lost: new Map() });
      view.now = coveredBy(store);
      for (const hostname of view.before) {
        if (!view.now.has(hostname) && !view.lost.has(hostname)) view.lost.set(hostname, time);
      }
    },
    uploaded(into, scope, sha256, isThere, time) {
      if (isThere || touched.get(into)?.has(sha256)) tell(scope, sha256, 'was uploaded twice to one store', time);
      touch(into, sha256);
    },
    removed: touch,
    tell,
    breaches() {
      const found = [...told];
      for (const [zone, view] of zones) if (view.window === window) found.push(...judgeZone(zone.name, view));
      for (const view of stores.values()) if (view.window === window) found.push(...judgeAccess(view));
      return found.sort((one, other) => one.time - other.time);
    },
  };
}

interface ZoneView {
  window: number;
  before: Picture;
  now: Picture;
  /** By hostname (`''` is the zone's default): every different sight, with when it was first had. */
  seen: Map<string, Sightings>;
}
type Sightings = Map<string, { readonly sight: Sight; readonly time: number }>;

interface AccessView {
  window: number;
  readonly scope: string;
  before: ReadonlySet<string>;
  now: ReadonlySet<string>;
  /** Hostnames that were covered before, and when they first were not. */
  lost: Map<string, number>;
}

const NOBODY: ReadonlySet<string> = new Set();
const EMPTY: Picture = { zone: [{ what: 'none', active: true }], hostnames: new Map() };
const ZONE = '';

function see(seen: ZoneView['seen'], picture: Picture, time: number): void {
  const note = (subject: string, sights: readonly Sight[]): void => {
    // A hostname that was not there until now has seen what the zone has shown so far.
    const sightings: Sightings = seen.get(subject) ?? new Map(seen.get(ZONE));
    seen.set(subject, sightings);
    for (const sight of sights) {
      if (!sightings.has(keyOf(sight))) sightings.set(keyOf(sight), { sight, time });
    }
  };
  for (const [hostname, sights] of picture.hostnames) note(hostname, sights);
  for (const hostname of seen.keys()) if (!picture.hostnames.has(hostname)) note(hostname, picture.zone);
  note(ZONE, picture.zone);
}

const keyOf = (sight: Sight): string => `${sight.what} ${sight.active}`;
const isOwn = (sight: Sight): boolean => sight.what !== 'shared' && sight.what !== 'none';

function* judgeZone(scope: string, view: ZoneView): Iterable<Breach> {
  for (const [hostname, sightings] of view.seen) {
    const before = view.before.hostnames.get(hostname) ?? view.before.zone;
    const now = view.now.hostnames.get(hostname) ?? view.now.zone;
    const known = new Set([...before, ...now].map(({ what }) => what));
    const wasInactive = new Set(before.filter(({ active }) => !active).map(({ what }) => what));
    const isKept = before.every(isOwn) && now.every(isOwn);
    const subject = hostname === ZONE ? 'zone default' : hostname;
    for (const { sight, time } of sightings.values()) {
      const breach = (message: string): Breach => ({ time, scope, subject, message });
      if (isKept && !known.has(sight.what)) {
        yield breach(`presented ${wordFor(sight)}, neither what it had nor what it has now`);
      } else if (isKept && !sight.active && !wasInactive.has(sight.what)) {
        yield breach(`may have presented ${sight.what} while that was not active`);
      } else if (sight.what === 'shared' && !known.has('shared')) {
        yield breach(`fell back to ${wordFor(sight)} on the way`);
      }
    }
  }
}

function* judgeAccess(view: AccessView): Iterable<Breach> {
  for (const [hostname, time] of view.lost) {
    if (!view.now.has(hostname)) continue;
    yield { time, scope: view.scope, subject: hostname, message: 'was without a CA for a while' };
  }
}

function wordFor(sight: Sight): string {
  if (sight.what === 'none') return 'no certificate';
  return sight.what === 'shared' ? "Cloudflare's shared certificate" : sight.what;
}
