import type { ScopeWant } from '../model/document.ts';
import type { Found, Link, Use } from './found.ts';
import type { Labels } from './labels.ts';
import type { Desk } from './shelf.ts';

/** Writes what the files do not say yet of a zone; where they say something else, they keep it and a note tells. */
export function writeZone(found: Found, want: ScopeWant | undefined, labels: Labels, desk: Desk): void {
  const { scope, tlsClientAuth, enabled, remarks } = found;
  if (want === undefined) {
    desk.add([], 'id', () => scope.id);
    const { accountId } = scope;
    if (accountId !== undefined) desk.add([], 'account_id', () => accountId);
  }
  if (want?.tlsClientAuth === undefined && tlsClientAuth !== undefined)
    desk.add([], 'tls_client_auth', () => tlsClientAuth);
  if (want?.originPulls.enabled === undefined && enabled !== undefined) desk.add([PULLS], 'enabled', () => enabled);
  writeCertificate(found, want, labels, desk);
  writeHostnames(found, want, labels, desk);
  writeStaged(found, want, labels, desk);
  if (found.outside && !want?.allow.includes('hostname-outside-zone'))
    desk.extend(['policy', 'allow'], [{ text: 'hostname-outside-zone' }], 'A hostname above is not in this zone.');
  for (const [key, remark] of Object.entries(remarks)) {
    const isThere = key === 'hostnames' && found.hostnames !== undefined;
    if (isThere) continue;
    if (want === undefined) desk.remark([PULLS], remark);
    else desk.note(remark);
  }
}

const PULLS = 'authenticated_origin_pulls';

function writeCertificate({ certificate, keep }: Found, want: ScopeWant | undefined, labels: Labels, desk: Desk): void {
  if (certificate === undefined) return;
  const have = want?.originPulls.certificate;
  const fingerprint = certificate === 'none' ? 'none' : certificate.fingerprint;
  const wanted = have === undefined || have === 'none' ? have : have.fingerprint;
  if (wanted !== undefined && wanted !== fingerprint) {
    const live = certificate === 'none' ? 'no certificate' : labels.name(fingerprint);
    desk.note(`the files want another zone certificate than the live one (${live}); they stay as they are.`);
    return;
  }
  if (wanted === undefined) {
    const label = certificate === 'none' ? 'none' : labels.use(fingerprint);
    desk.add([PULLS], 'certificate', () => label, certificate === 'none' ? undefined : doubtComment(certificate));
  }
  const kept = new Set(want?.originPulls.keep?.map((material) => material.fingerprint));
  const missing = keep.filter((use) => !kept.has(use.fingerprint));
  const isSure = certificate === 'none' || certificate.status === undefined;
  desk.extend([PULLS, 'keep'], textsOf(missing, labels), isSure ? SHADOWED : PERHAPS_PRESENTED);
}

const SHADOWED = 'Live and not presented: the certificate above is newer.';
const PERHAPS_PRESENTED = 'Live, and older than the certificate above: which one is presented is not known.';

function writeHostnames(found: Found, want: ScopeWant | undefined, labels: Labels, desk: Desk): void {
  const { hostnames, remarks } = found;
  if (hostnames === undefined) return;
  const have = want?.originPulls.hostnames;
  if (have === undefined) {
    desk.add([PULLS], 'hostnames', (sheet) => sheet.block({}), remarks.hostnames);
  }
  for (const link of sorted(hostnames, ({ hostname }) => hostname)) {
    const wanted = have?.get(link.hostname);
    if (wanted === undefined) {
      const value = { certificate: labels.use(link.fingerprint), enabled: link.enabled };
      desk.add([PULLS, 'hostnames'], link.hostname, (sheet) => sheet.line(value), doubtComment(link));
    } else if (differs(link, wanted)) {
      desk.note(`the files want something else of ${link.hostname} than what is live; they stay as they are.`);
    }
  }
}

function writeStaged({ staged }: Found, want: ScopeWant | undefined, labels: Labels, desk: Desk): void {
  const { hostnameCertificates = [], hostnames = new Map() } = want?.originPulls ?? {};
  const used = [...hostnames.values()].flatMap((it) => (it === 'none' ? [] : [it.certificate]));
  const said = new Set([...hostnameCertificates, ...used].map(({ fingerprint }) => fingerprint));
  const missing = staged.filter(({ fingerprint }) => !said.has(fingerprint));
  desk.extend([PULLS, 'hostname_certificates'], textsOf(missing, labels), 'Live, and no hostname uses them.');
}

type Wanted = NonNullable<ReturnType<NonNullable<ScopeWant['originPulls']['hostnames']>['get']>>;

const differs = (link: Link, wanted: Wanted): boolean =>
  wanted === 'none' || wanted.certificate.fingerprint !== link.fingerprint || wanted.enabled !== link.enabled;

function textsOf(uses: readonly Use[], labels: Labels) {
  const texts = uses.map((use) => {
    const comment = stuckComment(use);
    return { text: labels.use(use.fingerprint), ...(comment === undefined ? {} : { comment }) };
  });
  return sorted(texts, ({ text }) => text);
}

const stuckComment = ({ status }: Use): string | undefined => (status === undefined ? undefined : `${gaveUp(status)}.`);

/** Of what would be presented if it were deployed: the API says nowhere that it is not. */
const doubtComment = ({ status }: Use): string | undefined =>
  status === undefined ? undefined : `${gaveUp(status)}; it may be presented all the same.`;

const gaveUp = (status: string): string => `Reads ${status}: the API gave up on deploying it`;

const sorted = <T>(items: readonly T[], by: (item: T) => string): readonly T[] =>
  [...items].sort((one, other) => (by(one) < by(other) ? -1 : Number(by(one) > by(other))));
