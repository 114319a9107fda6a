import { beforeAll, describe, expect, it } from 'vitest';
import { type DesiredDoor, loadDesired } from '../../src/desired/index.ts';
import { type TestCertificate, testCertificate } from '../support/certificates.ts';
import { memoryDoor } from './support.ts';

const EXAMPLE = `# yaml-language-server: $schema=schemas/desired-state.schema.json
version: 1
certificates:
  edge-2026:
    certificate: { file: certs/edge-2026.pem }
    private_key: { env: EDGE_2026_KEY }
  edge-2025: { certificate: { env: EDGE_2025 } }
  app-2026: { certificate: { file: certs/app-2026.pem }, private_key: { exec: [op, read, "op://vault/edge/key"] } }
  app-2027: { certificate: { file: certs/app-2027.pem }, private_key: { file: ../app-2027.key } }
  staff-ca:
    certificate: { file: certs/staff-ca.pem }
  legacy-ca:
    fingerprint: "MD5:1E:80:0F:7A:FD:31:55:96:DE:D5:CB:E2:F0:91:F6:91"
zones:
  Example.com:
    id: 02310541234567890123456789012353
    account_id: 4D5E023e105f4ecef8ad9ca31a8372d0
    tls_client_auth: on
    authenticated_origin_pulls:
      enabled: true
      certificate: edge-2026
      keep: [edge-2025]
      hostnames:
        app.example.com: { certificate: app-2026, enabled: true }
        old.example.com: { certificate: app-2026, enabled: false }
        gone.example.com: none
      hostname_certificates: [app-2027]
    policy: { allow: [protection-removed], prune: [hostname_association] }
accounts:
  12345678901234567890123456789012:
    access:
      certificates:
        Staff devices: { certificate: staff-ca, associated_hostnames: [Z.example.com., admin.example.com] }
        old key: { name: Staff devices, certificate: legacy-ca }
        Former: none
      hostname_settings:
        admin.example.com: { china_network: false, client_certificate_forwarding: true }
        gone.example.com: none
policy:
  prune: false
  max_delete_percent: 31
  max_delete_total: 21
  max_failures: 4
  expiry_warning_days: 10
  wait:  { poll: 2s, deploy: 3m, delete: 1h, rate_limit: 12m, settle: 500ms }
  retry: { attempts: 6, base: 250ms, max: 9s }
`;

describe('the whole example of the contract', () => {
  let door: DesiredDoor;
  let edge: TestCertificate;
  let staff: TestCertificate;
  beforeAll(async () => {
    edge = await testCertificate('edge-2026');
    staff = await testCertificate('staff-ca', { ca: true });
    door = memoryDoor(
      {
        'live/cf-mtls.yaml': EXAMPLE,
        'live/certs/edge-2026.pem': edge.certificate,
        'live/certs/app-2026.pem': (await testCertificate('app-2026')).certificate,
        'live/certs/app-2027.pem': (await testCertificate('app-2027')).certificate,
        'live/certs/staff-ca.pem': staff.certificate,
      },
      { env: { EDGE_2025: (await testCertificate('edge-2025')).certificate.replaceAll('\n', '\\n') } },
    );
  });

  it('means what it says', () => {
    const desired = loadDesired(['live/cf-mtls.yaml'], door);
    expect(desired.remarks).toEqual([]);
    expect(desired.files).toEqual(['live/cf-mtls.yaml']);
    const [zone, account] = desired.scopes;
    const label = (name: string) => desired.certificates.get(name);
    expect(zone).toEqual({
      kind: 'zone',
      name: 'example.com',
      id: '02310541234567890123456789012353',
      accountId: '4d5e023e105f4ecef8ad9ca31a8372d0',
      at: { file: 'live/cf-mtls.yaml', line: 15, col: 3 },
      tlsClientAuth: true,
      originPulls: {
        enabled: true,
        certificate: label('edge-2026'),
        keep: [label('edge-2025')],
        hostnames: new Map<string, unknown>([
          ['app.example.com', { certificate: label('app-2026'), enabled: true }],
          ['old.example.com', { certificate: label('app-2026'), enabled: false }],
          ['gone.example.com', 'none'],
        ]),
        hostnameCertificates: [label('app-2027')],
      },
      access: {},
      prune: ['hostname_association'],
      allow: ['protection-removed'],
    });
    expect(account).toEqual({
      kind: 'account',
      name: '12345678901234567890123456789012',
      id: '12345678901234567890123456789012',
      at: { file: 'live/cf-mtls.yaml', line: 30, col: 3 },
      originPulls: {},
      access: {
        certificates: [
          {
            key: 'Staff devices',
            name: 'Staff devices',
            certificate: label('staff-ca'),
            associatedHostnames: ['admin.example.com', 'z.example.com'],
          },
          { key: 'old key', name: 'Staff devices', certificate: label('legacy-ca') },
          { key: 'Former', name: 'Former', certificate: 'none' },
        ],
        hostnameSettings: new Map<string, unknown>([
          ['admin.example.com', { chinaNetwork: false, clientCertificateForwarding: true }],
          ['gone.example.com', 'none'],
        ]),
      },
      prune: false,
      allow: [],
    });
    expect(desired.policy).toEqual({
      maxDeletePercent: 31,
      maxDeleteTotal: 21,
      maxFailures: 4,
      expiryWarningDays: 10,
      wait: { poll: 2000, deploy: 180_000, delete: 3_600_000, rateLimit: 720_000, settle: 500 },
      retry: { attempts: 6, base: 250, max: 9000 },
    });
  });

  it('knows a certificate by what it is', () => {
    const { certificates } = loadDesired(['live/cf-mtls.yaml'], door);
    expect(certificates.get('edge-2026')).toEqual({
      label: 'edge-2026',
      at: { file: 'live/cf-mtls.yaml', line: 4, col: 3 },
      fingerprint: edge.sha256,
      md5s: [edge.md5],
      chain: [edge.sha256],
      certificate: {
        pem: edge.certificate,
        subject: 'CN=edge-2026, O=Example',
        issuer: 'CN=edge-2026, O=Example',
        notBefore: Date.parse('2026-01-01'),
        notAfter: Date.parse('2036-01-01'),
        isCa: false,
        keyType: 'EC prime256v1',
      },
      privateKey: { from: 'env', env: 'EDGE_2026_KEY', at: { file: 'live/cf-mtls.yaml', line: 6, col: 25 } },
    });
    expect(certificates.get('app-2027')?.privateKey).toMatchObject({ from: 'file', file: '/repo/app-2027.key' });
    expect(certificates.get('app-2026')?.privateKey).toMatchObject({ exec: ['op', 'read', 'op://vault/edge/key'] });
    expect(certificates.get('staff-ca')?.certificate?.isCa).toBe(true);
    const md5 = 'md5:1e800f7afd315596ded5cbe2f091f691';
    expect(certificates.get('legacy-ca')).toMatchObject({ fingerprint: md5, md5s: [md5], chain: [] });
  });

  it('fills in every default where the policy is absent', () => {
    const { policy, scopes } = loadDesired(
      ['a.yaml'],
      memoryDoor({ 'a.yaml': 'version: 1\nzones: { a.com: { tls_client_auth: off } }' }),
    );
    expect(policy).toEqual({
      maxDeletePercent: 30,
      maxDeleteTotal: 20,
      maxFailures: 3,
      expiryWarningDays: 30,
      wait: { poll: 1000, deploy: 120_000, delete: 300_000, rateLimit: 660_000, settle: 0 },
      retry: { attempts: 5, base: 500, max: 8000 },
    });
    expect(scopes).toMatchObject([{ prune: true, tlsClientAuth: false, originPulls: {}, access: {} }]);
  });
});
