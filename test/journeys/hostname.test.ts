import { describe, expect } from 'vitest';
import { journey, type Stop } from '../support/journey.ts';

const zone = (authenticated_origin_pulls: object, policy?: object) => ({
  zones: { 'example.com': { authenticated_origin_pulls, ...(policy ? { policy } : {}) } },
});
const methods = (writes: readonly string[]) => writes.map((it) => it.split(' ')[0]);
const names = (count: number, prefix: string) => Array.from({ length: count }, (_, place) => `${prefix}${place + 1}`);
/** `h1.example.com` with the first label, and so on. */
const linked = (labels: readonly string[]) =>
  Object.fromEntries(labels.map((certificate, place) => [`h${place + 1}.example.com`, { certificate, enabled: true }]));
/** So many hostnames on one certificate. */
const crowd = (from: number, to: number, certificate: string) =>
  Object.fromEntries(
    Array.from({ length: to - from + 1 }, (_, place) => [`n${from + place}.example.com`, { certificate }]),
  );

describe('per-hostname origin pulls', () => {
  journey('rotation of a hostname certificate with several hostnames', [
    { name: 'old', want: zone({ hostnames: linked(['app-2026', 'app-2026', 'app-2026']) }) },
    {
      name: 'new: one upload, one PUT for all hostnames, one deletion',
      want: zone({ hostnames: linked(['app-2027', 'app-2027', 'app-2027']) }),
      writes: (writes) => expect(methods(writes)).toEqual(['POST', 'PUT', 'DELETE']),
    },
  ]);

  journey('association enabled, disabled, void', [
    { name: 'enabled', want: zone({ hostnames: { 'app.example.com': { certificate: 'app-2026', enabled: true } } }) },
    {
      name: 'disabled',
      want: zone({ hostnames: { 'app.example.com': { certificate: 'app-2026', enabled: false } } }),
      writes: (writes) => expect(methods(writes)).toEqual(['PUT']),
    },
    {
      name: 'void; its certificate stays staged',
      want: zone({ hostnames: { 'app.example.com': 'none' }, hostname_certificates: ['app-2026'] }),
      writes: (writes) => expect(methods(writes)).toEqual(['PUT']),
    },
  ]);

  journey('nine hostname certificates in use replaced by nine others', [
    { name: 'nine', want: zone({ hostnames: linked(names(9, 'old-')) }) },
    {
      name: 'nine others, in waves of one',
      want: zone({ hostnames: linked(names(9, 'new-')) }),
      writes: (writes) => expect(methods(writes)).toEqual(Array(9).fill(['POST', 'PUT', 'DELETE']).flat()),
    },
  ]);

  journey('ten unused certificates replaced by ten others', [
    { name: 'ten', want: zone({ hostnames: {}, hostname_certificates: names(10, 'old-') }) },
    {
      name: 'ten others: first all go, then all come',
      want: zone({ hostnames: {}, hostname_certificates: names(10, 'new-') }),
      writes: (writes) => expect(methods(writes)).toEqual([...Array(10).fill('DELETE'), ...Array(10).fill('POST')]),
    },
  ]);

  journey('ten of ten where one hostname leaves with its certificate and another comes', [
    { name: 'ten', want: zone({ hostnames: linked(names(10, 'old-')) }) },
    {
      name: 'one out, one in',
      want: zone({
        hostnames: {
          ...linked(names(9, 'old-')),
          'h10.example.com': 'none',
          'h11.example.com': { certificate: 'new-11' },
        },
      }),
      writes: (writes) => expect(methods(writes)).toEqual(['PUT', 'DELETE', 'POST', 'PUT']),
    },
  ]);

  journey('ten in use by ten others', [
    { name: 'ten', want: zone({ hostnames: linked(names(10, 'old-')) }) },
    { name: 'ten others: refused, with the way out', want: zone({ hostnames: linked(names(10, 'new-')) }), exits: 1 },
    {
      name: 'the way out: first two hostnames share one',
      want: zone({ hostnames: linked(['old-2', ...names(10, 'old-').slice(1)]) }),
    },
    {
      name: 'then everything',
      want: zone({ hostnames: linked(['new-2', 'new-2', ...names(10, 'new-').slice(2)]) }),
    },
  ]);

  journey('a certificate with a hundred hostnames, one out and one in', [
    {
      name: 'a hundred',
      want: zone({ hostnames: crowd(1, 100, 'app-2026') }),
      writes: (it) => expect(methods(it)).toEqual(['POST', 'PUT']),
    },
    {
      name: 'one out, one in',
      want: zone({ hostnames: { ...crowd(2, 101, 'app-2026'), 'n1.example.com': 'none' } }),
      writes: (writes) => expect(methods(writes)).toEqual(['PUT', 'PUT']),
    },
    {
      name: 'one moves to another certificate, one comes',
      want: zone({ hostnames: { ...crowd(3, 102, 'app-2026'), 'n2.example.com': { certificate: 'other' } } }),
      writes: (writes) => expect(methods(writes)).toEqual(['POST', 'PUT', 'PUT']),
    },
  ]);

  journey('a hostname moved between certificates', [
    { name: 'apart', want: zone({ hostnames: linked(['app-2026', 'www-2026']) }) },
    {
      name: 'the first moves: one PUT, and what nobody uses goes',
      want: zone({ hostnames: linked(['www-2026', 'www-2026']) }),
      writes: (writes) => expect(methods(writes)).toEqual(['PUT', 'DELETE']),
    },
  ]);

  journey('a hundred and fifty hostnames to a new certificate', [
    { name: 'old', want: zone({ hostnames: { ...crowd(1, 75, 'a'), ...crowd(76, 150, 'b') } }) },
    {
      name: 'new',
      want: zone({ hostnames: { ...crowd(1, 75, 'c'), ...crowd(76, 150, 'd') } }),
      writes: (writes) => expect(methods(writes)).toEqual(['POST', 'POST', 'PUT', 'PUT', 'DELETE', 'DELETE']),
    },
  ]);

  journey('the store without the associations', [
    { name: 'with hostnames', want: zone({ hostnames: linked(['app-2026']), hostname_certificates: ['spare'] }) },
    {
      name: 'certificates only: what an unmanaged link uses stays',
      want: zone({ hostname_certificates: ['other'] }),
      writes: (writes) => expect(methods(writes)).toEqual(['POST', 'DELETE']),
    },
  ]);

  const twice: readonly Stop[] = [
    { name: 'two', want: zone({ hostnames: linked(['a', 'b']) }) },
    {
      name: 'swapped in one request',
      want: zone({ hostnames: linked(['b', 'a']) }),
      writes: (it) => expect(methods(it)).toEqual(['PUT']),
    },
  ];
  journey('two hostnames swap their certificates', twice);
});
