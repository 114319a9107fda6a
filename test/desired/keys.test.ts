import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadDesired, type RunResult, resolveKeys } from '../../src/desired/index.ts';
import { testCertificate } from '../support/certificates.ts';
import { memoryDoor } from './support.ts';

type KeyType = 'P-256' | 'P-384' | 'P-521' | 'RSA';

async function resolved(key: string, keyType: KeyType, from: 'file' | 'env' | 'exec' = 'file') {
  const { certificate, sha256 } = await testCertificate(`key-${keyType}`, { keyType });
  const reference = { file: '{ file: a.key }', env: '{ env: KEY }', exec: '{ exec: [tool, "a b", $HOME] }' }[from];
  const text = `version: 1
certificates:
  e: { certificate: { file: a.pem }, private_key: ${reference} }
zones: { a.com: { authenticated_origin_pulls: { certificate: e } } }
`;
  const asked: unknown[] = [];
  const run = async (argv: readonly string[], timeoutMs: number): Promise<RunResult> => {
    asked.push([argv, timeoutMs]);
    return { code: 0, stdout: key, stderr: '', timedOut: false };
  };
  const door = memoryDoor({ 'a.yaml': text, 'a.pem': certificate, 'a.key': key }, { env: { KEY: key }, run });
  const secrets = await resolveKeys([...loadDesired(['a.yaml'], door).certificates.values()], door);
  return { secret: secrets.get(sha256)?.reveal(), asked };
}

describe('private keys', () => {
  it.each<KeyType>(['P-256', 'P-384', 'P-521', 'RSA'])('are proven to fit: %s', async (keyType) => {
    const { privateKey } = await testCertificate(`key-${keyType}`, { keyType });
    expect((await resolved(privateKey, keyType)).secret).toBe(privateKey);
  });

  it('come as PKCS#8 whatever they were', async () => {
    const rsa = await testCertificate('key-RSA', { keyType: 'RSA' });
    const pkcs1 = createPrivateKey(rsa.privateKey).export({ type: 'pkcs1', format: 'pem' }).toString();
    expect((await resolved(pkcs1, 'RSA')).secret).toBe(rsa.privateKey);
    const ec = await testCertificate('key-P-256', { keyType: 'P-256' });
    const sec1 = createPrivateKey(ec.privateKey).export({ type: 'sec1', format: 'pem' }).toString();
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
    expect((await resolved(parameters + sec1, 'P-256')).secret).toBe(ec.privateKey);
  });

  it('come from a variable, its line ends written out or not', async () => {
    const { privateKey } = await testCertificate('key-P-256', { keyType: 'P-256' });
    expect((await resolved(privateKey.replaceAll('\n', '\\n'), 'P-256', 'env')).secret).toBe(privateKey);
    expect((await resolved(privateKey.replaceAll('\n', '\r\n'), 'P-256', 'env')).secret).toBe(privateKey);
  });

  it('come from a command, as a list and never through a shell', async () => {
    const { privateKey } = await testCertificate('key-P-256', { keyType: 'P-256' });
    const { secret, asked } = await resolved(privateKey, 'P-256', 'exec');
    expect(secret).toBe(privateKey);
    expect(asked).toEqual([[['tool', 'a b', '$HOME'], 30_000]]);
  });

  it('tell an old encrypted key by its header', async () => {
    const rsa = await testCertificate('key-RSA', { keyType: 'RSA' });
    const old = createPrivateKey(rsa.privateKey).export({
      type: 'pkcs1',
      format: 'pem',
      cipher: 'aes-128-cbc',
      passphrase: 'x',
    });
    await expect(resolved(old.toString(), 'RSA')).rejects.toThrow('The private key of `e` is encrypted.');
  });

  it('are refused where two come at once', async () => {
    const { privateKey } = await testCertificate('key-P-256', { keyType: 'P-256' });
    await expect(resolved(privateKey + privateKey, 'P-256')).rejects.toThrow('The private key of `e` comes as 2 keys.');
  });

  it('are not asked for where a label has none', async () => {
    const door = memoryDoor({
      'a.yaml':
        'version: 1\ncertificates: { e: { certificate: { file: a.pem } } }\nzones: { a.com: { authenticated_origin_pulls: { certificate: e } } }\n',
      'a.pem': (await testCertificate('leaf')).certificate,
    });
    expect((await resolveKeys([...loadDesired(['a.yaml'], door).certificates.values()], door)).size).toBe(0);
  });
});
