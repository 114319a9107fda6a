import { createHash } from 'node:crypto';
import { parseCertificate } from '../model/certificate.ts';
import type { Material } from '../model/document.ts';
import { inZone } from '../model/hostname.ts';
import type { CertificateRow } from '../model/live.ts';
import type { Remark } from '../model/plan.ts';
import { statusFacts } from '../model/status.ts';
import type { Thing } from '../model/thing.ts';
import { isOwn, presentedThroughout } from './presented.ts';
import { type Case, weakeningsOf } from './safety.ts';
import { some } from './words.ts';

/** What a reader should know though it stops nothing. */
export function remarksOf(it: Case & { readonly materials: ReadonlyMap<string, Material> }): readonly Remark[] {
  const scope = it.state.want.name;
  return REMARKS.flatMap((remark) => remark(it)).map(({ address = null, message }) => ({ scope, address, message }));
}

type Noted = { readonly address?: string | null; readonly message: string };
type Note = (it: Case & { readonly materials: ReadonlyMap<string, Material> }) => readonly Noted[];

const weakened: Note = (it) => weakeningsOf(it).map((message) => ({ message }));

const stuck: Note = ({ state }) =>
  state.before
    .filter(({ status }) => statusFacts(status).stuck)
    .map(({ address, status }) => ({
      address,
      message: `${address} reads ${status}: the API gave up on deploying it, and nothing new may rely on it. It may be presented all the same: look at it in the dashboard, or ask Cloudflare's support, before anything of it is deleted.`,
    }));

const stuckDeletions: Note = ({ state: { live } }) => {
  const { zone_certificates = [], hostname_certificates = [], hostname_associations = [] } = live.lists;
  const rows = [...zone_certificates, ...hostname_certificates, ...hostname_associations];
  const count = rows.filter(({ status }) => status === 'deletion_timed_out').length;
  if (count === 0) return [];
  return [
    {
      message: `${count} deletion${count === 1 ? ' reads' : 's read'} deletion_timed_out and still take${count === 1 ? 's' : ''} a place of the quota. Ask Cloudflare's support.`,
    },
  ];
};

const full: Note = ({ state, kinds }) =>
  kinds.flatMap(({ name, capacity }) => {
    if (capacity === undefined) return [];
    const count = state.after.filter(({ kind }) => kind === name).length;
    // More than fit are refused, and that says more.
    if (count !== capacity.limit) return [];
    return [
      {
        message: `${count} of ${capacity.limit} ${name} places are taken: none of them can be rotated without a moment of danger, because the new one needs a place first. Free one while there is time.`,
      },
    ];
  });

/** Presented today and after this plan, and not within its dates: an origin that checks dates turns requests away already. */
const alreadyExpired: Note = ({ state, validity, now }) => {
  return [...presentedThroughout(state)].flatMap((fingerprint) => {
    const { notBefore = now, notAfter = now + 1 } = (isOwn(fingerprint) && validity(fingerprint)) || {};
    if (notBefore <= now && now < notAfter) return [];
    const address = state.after.find(({ id }) => id === fingerprint)?.address ?? fingerprint;
    const fault = notAfter <= now ? 'has expired' : `is not valid before ${new Date(notBefore).toISOString()}`;
    return { address, message: `${address} ${fault} and is presented to origins.` };
  });
};

const otherChain: Note = ({ state, materials }) => {
  const { zone_certificates = [], hostname_certificates = [] } = state.live.lists;
  return [...zone_certificates, ...hostname_certificates].flatMap((row) => {
    const fingerprint = parseCertificate(row.certificate ?? '')?.fingerprint ?? '';
    const [material, thing] = [materials.get(fingerprint), thingOf(state.after, row)];
    if (material?.certificate === undefined || thing === undefined) return [];
    const live = chainOf(row.certificate);
    if (live.join() === material.chain.join()) return [];
    return [
      {
        address: thing.address,
        message: `${thing.address}: the chain behind the certificate differs (${live.length} live, ${material.chain.length} in the file). A certificate is known by its first block, so nothing is changed; to send another chain, issue a new certificate.`,
      },
    ];
  });
};

const unknownLinks: Note = ({ state }) => {
  const lost = state.before.filter(
    ({ kind, attributes }) => kind === 'hostname_association' && attributes.certificate === 'unlisted',
  );
  if (lost.length === 0) return [];
  return [{ message: `${some(lost.map(({ id }) => id))}: linked to a certificate that the API does not list.` }];
};

/** An id is taken at its word; that it was copied from another zone shows in what is live there. */
const otherZone: Note = ({ state: { want, before } }) => {
  const links = want.id === undefined ? [] : before.filter(({ kind }) => kind === 'hostname_association');
  const foreign = links.filter(({ id }) => !inZone(id, want.name) && !want.originPulls.hostnames?.has(id));
  if (foreign.length === 0) return [];
  return [
    {
      message: `${some(foreign.map(({ id }) => id))}: live in the zone with the id ${want.id}, and not a name in ${want.name}. Look whether that is the id of another zone before anything is applied.`,
    },
  ];
};

const REMARKS: readonly Note[] = [
  weakened,
  stuck,
  stuckDeletions,
  full,
  alreadyExpired,
  otherChain,
  unknownLinks,
  otherZone,
];

const thingOf = (things: readonly Thing[], row: CertificateRow): Thing | undefined =>
  things.find((thing) => thing.row === row.id);

function chainOf(pem: string): readonly string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => {
    const der = Buffer.from(block.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    return `sha256:${createHash('sha256').update(der).digest('hex')}`;
  });
}
