// Plan, apply and a second, empty plan of this folder, on the simulator that is built in. Nothing leaves this machine.
import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as x509 from '@peculiar/x509';

const here = fileURLToPath(new URL('.', import.meta.url));
const program = fileURLToPath(new URL('../../dist/main.cjs', import.meta.url));
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

rmSync(`${here}.cf-mtls`, { recursive: true, force: true });
mkdirSync(`${here}certs`, { recursive: true });
for (const name of ['edge-2026', 'app-2026']) await makeCertificate(name, false);
await makeCertificate('staff-ca', true);

say(
  'The file is examples/quickstart/cf-mtls.yaml; Cloudflare is played by the built-in simulator, which is empty now.',
);
run('What would change?', 'plan --simulate');
run('Do it. --compact leaves out what the plan above has shown.', 'apply --simulate --auto-approve --compact');
run('And what would change now?', 'plan --simulate --detailed-exitcode');
run('What do origins see?', 'status --simulate');
say('The README says how to do the same with an account of your own.');

function run(why, command) {
  say(`${why}\n$ cf-mtls ${command}\n`);
  const { status } = spawnSync(process.execPath, [program, ...command.split(' ')], { cwd: here, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function say(text) {
  process.stdout.write(`\n${text}\n`);
}

/** A certificate for a year with its key, as `openssl req -x509 -addext basicConstraints=CA:FALSE` makes them. */
async function makeCertificate(name, isCa) {
  if (existsSync(`${here}certs/${name}.pem`)) return;
  const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}, O=Example`,
    notBefore: new Date(),
    notAfter: new Date(Date.now() + 365 * 86_400_000),
    keys,
    signingAlgorithm: EC,
    extensions: [new x509.BasicConstraintsExtension(isCa, undefined, true)],
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  writeFileSync(`${here}certs/${name}.pem`, `${certificate.toString('pem')}\n`);
  if (!isCa)
    writeFileSync(`${here}certs/${name}.key`, `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`, { mode: 0o600 });
}
