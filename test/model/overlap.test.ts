import { expect, it } from 'vitest';
import { saysOverlap } from '../../src/model/overlap.ts';

it.each([
  'access.api.error.conflict: a.com is associated with another certificate',
  'access.api.error.conflict: hostname already associated',
  'access.api.error.invalid_request: hostname a.com already exists on another certificate',
  'access.api.error.invalid_request: duplicate hostname',
  'domain name a.com is in use by a different mtls certificate',
])('knows that a hostname is on two certificates by: %s', (message) => expect(saysOverlap(message)).toBe(true));

it.each([
  'access.api.error.conflict: certificate has active associations',
  'access.api.error.conflict: previous certificate settings still being updated',
  'access.api.error.invalid_request: certificate already exists',
  'access.api.error.invalid_request: maximum number of hostnames is already associated',
  'access.api.error.hostnames_must_belong_to_your_domain',
  'access.api.error.invalid_request: maximum number of certificates has been reached',
])('takes something else for something else: %s', (message) => expect(saysOverlap(message)).toBe(false));
