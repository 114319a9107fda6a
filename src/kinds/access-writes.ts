import { ApiError, type ApiRequest, unread } from '../model/api.ts';
import { found } from '../model/found.ts';
import { comparable } from '../model/hostname.ts';
import type { Tools } from '../model/kind.ts';
import type { AccessCertificateRow, ScopeLive } from '../model/live.ts';
import type { Step } from '../model/thing.ts';
import { rowIn } from '../model/whole.ts';
import { meets } from './conflicts.ts';
import { accessPath, LISTS, WRITE } from './lists.ts';
import { contentOf, md5OfRow, WrongAnswerError } from './uploads.ts';

const LIST = 'access_certificates';

/** The hostnames of a row, as they are compared. */
export const hostnamesOf = (row: AccessCertificateRow): readonly string[] =>
  [...(row.associated_hostnames ?? [])].map((hostname) => comparable(hostname)).sort();

/** The row that a step speaks of: by id where it was live, else the newest upload of this content, of this name if there is one. */
export function rowOf({ task }: Step, live: ScopeLive): AccessCertificateRow | undefined {
  const rows = live.lists[LIST] ?? [];
  if (task.row !== null) return rows.find(({ id }) => id === task.row);
  const same = rows.filter((row) => (task.md5s as readonly string[]).includes(md5OfRow(row)));
  return same.findLast(({ name }) => name === task.name) ?? same.at(-1);
}

/** Uploads a CA; one that came since the plan was made, by an upload of ours whose answer was lost or by another run, is adopted. */
export async function upload(step: Step, tools: Tools): Promise<void> {
  const material = tools.material(String(step.task.fingerprint));
  const hostnames = step.task.hostnames as readonly string[];
  const known = new Set((tools.live().lists[LIST] ?? []).map(({ id }) => id));
  const find = async () => {
    const live = await tools.read(LIST);
    return rowOf(step, { ...live, lists: { [LIST]: live.lists[LIST]?.filter(({ id }) => !known.has(id)) ?? [] } });
  };
  const post: ApiRequest = {
    method: 'POST',
    path: accessPath(tools.scope),
    body: { name: step.task.name, certificate: contentOf(material).pem, associated_hostnames: hostnames },
    permission: WRITE.access,
  };
  const { row, trace } = await tools.patiently<Uploaded>(`${step.address} can be uploaded`, TAKEN_UP, async () => {
    const there: { row?: AccessCertificateRow | undefined } = {};
    try {
      const answer = await tools.api.requestAfter<AccessCertificateRow>(async () => {
        there.row = await find();
        return there.row ? undefined : post;
      });
      if (there.row !== undefined) return { row: there.row };
      const trace = found(answer, `an answer to the upload of ${step.address}`);
      return { row: rowIn(trace, LISTS[LIST], post, true), trace };
    } catch (error) {
      if (meets('overlap')(error)) throw overlapError(error, step, { hostnames }, tools);
      if (!meets('lost', 'exists')(error)) throw error;
      // Access may take a CA twice, so it is never sent again: either the list shows it in time, or we say so.
      const appeared = async () => {
        const row = await find().catch((why: unknown) => {
          throw error instanceof ApiError && why instanceof ApiError ? unread(error.failure, why) : why;
        });
        if (row === undefined) throw error;
        return { row };
      };
      return await tools.patiently(`the list shows ${step.address}`, (it) => it === error, appeared);
    }
  });
  if (!material.md5s.includes(md5OfRow(row))) throw new WrongAnswerError(material, md5OfRow(row));
  tools.remember(LIST, row);
  if (trace === undefined) await complete(step, row, tools);
  tools.done(step, trace);
}

/** Without a trace it was adopted. */
interface Uploaded {
  readonly row: AccessCertificateRow;
  readonly trace?: Parameters<Tools['done']>[1];
}

/** Adds or releases hostnames on what is live now, so that nothing of another hand is lost. */
export async function update(step: Step, tools: Tools): Promise<void> {
  const { lost = [], wants = [], covered = [] } = step.task as Record<string, readonly string[]>;
  const trace = await tools.patiently(`${step.address} can be updated`, TAKEN_UP, async () => {
    const isRelease = step.stage === 'dissociate';
    const look = async () => {
      const live = await tools.read(LIST);
      const row = rowOf(step, live);
      if (row === undefined && isRelease) return undefined;
      if (row === undefined) throw new Error(`${step.address} is no longer there; plan again`);
      const others = (live.lists[LIST] ?? []).filter(({ id }) => id !== row.id).flatMap(hostnamesOf);
      const bare = covered.filter((hostname) => !others.includes(hostname));
      if (bare.length > 0)
        throw new Error(`${step.address} keeps its hostnames: no other CA holds ${bare.join(', ')} yet. Plan again`);
      // All that is wanted of it: the list may be late, and not show yet what this run has added.
      return { row, hostnames: [...hostnamesOf(row), ...wants].filter((hostname) => !lost.includes(hostname)) };
    };
    try {
      return await put(step, look, tools);
    } catch (error) {
      // Gone with its certificate, by somebody else's hand: released all the same.
      if (isRelease && meets('gone')(error)) return undefined;
      throw error;
    }
  });
  tools.done(step, trace);
}

/** Deletes a CA that, looked at once more, holds no hostname. */
export async function deleteCleared(step: Step, tools: Tools): Promise<void> {
  const isBusy = (error: unknown) => error instanceof HoldsHostnamesError || meets('in use', 'updating', 'busy')(error);
  const trace = await tools.patiently(`${step.address} can be deleted`, isBusy, async () => {
    try {
      return await tools.api.requestAfter(async () => {
        const row = rowOf(step, await tools.read(LIST));
        if (row === undefined) return undefined;
        if (hostnamesOf(row).length > 0) throw new HoldsHostnamesError(step, row);
        return { method: 'DELETE', path: `${accessPath(tools.scope)}/${row.id}`, permission: WRITE.access };
      });
    } catch (error) {
      if (meets('gone')(error)) return undefined;
      throw error;
    }
  });
  tools.done(step, trace);
}

class HoldsHostnamesError extends Error {
  constructor({ address }: Step, row: AccessCertificateRow) {
    super(`${address} still holds ${hostnamesOf(row).join(', ')}; it is not deleted. Plan again`);
  }
}

/** Access carries out one change after the other. */
const TAKEN_UP = meets('updating', 'busy');

/** An adopted certificate may be somebody else's upload, without the name and hostnames that ours was to have. */
async function complete(step: Step, row: AccessCertificateRow, tools: Tools): Promise<void> {
  const wanted = step.task.hostnames as readonly string[];
  const has = hostnamesOf(row);
  if (row.name === step.task.name && wanted.every((hostname) => has.includes(hostname))) return;
  const look = async () => {
    // Who keeps us waiting changes it: what it holds is read anew.
    const { lists } = await tools.current(LIST);
    const now = lists[LIST]?.find(({ id }) => id === row.id) ?? row;
    return { row: now, hostnames: [...hostnamesOf(now), ...wanted] };
  };
  await tools.patiently(`${step.address} can be updated`, TAKEN_UP, () => put(step, look, tools));
}

/** A row, and the hostnames that it is to hold. */
interface Holding {
  readonly row: AccessCertificateRow;
  readonly hostnames: readonly string[];
}

async function put(step: Step, look: () => Promise<Holding | undefined>, tools: Tools) {
  let last: Partial<Holding> = {};
  try {
    return await tools.api.requestAfter<AccessCertificateRow>(async () => {
      const holding = await look();
      if (holding === undefined) return undefined;
      last = holding;
      return {
        method: 'PUT',
        path: `${accessPath(tools.scope)}/${holding.row.id}`,
        // Whether an omitted name is kept is not known.
        body: { name: step.task.name, associated_hostnames: [...new Set(holding.hostnames)].sort() },
        permission: WRITE.access,
      };
    });
  } catch (error) {
    throw meets('overlap')(error) ? overlapError(error, step, last, tools) : error;
  }
}

/** The refusal of a hostname on two certificates, with who holds it and what choice there is. */
function overlapError(
  error: unknown,
  { address }: Step,
  { row: own, hostnames = [] }: Partial<Holding>,
  tools: Tools,
): unknown {
  if (!(error instanceof ApiError)) return error;
  const sent = new Set(hostnames.map(comparable));
  const holders = (tools.live().lists[LIST] ?? []).flatMap((row) => {
    const held = row.id === own?.id ? [] : hostnamesOf(row).filter((hostname) => sent.has(hostname));
    return held.length === 0 ? [] : [`“${row.name}” holds ${held.join(', ')}`];
  });
  const advice = `This API refuses a hostname on two certificates, and ${holders.join('; ') || 'one outside this scope holds it'}. Release it there in a commit of its own (--allow access-hostname-uncovered), and give it to ${address} in the next: in between it has no CA, so do it in a quiet hour. Where clients of both CAs are to be let in afterwards, take both out first and upload them as one bundle under one key`;
  return new ApiError({ ...error.failure, advice });
}
