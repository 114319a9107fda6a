import { addressesFor } from '../model/address.ts';
import { parseCertificate } from '../model/certificate.ts';
import { comparable } from '../model/hostname.ts';
import type { Kind, PlanningState, Progress, StepDraft } from '../model/kind.ts';
import type { AssociationRow, ScopeLive } from '../model/live.ts';
import { onceFor } from '../model/once.ts';
import { statusFacts } from '../model/status.ts';
import { asLive, type Ref, refOf, type Step, type Thing } from '../model/thing.ts';
import { putLinks } from './link-writes.ts';
import { isArriving, isLink, occupies, rowFor } from './links.ts';
import { fingerprintOf, rowOf } from './uploads.ts';

type Attributes = { readonly certificate: string; readonly enabled: boolean };
const NAME = 'hostname_association';
const LIST = 'hostname_associations';
/** The most that one PUT is known to take. */
const BATCH = 100;

/** A hostname's link to a certificate: enabled, disabled, or (void) not there. */
export const hostnameAssociation: Kind<Attributes> = {
  name: NAME,

  wanted(want) {
    const { hostnames } = want.originPulls;
    if (hostnames === undefined) return undefined;
    const linkOf = linksIn(want.name);
    const things: Thing<Attributes>[] = [];
    for (const [hostname, link] of hostnames)
      if (link !== 'none') things.push(linkOf(hostname, link.certificate.fingerprint, link.enabled));
    return { things, absent: ({ id }) => hostnames.get(id) === 'none' };
  },

  reads: (want) => (want.originPulls.hostnames === undefined ? [] : [LIST, 'hostname_certificates']),

  shows(live, want) {
    const fingerprints = new Map(live.lists.hostname_certificates?.map((row) => [row.id, fingerprintOf(row)]));
    const linkOf = linksIn(want.name);
    return (live.lists[LIST] ?? []).filter(isLink).map((row) => {
      const certificate = fingerprints.get(row.cert_id ?? '') ?? certificateIn(row) ?? 'unlisted';
      const thing = linkOf(comparable(row.hostname), certificate, row.enabled === true);
      return asLive(thing, row.cert_id ?? '', row.status || undefined);
    });
  },

  // What stands behind the link is what the hostname falls to.
  judgedWith: ({ before, after }) =>
    before?.attributes.enabled && after === null ? ['zone_enablement', 'zone_certificates', 'tls_client_auth'] : [],

  steps({ id, before, after }, state) {
    if (after === null) return [voiding(id, before, state)];
    const { certificate, enabled } = after.attributes;
    return [
      {
        stage: 'associate',
        summary: `${enabled ? 'link' : 'link, switched off,'} ${id} to ${addressIn(state, certificate)}`,
        task: after.attributes,
        needs: after.refs,
      },
    ];
  },

  loses: ({ id, after }) => (after === null ? [id] : []),

  underWay: {
    list: LIST,
    names: (live) => (live.lists[LIST] ?? []).filter(isArriving).map(({ hostname }) => hostname),
  },

  writes: (steps) => Math.ceil(steps.length / BATCH),

  async run(steps, tools) {
    for (let start = 0; start < steps.length; start += BATCH) await putLinks(steps.slice(start, start + BATCH), tools);
  },

  until(step, live) {
    const row = rowFor(step.id, live);
    return step.stage === 'dissociate' ? untilVoid(row) : untilLinked(step, row, live);
  },
  watches: () => [LIST],
};

/** The links that a scope is to have: what they replace is switched off after them, and before those that go. */
export function linksOf({ after }: PlanningState): readonly Thing[] {
  return after.filter(({ kind }) => kind === NAME);
}

/** Makes the things of one zone; those that lead to one certificate share their reference to it. */
function linksIn(zone: string) {
  const addressOf = addressesFor(zone, NAME);
  const refs = new Map<string, readonly Ref[]>();
  return (hostname: string, certificate: string, enabled: boolean): Thing<Attributes> => {
    const to = refs.get(certificate) ?? [{ kind: 'hostname_certificate', id: certificate }];
    refs.set(certificate, to);
    return { kind: NAME, id: hostname, address: addressOf(hostname), refs: to, attributes: { certificate, enabled } };
  };
}

/** A hostname that falls to the zone's own certificate goes only when the zone presents the one that it is to present. */
function voiding(id: string, before: Thing | null, state: PlanningState) {
  return {
    stage: 'dissociate' as const,
    summary: `void the link of ${id}`,
    task: { row: before?.row ?? '', behind: before?.attributes.enabled ? behind(state) : null },
    ...zoneFirst(state),
  };
}

/** The zone's own certificate, where a hostname without a link will present it. */
const behind = onceFor(({ after }: PlanningState): string | null => {
  const isOn = after.some(({ kind, attributes }) => kind === 'zone_enablement' && attributes.enabled === true);
  return isOn ? (after.findLast(({ kind }) => kind === 'zone_certificate')?.id ?? null) : null;
});

const zoneFirst = onceFor((state: PlanningState): Pick<StepDraft, 'needs' | 'after' | 'rather'> => {
  const presented = state.after.filter(({ kind }) => kind === 'zone_certificate').at(-1);
  const zoneLevel = state.changes.filter(({ kind }) => kind === 'zone_certificate' || kind === 'zone_enablement');
  const isOff = state.after.some(({ kind, attributes }) => kind === 'zone_enablement' && attributes.enabled === false);
  // Voided before that is off, a hostname that is to present nothing would show the shared certificate on the way.
  if (presented === undefined || isOff) return { rather: state.changes.filter(isSwitchedOff).map(refOf) };
  return { needs: [refOf(presented)], after: zoneLevel.filter(isInFront(state, presented)).map(refOf) };
});

const isSwitchedOff = ({ kind, after }: Pick<Thing, 'kind'> & { readonly after: Thing | null }): boolean =>
  (kind === 'tls_client_auth' && after?.attributes.value === 'off') ||
  (kind === 'zone_enablement' && after?.attributes.enabled === false);

/** Of the zone-level changes, those without which a hostname would fall to something else than the wanted certificate. */
function isInFront({ before }: PlanningState, presented: Thing) {
  const place = before.findIndex(({ kind, id }) => kind === 'zone_certificate' && id === presented.id);
  return (change: { kind: string; id: string; after: unknown }): boolean =>
    change.after !== null ||
    (place >= 0 && before.findIndex(({ kind, id }) => kind === change.kind && id === change.id) > place);
}

/** Over when nothing is left of it that counts: what is still leaving holds its place on the certificate. */
function untilVoid(row: AssociationRow | undefined): Progress {
  if (row === undefined || !occupies(row)) return 'done';
  return row.status === 'deletion_timed_out'
    ? { failed: `the link of ${row.hostname} reads deletion_timed_out; look at it in the dashboard, then run again` }
    : 'waiting';
}

function untilLinked(step: Step, row: AssociationRow | undefined, live: ScopeLive): Progress {
  if (row === undefined || !isLink(row)) return 'waiting';
  const wanted = rowOf(live, 'hostname_certificates', String(step.task.certificate));
  if (row.cert_id !== wanted?.id || row.enabled !== step.task.enabled) return 'waiting';
  const { presentable, stuck } = statusFacts(row.status ?? undefined);
  if (presentable === 'now') return 'done';
  if (!stuck) return 'waiting';
  // What is switched off presents nothing, though the API gave up on it; while it is on its way, some may still see the zone.
  return row.enabled
    ? { failed: `the link of ${step.id} reads ${row.status}; look at it in the dashboard, then run again` }
    : 'done';
}

const certificateIn = (row: AssociationRow): string | undefined =>
  row.certificate ? parseCertificate(row.certificate)?.fingerprint : undefined;

const addressIn = (state: PlanningState, fingerprint: string): string =>
  addressesIn(state).get(fingerprint) ?? fingerprint;

const addressesIn = onceFor(
  ({ after }: PlanningState): ReadonlyMap<string, string> =>
    new Map(after.filter(({ kind }) => kind === 'hostname_certificate').map(({ id, address }) => [id, address])),
);
