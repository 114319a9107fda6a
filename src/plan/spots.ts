import type { Ref, Thing } from '../model/thing.ts';

/** What is known of one thing while a plan is played through in the head. */
export interface Spot {
  /** Null where it is not there: not yet, or no longer. */
  thing: Thing | null;
  /** How many live things refer to it; how many did when the stage began, and how many have come since. */
  users: number;
  usersBefore: number;
  arrivals: number;
  /** Its own steps that are still to do. */
  open: number;
  isWaitedFor: boolean;
}

/** Finds the spot of each thing, made when it is first asked for. No text is made of a reference: a plan asks very often. */
export class Spots {
  readonly #kinds = new Map<string, Map<string, Spot>>();
  readonly #all: Spot[] = [];

  at({ kind, id }: Ref): Spot {
    let ids = this.#kinds.get(kind);
    if (ids === undefined) {
      ids = new Map();
      this.#kinds.set(kind, ids);
    }
    const known = ids.get(id);
    if (known !== undefined) return known;
    const spot = { thing: null, users: 0, usersBefore: 0, arrivals: 0, open: 0, isWaitedFor: false };
    ids.set(id, spot);
    this.#all.push(spot);
    return spot;
  }

  beginStage(): void {
    for (const spot of this.#all) {
      spot.usersBefore = spot.users;
      spot.arrivals = 0;
    }
  }
}
