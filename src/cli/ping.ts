import { defaultPolicy } from '../desired/index.ts';
import { verifyToken, whyUnreadable } from '../live/ping.ts';
import type { Desired, ScopeWant } from '../model/document.ts';
import { InternalError } from '../model/fault.ts';
import type { Scope } from '../model/live.ts';
import type { KindName } from '../model/names.ts';
import { eachSideBySide } from '../model/side-by-side.ts';
import { harmless, paragraph } from '../report/harmless.ts';
import { count } from '../report/width.ts';
import type { Arguments } from './args.ts';
import { chosenScopes } from './choice.ts';
import type { Connected, Door } from './door.ts';
import { hasFiles, load } from './load.ts';
import { withApi } from './plan.ts';
import { scopeOf } from './planning.ts';

/** `cf-mtls ping`: is the token good, and can it read what the files need? Exits 0 where everything can be read, else 1. */
export async function ping(args: Arguments, door: Door): Promise<number> {
  const desired = hasFiles(args, door) ? load(args, door) : undefined;
  return withApi(args, door, desired?.policy ?? defaultPolicy(), async (connected) => {
    const wants =
      desired === undefined ? [] : chosenScopes(desired, args.options.zone ?? [], args.options.account ?? []);
    const token = await verifyToken(connected.api, accountsIn(desired));
    door.stdout.write(`${token.ok ? 'ok    ' : 'FAILED'}  Credentials: ${paragraph(token.message)}\n`);
    const zones = await zonesOf(wants, connected);
    const answers = new Map<ScopeWant, readonly Answer[]>();
    await eachSideBySide(wants, 8, async (want) => {
      answers.set(want, await answersFor(want, zones, connected, door));
    });
    const all = wants.map((want) => ({ want, answers: answers.get(want) ?? [] }));
    for (const it of all) door.stdout.write(linesFor(it.want, it.answers));
    const bad = all.flatMap((it) => it.answers.filter(({ why }) => why !== undefined)).length;
    door.stdout.write(ending(desired, bad, token.ok));
    door.stderr.write(`It took ${count(connected.api.requests, 'request')}.\n`);
    return token.ok && bad === 0 ? 0 : 1;
  });
}

interface Answer {
  readonly section: string;
  /** Why it can't be read. */
  readonly why?: string;
}

/** The places of the file, by the kind that they speak of. */
const SECTIONS: Readonly<Record<KindName, string>> = {
  zone_certificate: 'authenticated_origin_pulls.certificate',
  zone_enablement: 'authenticated_origin_pulls.enabled',
  tls_client_auth: 'tls_client_auth',
  hostname_certificate: 'authenticated_origin_pulls.hostname_certificates',
  hostname_association: 'authenticated_origin_pulls.hostnames',
  access_certificate: 'access.certificates',
  access_hostname_setting: 'access.hostname_settings',
};

type Zones = Awaited<ReturnType<Connected['findZones']>>;

/** A look-up that fails for all of them is an answer too. */
async function zonesOf(wants: readonly ScopeWant[], connected: Connected): Promise<Zones> {
  const zones = wants.filter(({ kind }) => kind === 'zone');
  try {
    return await connected.findZones(zones);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof InternalError) throw error;
    return new Map(zones.map(({ name }) => [name, { message: error.message }]));
  }
}

async function answersFor(
  want: ScopeWant,
  zones: Zones,
  { api }: Connected,
  { registry }: Door,
): Promise<readonly Answer[]> {
  let scope: Scope;
  try {
    scope = scopeOf(want, zones);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof InternalError) throw error;
    return [{ section: 'id', why: error.message }];
  }
  const asked = new Map<string, Promise<string | undefined>>();
  const answers = registry.kinds
    .filter((kind) => kind.wanted(want) !== undefined)
    .map(async (kind): Promise<Answer> => {
      const reasons = kind.reads(want).map((name) => {
        const reason = asked.get(name) ?? whyUnreadable(scope, registry.lists[name], api);
        asked.set(name, reason);
        return reason;
      });
      const why = (await Promise.all(reasons)).find((reason) => reason !== undefined);
      return { section: SECTIONS[kind.name], ...(why === undefined ? {} : { why }) };
    });
  return Promise.all(answers);
}

function linesFor({ name }: ScopeWant, answers: readonly Answer[]): string {
  if (answers.length === 0) return `ok      ${name}: nothing is managed\n`;
  return answers
    .map(({ section, why }) =>
      why === undefined
        ? `ok      ${harmless(name)}: ${section}\n`
        : `FAILED  ${harmless(name)}: ${section}\n          ${paragraph(why)}\n`,
    )
    .join('');
}

function ending(desired: Desired | undefined, bad: number, tokenIsGood: boolean): string {
  if (desired === undefined) return 'There are no files here, so only the credentials were looked at.\n';
  if (bad > 0) return `${bad} of the sections can not be read.\n`;
  if (!tokenIsGood) return 'The credentials could not be verified.\n';
  return 'Everything that the files manage can be read. Whether it may be written shows only when it is: that takes `Write` in place of `Read`.\n';
}

function accountsIn(desired: Desired | undefined): readonly string[] {
  const scopes = desired?.scopes ?? [];
  return [...new Set(scopes.flatMap(({ kind, name, accountId }) => (kind === 'account' ? name : (accountId ?? []))))];
}
