import type { Policy } from '../model/document.ts';
import { gather } from '../model/gather.ts';
import { groupBy } from '../model/group.ts';
import type { Kind, KindRefusal, PlanningState } from '../model/kind.ts';
import { onceFor } from '../model/once.ts';
import type { Presented } from '../model/plan.ts';
import type { Thing } from '../model/thing.ts';
import { isOwn } from './presented.ts';
import { some } from './words.ts';

/** What the judges know of one scope. */
export interface Case {
  readonly state: PlanningState;
  readonly kinds: readonly Kind[];
  readonly presented: readonly Presented[];
  readonly policy: Policy;
  readonly validity: (fingerprint: string) => { readonly notBefore: number; readonly notAfter: number } | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What a plan must not do without a word of permission; every reason at once. */
export function refusalsOf(it: Case): readonly KindRefusal[] {
  const { state, kinds } = it;
  return [...JUDGES.flatMap((judge) => judge(it)), ...kinds.flatMap((kind) => kind.refuse?.(state) ?? [])];
}

/** What the changes of a scope take away for good, in words. */
export const lossesOf = onceFor(({ state, kinds }: Case): readonly string[] => {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  return gather(state.changes, (change) => byName.get(change.kind)?.loses?.(change, state) ?? []);
});

/** What weakens because the file says so outright: told loudly, not refused. */
export function weakeningsOf({ state, presented }: Pick<Case, 'state' | 'presented'>): readonly string[] {
  return presented
    .filter((it) => it.weakens && !(isOwn(it.before) && it.after === 'shared') && !isLeftOut(state, it))
    .map(({ hostname, before, after }) => {
      const who = hostname ?? 'Every hostname without a link of its own';
      const had = before === 'shared' ? "Cloudflare's shared certificate" : 'its own certificate';
      return `${who} presented ${had} to its origin and will present ${after === 'none' ? 'none' : after}, as the file says.`;
    });
}

type Judge = (it: Case) => readonly KindRefusal[];

const massDeletion: Judge = (it) => {
  const { state, kinds, policy } = it;
  const lost = lossesOf(it);
  if (lost.length === 0) return [];
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const live = state.before.reduce((sum, thing) => sum + weightOf(thing, byName.get(thing.kind)), 0);
  const tooMany = lost.length > 3 && lost.length * 100 > policy.maxDeletePercent * live;
  const everything = lost.length >= live && live > 1;
  if (!tooMany && !everything) return [];
  const limit = policy.maxDeletePercent;
  const [size, rule] = everything
    ? [`all ${live} live things`, 'All at once is refused, whatever policy.max_delete_percent says.']
    : [
        `${lost.length} of ${live} live things (${percentAbove(limit, lost.length / live)} %)`,
        `The limit is ${limit} % where more than 3 go (policy.max_delete_percent).`,
      ];
  return [
    {
      name: 'mass-deletion',
      message: `${size} would be removed: ${some(lost)}. ${rule} If that is meant, allow it for this run or in several smaller commits.`,
    },
  ];
};

/** A share in percent, with as many decimals as show that it is above the limit: 83 % is not more than 83 %. */
function percentAbove(limit: number, share: number): string {
  const shown = [0, 1, 2, 3, 4, 5].map((decimals) => (share * 100).toFixed(decimals));
  return shown.find((text) => Number(text) > limit) ?? `${share * 100}`;
}

const sharedFallback: Judge = ({ presented }) => {
  const fallen = presented.filter((it) => isOwn(it.before) && it.after === 'shared');
  if (fallen.length === 0) return [];
  return [
    {
      name: 'shared-certificate-fallback',
      message: `${some(fallen.map(nameOf))} would present Cloudflare's shared certificate instead of an own one, and the shared one is the same for every customer. Give ${fallen.length === 1 ? 'it' : 'them'} a certificate, or switch zone-level authenticated origin pulls and tls_client_auth off as well.`,
    },
  ];
};

const protectionRemoved: Judge = ({ state, presented }) => {
  const bare = presented.filter((it) => isOwn(it.before) && it.after === 'none' && isLeftOut(state, it));
  if (bare.length === 0) return [];
  return [
    {
      name: 'protection-removed',
      message: `${some(bare.map(nameOf))} would present no certificate because ${bare.length === 1 ? 'it was' : 'they were'} left out of the file. If that is meant, say it outright: \`${bare[0]?.hostname ?? ''}: none\`.`,
    },
  ];
};

const expiredCertificate: Judge = ({ presented, validity, now }) => {
  const bad = presented.filter((it) => isOwn(it.after) && !isValid(it.after));
  return [...groupBy(bad, ({ after }) => after)].map(([certificate, hostnames]) => ({
    name: 'expired-certificate',
    message: `${some(hostnames.map(nameOf))} would present a certificate that ${inWords(certificate)}. An origin that checks dates would turn every request away. Use a certificate that is valid today.`,
  }));

  function isValid(fingerprint: string): boolean {
    const facts = validity(fingerprint);
    return facts === undefined || (facts.notBefore <= now && now < facts.notAfter);
  }
  function inWords(fingerprint: string): string {
    const { notBefore = 0, notAfter = 0 } = validity(fingerprint) ?? {};
    return notAfter <= now ? `expired on ${day(notAfter)}` : `is not valid before ${day(notBefore)}`;
  }
};

const JUDGES: readonly Judge[] = [massDeletion, sharedFallback, protectionRemoved, expiredCertificate];

/** True where a hostname loses its link without a word in the file. */
function isLeftOut(state: PlanningState, { hostname }: Presented): boolean {
  if (hostname === null) return false;
  return voidedIn(state).has(hostname) && state.want.originPulls.hostnames?.get(hostname) !== 'none';
}

const voidedIn = onceFor(
  ({ changes }: PlanningState): ReadonlySet<string> =>
    new Set(changes.filter((it) => it.kind === 'hostname_association' && it.after === null).map(({ id }) => id)),
);

const weightOf = (thing: Thing, kind: Kind | undefined): number => {
  if (kind?.loses === undefined) return 0;
  return kind.weighs?.(thing) ?? 1;
};

const nameOf = ({ scope, hostname }: Presented): string =>
  hostname ?? `${scope} (every hostname without a link of its own)`;

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
