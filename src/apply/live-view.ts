import type { Lists, ScopeLive } from '../model/live.ts';
import type { ListName } from '../model/names.ts';

/** What an apply knows to be live: the last reading of each list, with the answers that the readings do not show yet. */
export class LiveView {
  #live: ScopeLive;
  readonly #remembered = new Map<ListName, Map<string, object>>();
  readonly #outdated = new Set<ListName>();
  readonly #deploying = new Set<ListName>();
  /** When the readings began that may still be the present. */
  readonly #current = new Map<ListName, number>();

  constructor(live: ScopeLive) {
    this.#live = live;
  }

  get now(): ScopeLive {
    const shown = Object.entries(this.#live.lists).map(([name, rows]) => [
      name,
      this.#withRemembered(name as ListName, rows),
    ]);
    return { ...this.#live, lists: Object.fromEntries(shown) };
  }

  /** A new certificate can be missing from its list for tens of seconds; until then the answer to its upload counts. */
  remember<N extends ListName>(name: N, row: Lists[N][number]): void {
    if (SWITCHES.has(name) || !('id' in row)) {
      this.#live = { ...this.#live, lists: { ...this.#live.lists, [name]: [row] } };
      return;
    }
    const rows = this.#remembered.get(name) ?? new Map<string, object>();
    this.#remembered.set(name, rows.set(row.id, row));
  }

  /** What is remembered of a list because no reading of it has shown it. */
  unlisted(name: ListName): readonly string[] {
    return [...(this.#remembered.get(name)?.keys() ?? [])];
  }

  forget(name: ListName, id: string): void {
    this.#remembered.get(name)?.delete(id);
  }

  outdated(name: ListName): void {
    this.#outdated.add(name);
    this.#deploying.delete(name);
  }

  /** Outdated by a write that can't have taken effect yet. */
  deploying(name: ListName): void {
    this.#outdated.add(name);
    this.#deploying.add(name);
  }

  isDeploying(name: ListName): boolean {
    return this.#deploying.has(name);
  }

  /** Whether it was read after that time, and nothing has been written since. */
  isCurrent(name: ListName, time: number): boolean {
    return (this.#current.get(name) ?? Number.NEGATIVE_INFINITY) > time;
  }

  /** Something is written: what was read is the past. */
  written(): void {
    this.#current.clear();
  }

  isFresh(name: ListName): boolean {
    return this.#live.lists[name] !== undefined && !this.#outdated.has(name);
  }

  /** Takes in a reading that began then: what it shows may be as old. */
  update({ lists, asked }: ScopeLive, began: number): void {
    this.#live = { ...this.#live, lists: { ...this.#live.lists, ...lists }, ...(asked ? { asked } : {}) };
    for (const [name, rows] of Object.entries(lists)) {
      this.#outdated.delete(name as ListName);
      this.#deploying.delete(name as ListName);
      this.#current.set(name as ListName, began);
      for (const row of rows) if ('id' in row) this.#remembered.get(name as ListName)?.delete(row.id);
    }
  }

  #withRemembered(name: ListName, rows: readonly object[]): readonly object[] {
    const extra = this.#remembered.get(name);
    return extra === undefined || extra.size === 0 ? rows : [...rows, ...extra.values()];
  }
}

/** Lists of one; what is remembered of them takes the place of what was read. */
const SWITCHES: ReadonlySet<ListName> = new Set(['zone_enablement', 'tls_client_auth']);
