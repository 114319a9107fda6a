import type { Material, Policy, ScopeWant } from '../model/document.ts';
import { InternalError } from '../model/fault.ts';
import { gather } from '../model/gather.ts';
import { groupBy } from '../model/group.ts';
import type { Kind, KindRefusal, PlanningState } from '../model/kind.ts';
import type { ScopeLive } from '../model/live.ts';
import type { ListName } from '../model/names.ts';
import type { Presented, Remark } from '../model/plan.ts';
import type { Change, Step, Thing } from '../model/thing.ts';
import { bookOf, type CertificateBook } from './book.ts';
import { diff } from './diff.ts';
import { sidesOf } from './hands-off.ts';
import { order } from './order.ts';
import { presentedChanges } from './presented.ts';
import { remarksOf } from './remarks.ts';
import { noRoom } from './room.ts';
import { type Case, lossesOf, refusalsOf } from './safety.ts';
import { type Choice, choose } from './target.ts';

/** Everything that is decided for one scope. Plain data, and pure: the same input gives the same plan. */
export interface ScopePlan {
  readonly want: ScopeWant;
  readonly live: ScopeLive;
  /** The certificates that are live. Of the links a large run would keep every one for nobody. */
  readonly certificates: readonly Thing[];
  /** With `--target`: of everything that is live or wanted here, chosen or not. */
  readonly addresses: readonly string[];
  readonly changes: readonly Change[];
  readonly steps: readonly Step[];
  readonly presented: readonly Presented[];
  readonly unmanaged: readonly Thing[];
  readonly refusals: readonly KindRefusal[];
  readonly losses: readonly string[];
  readonly warnings: readonly Remark[];
  readonly book: CertificateBook;
  readonly choice?: Choice;
  /** Write requests that the steps take. */
  readonly writes: number;
}

export interface ScopeInput {
  readonly want: ScopeWant;
  readonly live: ScopeLive;
  readonly kinds: readonly Kind[];
  readonly policy: Policy;
  readonly materials: ReadonlyMap<string, Material>;
  readonly targets: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Plans one scope, or says which lists must be read before that can be done safely. */
export function planScope(input: ScopeInput): ScopePlan | { readonly read: readonly ListName[] } {
  const { want, live, kinds } = input;
  const { before, after: all, unmanaged } = sidesOf(kinds, want, live);
  const whole = stateOf(want, live, before, all);
  const choice = input.targets.length > 0 ? choose(whole, kinds, input.targets) : undefined;
  const state = choice === undefined ? whole : stateOf(want, live, before, choice.after);
  const missing = unread(state, kinds);
  if (missing.length > 0) return { read: missing };
  return {
    ...decided(input, state, unmanaged, choice),
    certificates: certificatesIn(before, kinds),
    addresses: choice === undefined ? [] : [...before, ...all].map(({ address }) => address),
  };
}

function certificatesIn(things: readonly Thing[], kinds: readonly Kind[]): readonly Thing[] {
  const uploaded = new Set<string>(kinds.flatMap(({ name, upload }) => (upload === undefined ? [] : [name])));
  return things.filter(({ kind }) => uploaded.has(kind));
}

function decided(
  input: ScopeInput,
  state: PlanningState,
  unmanaged: readonly Thing[],
  choice?: Choice,
): Omit<ScopePlan, 'certificates' | 'addresses'> {
  const { want, live, kinds, policy, materials, now } = input;
  const book = bookOf(materials, live);
  const presented = presentedChanges(state);
  const ordered = order(state, kinds);
  const steps = 'steps' in ordered ? ordered.steps : [];
  const judged: Case = { state, kinds, presented, policy, validity: book.validity, now };
  return {
    want,
    live,
    changes: state.changes,
    steps,
    presented,
    unmanaged,
    refusals: [
      ...refusalsOf(judged),
      ...impossible(state, kinds, materials),
      ...('stuck' in ordered ? [noRoom(ordered.stuck, state)] : []),
    ],
    losses: lossesOf(judged),
    warnings: remarksOf({ ...judged, materials }),
    book,
    ...(choice === undefined ? {} : { choice }),
    writes: writesOf(steps, kinds),
  };
}

function stateOf(want: ScopeWant, live: ScopeLive, before: readonly Thing[], after: readonly Thing[]): PlanningState {
  return { want, live, before, after, changes: diff(want.name, before, after, (thing) => whyGone(thing, want)) };
}

/** Why something goes, in the words of the file. */
function whyGone(thing: Thing, want: ScopeWant): string {
  const { kind, id } = thing;
  const { originPulls, access } = want;
  if (isNone(thing, want)) return 'the file says none';
  if (kind === 'access_hostname_setting' && access.hostnameSettings?.has(id)) return 'the file turns it off';
  const isKept = originPulls.keep?.some(({ fingerprint }) => fingerprint === id);
  return kind === 'zone_certificate' && isKept
    ? 'newer than the wanted certificate, so it would be presented'
    : 'not in the file';
}

/** Whether the file says outright that there is to be no such thing. */
function isNone({ kind, id, attributes }: Thing, { originPulls, access }: ScopeWant): boolean {
  if (kind === 'zone_certificate') return originPulls.certificate === 'none';
  if (kind === 'hostname_association') return originPulls.hostnames?.get(id) === 'none';
  if (kind === 'access_hostname_setting') return access.hostnameSettings?.get(id) === 'none';
  const isNamed = access.certificates?.some((it) => it.certificate === 'none' && it.name === attributes.name);
  return kind === 'access_certificate' && isNamed === true;
}

/** The lists without which a change can't be judged, as far as they have not been read. */
function unread(state: PlanningState, kinds: readonly Kind[]): readonly ListName[] {
  const { changes, live } = state;
  const needed = gather(
    changes,
    (change) => kinds.find(({ name }) => name === change.kind)?.judgedWith?.(change, live) ?? [],
  );
  const missing = [...new Set(needed)].filter((list) => live.lists[list] === undefined);
  return missing.length > 0 ? missing : unseen(state);
}

/** What stands behind a change of what is presented, as far as the permission that its own lists took shows it. */
function unseen(state: PlanningState): readonly ListName[] {
  const { live, before, after } = state;
  const { zone_enablement, zone_certificates, hostname_associations } = live.lists;
  if (!(zone_enablement ?? zone_certificates ?? hostname_associations)) return [];
  const rows = presentedChanges(state);
  if (!rows.some((row) => row.before === 'unknown' || row.after === 'unknown')) return [];
  if (zone_enablement === undefined) return ['zone_enablement'];
  const isOn = [...before, ...after].some(
    (thing) => thing.kind === 'zone_enablement' && thing.attributes.enabled === true,
  );
  return isOn && zone_certificates === undefined ? ['zone_certificates'] : [];
}

/** Uploads that can't be made from what the file gives. */
function impossible(
  { before, changes }: PlanningState,
  kinds: readonly Kind[],
  materials: ReadonlyMap<string, Material>,
): readonly KindRefusal[] {
  return gather(changes, (change, place) => {
    const needs = kinds.find(({ name }) => name === change.kind)?.upload;
    if (needs === undefined || change.before !== null) return [];
    const isSame = (it: Thing): boolean =>
      it.kind === change.kind && it.attributes.fingerprint === change.after?.attributes.fingerprint;
    const uploaded = changes.slice(0, place).flatMap((it) => it.after ?? []);
    const twin = [...before, ...uploaded].find((it) => it.id !== change.id && isSame(it));
    if (twin !== undefined)
      return [
        refuse(
          `${change.address} and ${twin.address} are one certificate, and nothing is uploaded twice to one store. Keep one of the two entries, with the hostnames of both.`,
        ),
      ];
    const material = materials.get(String(change.after?.attributes.fingerprint));
    if (material === undefined) throw new InternalError(`${change.address} is wanted and no label means it`);
    if (material.certificate === undefined)
      return [
        refuse(
          `${change.address}: the label ${material.label} gives only a fingerprint, and no live certificate has it. Give the certificate itself (file, pem or env).`,
        ),
      ];
    if (needs === 'certificate and key' && material.privateKey === undefined)
      return [
        refuse(
          `${change.address} must be uploaded, and the label ${material.label} has no private_key. Add a private_key reference to it.`,
        ),
      ];
    return [];
  });
}

const refuse = (message: string): KindRefusal => ({ name: 'impossible', message });

function writesOf(steps: readonly Step[], kinds: readonly Kind[]): number {
  const groups = groupBy(steps, (step) => `${step.wave} ${step.stage} ${step.kind}`);
  return [...groups.values()].reduce((sum, group) => {
    const [first] = group;
    if (first === undefined || first.stage === 'await') return sum;
    return sum + (kinds.find(({ name }) => name === first.kind)?.writes(group) ?? 0);
  }, 0);
}
