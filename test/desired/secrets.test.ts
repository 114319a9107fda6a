import { describe, expect, it } from 'vitest';
import { loadDesired, resolveKeys } from '../../src/desired/index.ts';
import { InputError } from '../../src/model/fault.ts';
import { renderFaults } from '../../src/report/faults.ts';
import { testCertificate } from '../support/certificates.ts';
import { memoryDoor } from './support.ts';

/** Ways to write `exec: [./vault.sh, --token=hunter2, kv/edge]` under `private_key`. */
const FORMS: Readonly<Record<string, string>> = {
  'on its line': `certificates:
  e:
    private_key: { exec: [./vault.sh, --token=hunter2, kv/edge] }
    certificate: { file: e.pem }`,
  'on lines that are indented as it likes': `certificates:
  e: { private_key: { exec: [ "./vault.sh",
   "--token=hunter2",
   "kv/edge" ] },
    certificate: { file: e.pem } }`,
  'an alias of a mapping in braces': `x-k: &op { exec: [ "./vault.sh",
    "--token=hunter2",
    "kv/edge" ] }
certificates:
  e: { certificate: { file: e.pem }, private_key: *op }`,
  'an alias of a block': `x-k: &op
  exec:
    - ./vault.sh
    - --token=hunter2
    - kv/edge
certificates:
  e: { certificate: { file: e.pem }, private_key: *op }`,
  'an alias of a block below its anchor': `x-k:
  &op
  exec:
    - ./vault.sh
    - --token=hunter2
certificates:
  e: { certificate: { file: e.pem }, private_key: *op }`,
  'an alias within': `x-k: &command
  - ./vault.sh
  - --token=hunter2
certificates:
  e:
    certificate: { file: e.pem }
    private_key:
      exec: *command`,
  'an alias of aliases': `x-k:
  - &token --token=hunter2
  - &op { exec: [./vault.sh, *token, kv/edge] }
certificates:
  e: { certificate: { file: e.pem }, private_key: *op }`,
  'a merge key': `x-k: &op { exec: [./vault.sh, --token=hunter2] }
certificates:
  e: { certificate: { file: e.pem }, private_key: { <<: *op } }`,
  'an explicit key': `certificates:
  e:
    certificate: { file: e.pem }
    ? private_key
    : exec:
      - ./vault.sh
      - --token=hunter2`,
  'an explicit key in braces': `certificates:
  e: { certificate: { file: e.pem }, ? "private_key"
    : { exec: [./vault.sh, --token=hunter2] } }`,
  'an escaped key': `certificates:
  e:
    certificate: { file: e.pem }
    "private\\u005fkey": { exec: [./vault.sh, --token=hunter2] }`,
};
const REST = 'zones:\n  a.com:\n    authenticated_origin_pulls:\n      certificate: e\n';
/** What breaks a file wherever it is put in. */
const BROKEN = ['"open', '\t- x', '] ] [', '---', '{ [', ': :', '\u00ff'];

describe.each(Object.entries(FORMS))('what stands under private_key as %s is in no frame', (name, form) => {
  const text = `version: 1\n${form}\n${REST}`;

  it('of a key that cannot be had', async () => {
    const said = await everything(text, true);
    expect(said).toContain('The private key of `e` cannot be had: its command failed');
    expect(said).toContain('[redacted]');
    expect(said).not.toMatch(/hunter2|kv\/edge/);
  });

  it('of another fault, beside it and far from it', async () => {
    for (const wrong of ['colour: blue', 'version: 1'])
      for (const faulty of [`${wrong}\n${text}`, text.replace('\n', `\n${wrong}\n`), text + wrong]) {
        const said = await everything(faulty, false);
        expect(said).toMatch(/^Error: The key `(colour|version)`/);
        expect(said).not.toContain('hunter2');
      }
  });

  // What a file spells in escapes is only seen where it can be parsed.
  it.skipIf(name === 'an escaped key')('of a broken file, wherever it is broken', async () => {
    const lines = text.trimEnd().split('\n');
    for (const broken of BROKEN)
      for (let at = 0; at <= lines.length; at += 1)
        for (const pad of ['', '  ', '    ']) {
          const said = await everything([...lines.slice(0, at), pad + broken, ...lines.slice(at)].join('\n'), false);
          expect(said, `${pad}${broken} in line ${at + 1}`).not.toContain('hunter2');
        }
  });
});

/** All that is said of a file, which is saved in Latin-1 where it has such a letter. */
async function everything(text: string, checkKeys: boolean): Promise<string> {
  const files = {
    'a.yaml': Buffer.from(text, text.includes('\u00ff') ? 'latin1' : 'utf8'),
    'e.pem': (await testCertificate('leaf')).certificate,
  };
  const run = async () => ({ code: 1, stdout: '', stderr: '', timedOut: false });
  const door = memoryDoor(files, { run });
  try {
    const desired = loadDesired(['a.yaml'], door);
    if (checkKeys) await resolveKeys([...desired.certificates.values()], door);
    return renderFaults(desired.remarks);
  } catch (error) {
    if (error instanceof InputError) return renderFaults(error.faults);
    throw error;
  }
}
