import { beforeAll, describe, expect, it } from 'vitest';
import { zoneCertificate } from '../../src/kinds/zone-certificate.ts';
import type { Material, ScopeWant } from '../../src/model/document.ts';
import { sidesOf } from '../../src/plan/hands-off.ts';
import { testCertificate } from '../support/certificates.ts';
import { everything, material } from './wants.ts';

let made: readonly (Material & { readonly pem: string })[];
beforeAll(async () => {
  made = await Promise.all(
    ['oldest', 'older', 'newest'].map(async (label) => {
      const { certificate, sha256 } = await testCertificate(label);
      return { ...material(label), fingerprint: sha256, pem: certificate };
    }),
  );
});

/** Labels that are live after a plan which wants one of three and keeps others, each uploaded a day after the last. */
function after(wanted: number, kept: readonly number[], statuses: readonly string[] = []): readonly string[] {
  const of = (place: number): Material => made[place] ?? material('none');
  const want: ScopeWant = { ...everything, originPulls: { certificate: of(wanted), keep: kept.map(of) } };
  const rows = made.map(({ pem }, place) => ({
    id: `${place}`,
    certificate: pem,
    status: statuses[place] ?? 'active',
    uploaded_on: `2026-05-0${place + 1}T00:00:00Z`,
  }));
  const live = { scope: { kind: 'zone', name: 'example.com', id: '1' }, lists: { zone_certificates: rows } } as const;
  const sides = sidesOf([zoneCertificate], want, live);
  return sides.after.map(({ id, attributes }) => {
    const label = made.find(({ fingerprint }) => fingerprint === id)?.label ?? id;
    return attributes.presented ? `${label}, presented` : label;
  });
}

describe('a zone certificate', () => {
  it('keeps an older one for a rollback, and prunes the others', () => {
    expect(after(2, [1])).toEqual(['older', 'newest, presented']);
  });

  it('does not keep one that stands in front of the wanted one', () => {
    expect(after(1, [2])).toHaveLength(1);
    expect(after(0, [1, 2])).toHaveLength(1);
  });

  it('does not take for presented what the API gave up on', () => {
    expect(after(2, [0, 1], ['active', 'active', 'deployment_timed_out'])).toEqual([
      'oldest',
      'older, presented',
      'newest',
    ]);
  });

  it('is not there while it is being deleted', () => {
    expect(after(2, [0, 1], ['pending_deletion'])).toEqual(['older', 'newest, presented']);
  });
});
