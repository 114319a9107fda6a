import type { AccessWant, Material, ScopeWant } from '../../src/model/document.ts';

const at = { file: 'kinds.yaml', line: 1, col: 1 };
export const material = (label: string): Material => ({
  label,
  at,
  fingerprint: `sha256:${label}`,
  md5s: [`md5:${label}`],
  chain: [`sha256:${label}`],
});

/** A zone of which everything is managed. */
export const everything: ScopeWant = {
  kind: 'zone',
  name: 'example.com',
  at,
  tlsClientAuth: true,
  originPulls: {
    enabled: true,
    certificate: material('edge'),
    hostnames: new Map([['app.example.com', { certificate: material('app'), enabled: true }]]),
    hostnameCertificates: [material('staged')],
  },
  access: { certificates: [], hostnameSettings: new Map() },
  prune: true,
  allow: [],
};
export const accountWith = (access: AccessWant): ScopeWant => ({
  kind: 'account',
  name: 'a'.repeat(32),
  at,
  originPulls: {},
  access,
  prune: true,
  allow: [],
});
