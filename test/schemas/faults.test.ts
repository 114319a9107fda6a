import { createPrivateKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadDesired, resolveKeys } from '../../src/desired/index.ts';
import { type Fault, InputError } from '../../src/model/fault.ts';
import { renderFaults } from '../../src/report/faults.ts';
import { memoryDoor } from '../desired/support.ts';
import { testCertificate } from '../support/certificates.ts';

const FOLDER = join(import.meta.dirname, 'faults');
const names = readdirSync(FOLDER)
  .filter((name) => /^[^.]+\.yaml$/.test(name))
  .map((name) => name.slice(0, -'.yaml'.length));

describe('what the user reads', () => {
  let files: Record<string, string | Buffer>;
  let env: Record<string, string>;
  let secrets: readonly string[];
  let key: string;
  let certificate: string;
  beforeAll(async () => {
    ({ files, env, secrets, key, certificate } = await makeMaterial());
  });

  it('covers at least forty faults', () => {
    expect(names.length).toBeGreaterThanOrEqual(40);
  });

  it.each(names)('%s', async (name) => {
    const inputs = [`${name}.yaml`, `${name}.other.yaml`].filter((file) => existsSync(join(FOLDER, file)));
    const texts = inputs.map((file) => [file, fillIn(readFileSync(join(FOLDER, file)), key, certificate)] as const);
    const said = renderFaults(await faultsOf({ ...files, ...Object.fromEntries(texts) }, inputs, env));
    expect(said).toMatch(/^(Error|Warning): /);
    for (const secret of secrets) expect(said).not.toContain(secret);
    const golden = join(FOLDER, `${name}.txt`);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, said);
    expect(said).toBe(existsSync(golden) ? readFileSync(golden, 'utf8') : '');
  });
});

/** Errors and warnings of a load, and where the file asks for it, of its keys. */
async function faultsOf(
  files: Readonly<Record<string, string | Buffer>>,
  inputs: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly Fault[]> {
  const door = memoryDoor(files, { env, run });
  try {
    const desired = loadDesired(inputs, door);
    if (String(files[inputs[0] ?? '']).startsWith('# check-keys')) {
      await resolveKeys([...desired.certificates.values()], door);
    }
    return desired.remarks;
  } catch (error) {
    if (error instanceof InputError) return error.faults;
    throw error;
  }
}

async function run([command]: readonly string[]) {
  const stdout = 'do-not-print-me';
  const stderr = `${RANDOM}\nvault: permission denied for secret\n${RANDOM}`;
  return { code: 3, stdout, stderr, timedOut: command === 'hangs', tooLong: command === 'floods' };
}

/** A fixture holds no key; it says where one is to stand. */
function fillIn(fixture: Buffer, key: string, certificate: string): Buffer {
  const text = fixture
    .toString('latin1')
    .replace(/^( *)(PRIVATE_KEY|CERTIFICATE)_HERE$/gm, (_, indent: string, what) => {
      const pem = what === 'CERTIFICATE' ? certificate : key;
      return pem.trimEnd().replace(/^/gm, indent);
    });
  return Buffer.from(text, 'latin1');
}

async function makeMaterial() {
  const leaf = await testCertificate('leaf');
  const other = await testCertificate('leaf-2');
  const ed25519 = await testCertificate('ed25519', { keyType: 'Ed25519' });
  const pem = async (name: string, options = {}) => (await testCertificate(name, options)).certificate;
  const encrypted = createPrivateKey(leaf.privateKey).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'open sesame',
  });
  const files: Record<string, string | Buffer> = {
    'certs/leaf.pem': leaf.certificate,
    'certs/leaf-2.pem': other.certificate,
    'certs/leaf-2.key': other.privateKey,
    'certs/leaf-and-key.pem': leaf.certificate + leaf.privateKey,
    'certs/ca.pem': await pem('ca', { ca: true }),
    'certs/expired.pem': await pem('expired', { notAfter: new Date('2026-05-31T23:59:59Z') }),
    'certs/future.pem': await pem('future', { notBefore: new Date('2026-06-02T00:00:00Z') }),
    'certs/soon.pem': await pem('soon', { notAfter: new Date('2026-06-12T00:00:00Z') }),
    'certs/ed25519.pem': ed25519.certificate,
    'certs/ed25519.key': ed25519.privateKey,
    'certs/encrypted.key': encrypted.toString(),
    'certs/garbage.pem': 'Not Found: do-not-print-me\n',
    'certs/damaged.pem': leaf.certificate.replace(/[A-Za-z0-9]{40}/, ''),
    'certs/utf-16.pem': Buffer.from(`\ufeff${leaf.certificate}`, 'utf16le'),
    'certs/utf-16-big.key': Buffer.from(leaf.privateKey, 'utf16le').swap16(),
    'certs/cut.pem': leaf.certificate.slice(0, 200),
    'certs/cut.key': leaf.privateKey.slice(0, 100),
    'certs/request.pem': leaf.certificate.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'),
    'certs/text.pem': `subject=do-not-print-me\n${leaf.certificate}`,
    'certs/leaf.der': Buffer.from(leaf.certificate.replace(/-----.*-----/g, ''), 'base64'),
  };
  for (let n = 0; n < 11; n += 1) files[`certs/many-${n}.pem`] = await pem(`many-${n}`);
  const env = { EDGE_KEY: leaf.privateKey, BLANK: ' ', GARBAGE: 'do-not-print-me' };
  const lines = [leaf, other, ed25519].flatMap(({ privateKey }) => privateKey.split('\n'));
  const secrets = [...lines.filter((line) => line !== '' && !line.startsWith('-----')), RANDOM, 'do-not-print-me'];
  const hidden = ['secret/place', 'SECRET_PLACE', 'secret-argument', '-----BEGIN'];
  return { files, env, secrets: [...secrets, ...hidden], key: leaf.privateKey, certificate: leaf.certificate };
}

const RANDOM = 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg';
