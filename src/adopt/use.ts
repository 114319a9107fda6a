import { statusFacts } from '../model/status.ts';
import type { Thing } from '../model/thing.ts';
import type { Use } from './found.ts';

/** A mention of a certificate, with its status where the API gave up on it. */
export function useOf({ id, status }: Thing): Use {
  return { fingerprint: id, ...stuckStatus(status) };
}

export function stuckStatus(status: string | undefined): { readonly status?: string } {
  return status !== undefined && statusFacts(status).stuck ? { status } : {};
}

/** What a file can't say: a certificate that can't be read, or that is there twice with different chains. */
export const isOdd = ({ id }: Thing): boolean => !/^sha256:[0-9a-f]{64}$/.test(id);
