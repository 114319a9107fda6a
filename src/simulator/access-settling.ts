import type { AccessCertificate, AccessStore, Account, World } from './world.ts';

/** Access takes changes over after the answer; until then it refuses others. Answers when that will be. */
export function startSettling(world: World, account: Account): number {
  account.settlingUntil = world.now + world.rules.delays.accessSettle;
  return account.settlingUntil;
}

/** Takes the pending hostnames of a certificate over: now where they are due, else when they are. */
export function followHostnames(world: World, store: AccessStore, scope: string, certificate: AccessCertificate): void {
  world.dirty.stores.set(store, scope);
  const { pending } = certificate;
  if (pending === null) return;
  if (pending.at > world.now) {
    world.agenda.add(pending.at, () => followHostnames(world, store, scope, certificate));
    return;
  }
  certificate.hostnames = pending.hostnames;
  certificate.pending = null;
  certificate.updatedAt = pending.at;
}

/** The same for the pending settings of an account. */
export function followSettings(world: World, account: Account): void {
  const { pendingSettings: pending } = account;
  if (pending === null) return;
  if (pending.at > world.now) {
    world.agenda.add(pending.at, () => followSettings(world, account));
    return;
  }
  account.settings.clear();
  for (const row of pending.rows) account.settings.set(row.hostname, row);
  account.pendingSettings = null;
}
