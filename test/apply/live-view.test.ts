import { expect, it } from 'vitest';
import { LiveView } from '../../src/apply/live-view.ts';
import { liveOf } from '../plan/toy.ts';

const row = (id: string, status = 'active') => ({ id, certificate: '', status });
const listed = (view: LiveView) => view.now.lists.hostname_certificates?.map(({ id, status }) => `${id} ${status}`);

it('shows what was uploaded until a reading shows it', () => {
  const view = new LiveView(liveOf({ hostname_certificates: [row('old')] }));
  view.remember('hostname_certificates', row('new', 'initializing'));
  expect(listed(view)).toEqual(['old active', 'new initializing']);
  view.update(liveOf({ hostname_certificates: [row('old')] }), 1000);
  expect(listed(view), 'a list can lag behind').toEqual(['old active', 'new initializing']);
  expect(view.unlisted('hostname_certificates')).toEqual(['new']);
  view.update(liveOf({ hostname_certificates: [row('old'), row('new')] }), 1000);
  expect(listed(view)).toEqual(['old active', 'new active']);
  expect(view.unlisted('hostname_certificates')).toEqual([]);
});

it('takes the answer of a switch for its reading', () => {
  const view = new LiveView(liveOf({ zone_enablement: [{ enabled: false }] }));
  view.remember('zone_enablement', { enabled: true });
  expect(view.now.lists.zone_enablement).toEqual([{ enabled: true }]);
});

it('knows which lists must be read again', () => {
  const view = new LiveView(liveOf({ hostname_certificates: [] }));
  expect(view.isFresh('hostname_certificates')).toBe(true);
  expect(view.isFresh('zone_certificates'), 'never read').toBe(false);
  view.outdated('hostname_certificates');
  expect(view.isFresh('hostname_certificates')).toBe(false);
  view.update(liveOf({ hostname_certificates: [] }), 1000);
  expect(view.isFresh('hostname_certificates')).toBe(true);
});

it('knows what can not have taken effect yet, until it is read or something else changes it', () => {
  const view = new LiveView(liveOf({ hostname_associations: [] }));
  view.deploying('hostname_associations');
  expect([view.isFresh('hostname_associations'), view.isDeploying('hostname_associations')]).toEqual([false, true]);
  view.outdated('hostname_associations');
  expect([view.isFresh('hostname_associations'), view.isDeploying('hostname_associations')]).toEqual([false, false]);
  view.deploying('hostname_associations');
  view.update(liveOf({ hostname_associations: [] }), 1000);
  expect([view.isFresh('hostname_associations'), view.isDeploying('hostname_associations')]).toEqual([true, false]);
});

it('takes a reading for the present only for its time, and until something is written', () => {
  const view = new LiveView(liveOf({ hostname_associations: [] }));
  expect(view.isCurrent('hostname_associations', 0), 'read for the plan').toBe(false);
  view.update(liveOf({ hostname_associations: [] }), 1000);
  expect(view.isCurrent('hostname_associations', 999)).toBe(true);
  expect(view.isCurrent('hostname_associations', 1000), 'read too long ago').toBe(false);
  expect(view.isCurrent('hostname_certificates', 999)).toBe(false);
  view.written();
  expect(view.isCurrent('hostname_associations', 999)).toBe(false);
});
