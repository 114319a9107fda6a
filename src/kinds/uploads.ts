import { ApiError, type ApiRequest } from '../model/api.ts';
import { byAge } from '../model/by-age.ts';
import { md5OfAccess, parseCertificate } from '../model/certificate.ts';
import type { CertificateFacts, Material } from '../model/document.ts';
import { InternalError } from '../model/fault.ts';
import { found } from '../model/found.ts';
import type { Progress, Tools } from '../model/kind.ts';
import type { CertificateRow, Lists, ScopeLive } from '../model/live.ts';
import { statusFacts } from '../model/status.ts';
import { asLive, type Step, type Thing } from '../model/thing.ts';
import { rowIn } from '../model/whole.ts';
import { meets } from './conflicts.ts';
import { LISTS, WRITE } from './lists.ts';

/** The two stores of origin-pull certificates; they share their wire format and nothing else. */
export type Store = 'zone_certificates' | 'hostname_certificates';

/** The live certificates of a store, oldest first, as things; a second one with the same content is `…#2`. */
export function certificateThings(
  live: ScopeLive,
  store: Store,
  thing: (id: string, row: CertificateRow) => Thing,
): readonly Thing[] {
  const seen = new Map<string, number>();
  return [...(live.lists[store] ?? [])]
    .filter((row) => statusFacts(row.status).live)
    .sort(byAge)
    .map((row) => {
      const fingerprint = fingerprintOf(row);
      const nth = (seen.get(fingerprint) ?? 0) + 1;
      seen.set(fingerprint, nth);
      const id = nth === 1 ? fingerprint : `${fingerprint}#${nth}`;
      return asLive(thing(id, row), row.id, row.status);
    });
}

/** Identity of a row: the SHA-256 of its first certificate, or its id where the API sends nothing readable. */
export function fingerprintOf(row: CertificateRow): string {
  return parseCertificate(row.certificate ?? '')?.fingerprint ?? `unreadable:${row.id}`;
}

/** The live row of a certificate, the newest where there are several. */
export function rowOf(live: ScopeLive, store: Store, fingerprint: string): CertificateRow | undefined {
  return [...(live.lists[store] ?? [])]
    .filter((row) => statusFacts(row.status).live && fingerprintOf(row) === fingerprint)
    .sort(byAge)
    .at(-1);
}

/** Why a zone that is switched on does not present this certificate, as the end of a sentence; null where it does. */
export function whyNotPresented(live: ScopeLive, fingerprint: string, leaving: readonly string[] = []): string | null {
  const row = rowOf(live, 'zone_certificates', fingerprint);
  if (row === undefined) return 'is no longer there';
  if (statusFacts(row.status).presentable !== 'now') return `reads ${row.status}`;
  const newest = [...(live.lists.zone_certificates ?? [])]
    .filter(({ id, status }) => statusFacts(status).live && !statusFacts(status).stuck && !leaving.includes(id))
    .sort(byAge)
    .at(-1);
  return newest?.id === row.id ? null : 'is not the newest';
}

/** Whether a certificate may be relied on, for the `await` stage. */
export function untilActive(live: ScopeLive, store: Store, fingerprint: string): Progress {
  const row = rowOf(live, store, fingerprint);
  if (row === undefined) return 'waiting';
  const { presentable } = statusFacts(row.status);
  if (presentable === 'now') return 'done';
  if (presentable === 'later') return 'waiting';
  return {
    failed: `the certificate reads ${row.status}. Look at it in the dashboard, or want another certificate in its place; nothing that relies on it is changed`,
  };
}

/** Whether a deleted certificate has left its place. */
export function untilGone(live: ScopeLive, store: Store, step: Step): Progress {
  const row = (live.lists[store] ?? []).find(({ id }) => id === step.task.row);
  if (row === undefined || row.status === 'deleted') return 'done';
  if (row.status === 'deletion_timed_out')
    return { failed: 'the deletion reads deletion_timed_out; try it again later' };
  return 'waiting';
}

/** Uploads one certificate with its key; one that is there already is adopted, one that is going away is waited for. */
export async function uploadWithKey(step: Step, tools: Tools, store: Store, path: string): Promise<void> {
  const material = tools.material(step.id);
  const { pem } = contentOf(material);
  const body = { certificate: pem, private_key: tools.key(material.fingerprint).reveal() };
  // The store takes a certificate once: where an answer was lost, or says that it exists, the list knows more.
  const post: ApiRequest = { method: 'POST', path, body, permission: WRITE.certificates, once: true };
  const find = async () => rowOf(await tools.read(store), store, material.fingerprint);
  const { row, ...trace } = await tools.patiently(`${material.label} can be uploaded`, LATER, async () => {
    try {
      const answer = await tools.api.requestAfter<CertificateRow>(async (lost) =>
        lost && (await find()) !== undefined ? undefined : post,
      );
      if (answer !== undefined) return { ...answer, row: rowIn(answer, LISTS[store], post, true) };
    } catch (error) {
      // That the list cannot be read either is not what matters then.
      if (!meets('lost', 'exists')(error) || (await find().catch(() => undefined)) === undefined) throw error;
    }
    return { row: found(rowOf(tools.live(), store, material.fingerprint), `${step.address} in its list`) };
  });
  const answered = fingerprintOf(row);
  if (answered !== material.fingerprint) throw new WrongAnswerError(material, answered);
  tools.remember(store, row);
  tools.done(step, trace);
  if (!statusFacts(row.status).live) await untilBack(step, tools, store);
}

/** A certificate that was deleted a moment ago comes back under its old id, and may read as on its way out at first. */
async function untilBack(step: Step, tools: Tools, store: Store): Promise<void> {
  const isAway = (error: unknown): boolean => error instanceof AwayError;
  await tools.patiently(`${step.address} is back`, isAway, async () => {
    if (rowOf(await tools.read(store), store, step.id) === undefined)
      throw new AwayError(`${step.address} was uploaded, and still reads as being deleted. Plan again`);
  });
}
class AwayError extends Error {}

/** Going away, not listed yet, or answered with less than a certificate: then a second POST is told that it exists. */
const LATER = (error: unknown): boolean =>
  meets('exists', 'busy')(error) || (error instanceof ApiError && (error.failure.status ?? 500) < 300);

/** The PEM behind a label; the plan has refused what can't be uploaded, so it is there. */
export function contentOf(material: Material): CertificateFacts {
  if (material.certificate === undefined) throw new InternalError(`${material.label} has no certificate to upload`);
  return material.certificate;
}

/** The answer to an upload names another certificate than the one that was sent. */
export class WrongAnswerError extends Error {
  constructor(material: Material, answered: string) {
    super(
      `the API answered the upload of ${material.label} (${material.fingerprint}) with another certificate (${answered}). Nothing more is done in this scope; look at what is live before trying again`,
    );
    this.name = 'WrongAnswerError';
  }
}

/** Notes the rows of a list that the API calls by a fingerprint, for the Access kinds. */
export const md5OfRow = (row: Lists['access_certificates'][number]): string => md5OfAccess(row.fingerprint);
