import { InternalError } from '../model/fault.ts';
import { indexOf } from '../model/index-of.ts';
import type { Kind, KindRefusal, PlanningState } from '../model/kind.ts';
import type { Thing } from '../model/thing.ts';
import type { Draft } from './board.ts';
import { some } from './words.ts';

/** Why some steps have no place in any order, with the numbers and the way out. */
export function noRoom(stuck: readonly Draft[], state: PlanningState): KindRefusal {
  const uploads = stuck.filter(({ step, kind }) => step.stage === 'upload' && kind.capacity);
  const [first] = uploads;
  if (first?.kind.capacity) return noPlace(uploads, first.kind, first.kind.capacity, state);
  const full = stuck.filter(({ step }) => step.stage === 'associate');
  if (full.length > 0)
    return refuse(
      `${full.length} hostnames can't be linked: their certificate would hold more than 100 on the way (${listed(full)}). Do it in two commits: first take hostnames off that certificate, then add the new ones.`,
    );
  const twice = listedTwice(state);
  if (twice !== undefined)
    return refuse(
      `${listed(stuck)} can't be ordered: the API lists ${twice.address} more than once, and which one counts can't be told. Plan again in a moment; where it stays so, void that link by hand first.`,
    );
  throw new InternalError(
    `no order for ${stuck.map(({ step, change }) => `${step.stage} ${change.address}`).join(', ')}`,
  );
}

/** A live thing of which there is another by the same name: of what the two rely on, nothing is known to be free. */
function listedTwice({ before }: PlanningState): Thing | undefined {
  const lastOf = indexOf(before);
  return before.find((thing) => lastOf(thing) !== thing);
}

function noPlace(
  uploads: readonly Draft[],
  kind: Kind,
  { limit, taken }: NonNullable<Kind['capacity']>,
  state: PlanningState,
): KindRefusal {
  const places = `${uploads.length} certificates must be uploaded, and of ${limit} places ${taken(state.live)} are taken`;
  const strangers = staying(kind, state);
  if (strangers.length === 0)
    return refuse(
      `${places} by certificates that are in use until they are replaced (${listed(uploads)}). There is no order without a moment in which a hostname presents nothing or a third certificate. Do it in two commits: first move the hostnames of one old certificate to another that is live and take the old one out, then bring in the new ones.`,
    );
  const why =
    state.live.asked === undefined
      ? `because ${kind.name} is not pruned here. Prune it, delete what is not needed by hand, or bring in fewer certificates.`
      : 'because the API does not list here which hostname uses them. Delete what is not needed by hand, or bring in fewer certificates.';
  return refuse(
    `${places} (${listed(uploads)}). ${strangers.length} of them ${strangers.length === 1 ? 'is' : 'are'} not in the files and stay${strangers.length === 1 ? 's' : ''} (${some(strangers.map(({ address }) => address))}), ${why}`,
  );
}

/** What takes a place although the files do not ask for it. */
function staying(kind: Kind, { want, before, after }: PlanningState): readonly Thing[] {
  const wanted = new Set(kind.wanted(want)?.things.map(({ id }) => id));
  const stays = new Set(after.filter((it) => it.kind === kind.name).map(({ id }) => id));
  return before.filter((it) => it.kind === kind.name && stays.has(it.id) && !wanted.has(it.id));
}

function listed(drafts: readonly Draft[]): string {
  const names = drafts.slice(0, 3).map(({ change }) => change.address);
  return `${names.join(', ')}${drafts.length > 3 ? ' …' : ''}`;
}

const refuse = (message: string): KindRefusal => ({ name: 'impossible', message });
