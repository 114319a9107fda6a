import type { KindRefusal, PlanningState } from '../model/kind.ts';
import type { Thing } from '../model/thing.ts';

const NAME = 'zone_certificate';

/** What a zone's certificates must not become: the wanted one not presented, or a kept one deleted by a slip. */
export const zoneRefusals = (state: PlanningState): readonly KindRefusal[] => [...shadowed(state), ...notKept(state)];

/** Whether, in a list that is sorted by age, one certificate comes after another that is there. */
export function isNewer(sorted: readonly Pick<Thing, 'kind' | 'id'>[], id: string, other: string): boolean {
  const place = (wanted: string) => sorted.findIndex((thing) => thing.kind === NAME && thing.id === wanted);
  return place(other) >= 0 && place(id) > place(other);
}

function shadowed({ want, after }: PlanningState): readonly KindRefusal[] {
  const { certificate } = want.originPulls;
  const isPruned = typeof want.prune === 'boolean' ? want.prune : want.prune.includes(NAME);
  if (certificate === undefined || certificate === 'none' || isPruned) return [];
  const newer = after.filter(({ kind, id }) => kind === NAME && isNewer(after, id, certificate.fingerprint));
  if (newer.length === 0) return [];
  return [
    {
      name: 'shadowed-certificate',
      message: `${certificate.label} would not be presented: ${newer.map(({ address }) => address).join(', ')} ${newer.length === 1 ? 'is newer and stays' : 'are newer and stay'}, and the API presents the newest. Prune zone_certificate in this zone, delete the newer one by hand, or name it as the certificate.`,
    },
  ];
}

/**
 * What is kept need not be live, and is never uploaded; but a fingerprint alone names something live or nothing, and one
 * wrong digit would have the certificate that it means deleted.
 */
function notKept({ want, before, after }: PlanningState): readonly KindRefusal[] {
  const { keep = [], certificate } = want.originPulls;
  if (certificate === undefined || certificate === 'none') return [];
  const has = (things: readonly Thing[], id: string) => things.some((thing) => thing.kind === NAME && thing.id === id);
  return keep
    .filter((material) => material.certificate === undefined && !has(after, material.fingerprint))
    .map(({ label, fingerprint }) => ({
      name: 'impossible',
      message: has(before, fingerprint)
        ? `the label ${label} under \`keep\` gives only a fingerprint, and its certificate is newer than ${certificate.label}: it would be presented, so it would have to go, and the file could not bring it back. Take ${label} out of \`keep\`.`
        : `the label ${label} under \`keep\` gives only a fingerprint, and no live certificate of the zone has it. Correct the fingerprint, or take ${label} out of \`keep\`.`,
    }));
}
