/** What a status means for us; the table of the contract, in one place. */
export interface StatusFacts {
  /** Whether a certificate or association of this status is there at all. */
  readonly live: boolean;
  /** Whether it takes one of the places of the quota. */
  readonly occupies: boolean;
  /** Whether it may become what is presented: now, once it is active, or never. */
  readonly presentable: 'now' | 'later' | 'never';
  /** Whether the API gave up on it. */
  readonly stuck: boolean;
}

export function statusFacts(status: string | undefined): StatusFacts {
  return STATUSES.get(status ?? 'active') ?? UNKNOWN;
}

/** Whether time alone will make another status of it. */
export function isOnItsWay(status: string | undefined): boolean {
  return status === 'pending_deletion' || statusFacts(status).presentable === 'later';
}

const facts = (
  live: boolean,
  occupies: boolean,
  presentable: StatusFacts['presentable'],
  stuck = false,
): StatusFacts => ({ live, occupies, presentable, stuck });

const STATUSES: ReadonlyMap<string, StatusFacts> = new Map([
  ['initializing', facts(true, true, 'later')],
  ['pending_deployment', facts(true, true, 'later')],
  ['active', facts(true, true, 'now')],
  ['deployment_timed_out', facts(true, true, 'never', true)],
  ['pending_deletion', facts(false, true, 'never')],
  ['deletion_timed_out', facts(false, true, 'never', true)],
  ['deleted', facts(false, false, 'never')],
]);

/** A status that the API gains one day: there, not to be relied on. */
const UNKNOWN = facts(true, true, 'never');
