import { expect, it } from 'vitest';
import { LiveView } from '../../src/apply/live-view.ts';
import { liveOf } from '../plan/toy.ts';

const row = (id: string, status = 'active') => ({ id, certificate: '', status });
const listed = (view: LiveView) => view.now.lists.hostname_certificates?.map(({ id, status }) => `${id} ${status}`);

it('shows what was uploaded until a reading shows it', () => {
  const view = new LiveView(liveOf({ hostname_certificates: [row('old')] }));
  view.remember('hostname_certificates', row('new', 'initializing'));
  expect(listed(view)).toEqual(['old active', 'new initializing']);
  view.update(liveOf({ hostname_certificates: [row('old')] }));
  expect(listed(view), 'a list can lag behind').toEqual(['old active', 'new initializing']);
  expect(view.unlisted('hostname_certificates')).toEqual(['new']);
  view.update(liveOf({ hostname_certificates: [row('old'), row('new')] }));
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
  view.update(liveOf({ hostname_certificates: [] }));
  expect(view.isFresh('hostname_certificates')).toBe(true);
});
