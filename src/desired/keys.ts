import { resolve } from 'node:path';
import type { KeyReference, Material } from '../model/document.ts';
import { type Fault, InputError, type Position } from '../model/fault.ts';
import { Secret } from '../model/secret.ts';
import { type DesiredDoor, whyUnreadable } from './door.ts';
import { createFaults } from './faults.ts';
import { readSource } from './files.ts';
import { parseTree } from './parse.ts';
import { unescapeLines } from './pem.ts';
import { KeyFault, readKey } from './private-key.ts';
import { quote } from './redact.ts';
import type { Source } from './source.ts';

/**
 * Follows the key references of these certificates, and proves that each key fits. Certificates without one are passed over.
 * The keys come as PKCS#8 PEM by `Material.fingerprint`. Throws InputError with every fault.
 */
export async function resolveKeys(
  materials: readonly Material[],
  door: DesiredDoor,
): Promise<ReadonlyMap<string, Secret>> {
  const wanted = [...new Map(materials.map((material) => [material.fingerprint, material])).values()];
  const secrets = new Map<string, Secret>();
  const faults: Fault[] = [];
  const frameOf = createFrames(door);
  const queue = wanted.values();
  const work = async (): Promise<void> => {
    for (const material of queue) {
      if (material.privateKey === undefined || material.certificate === undefined) continue;
      try {
        const text = await follow(material.privateKey, door);
        secrets.set(material.fingerprint, new Secret(readKey(text, material.certificate.pem)));
      } catch (error) {
        if (!(error instanceof KeyFault)) throw error;
        faults.push(faultOf(error, material.label, material.privateKey.at, frameOf));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (faults.length > 0) throw new InputError(faults.sort(byPlace));
  return secrets;
}

async function follow(reference: KeyReference, door: DesiredDoor): Promise<string> {
  switch (reference.from) {
    case 'file':
      try {
        return door.readFile(resolve(door.cwd, reference.file)).toString('utf8');
      } catch (error) {
        const advice = 'The path is relative to the YAML file in which it stands.';
        throw new KeyFault(`cannot be had: its file ${whyUnreadable(error)}`, advice);
      }
    case 'env': {
      const value = door.env[reference.env];
      if (value !== undefined && value.trim() !== '') return unescapeLines(value);
      const state = value === undefined ? 'not set' : 'blank';
      throw new KeyFault(`cannot be had: its environment variable is ${state}`, 'Set it to the PEM of the key.');
    }
    case 'exec':
      return execute(reference.exec, door);
    default:
      return reference satisfies never;
  }
}

async function execute(argv: readonly string[], door: DesiredDoor): Promise<string> {
  const advice = 'Run the command by hand: it must print the PEM of the key and exit with 0.';
  const fail = (what: string): never => {
    throw new KeyFault(`cannot be had: its command ${what}`, advice);
  };
  if (door.run === undefined) return fail('cannot be run here');
  const result = await door.run(argv, TIMEOUT_MS).catch(() => null);
  if (result === null) return fail('could not be started');
  if (result.timedOut) return fail(`gave no answer within ${TIMEOUT_MS / 1000} seconds`);
  if (result.tooLong === true) return fail('printed too much to be a key');
  if (result.code === 0) return result.stdout;
  const { complaint } = await import('./complaint.ts');
  const said = complaint(result.stderr, { argv, env: door.env });
  const how = result.code === null ? 'was ended by a signal' : `failed with exit code ${result.code}`;
  return fail(said === '' ? how : `${how}: ${said}`);
}

function faultOf(error: KeyFault, label: string, at: Position, frameOf: Frames): Fault {
  const message = `The private key of ${quote(label)} ${error.message}.`;
  const frame = frameOf(at);
  return { severity: 'error', message, at, advice: error.advice, ...(frame === null ? {} : { frame }) };
}

type Frames = (at: Position) => string | null;

/** Reads files again, once each, as only a fault needs their text; parsed too, since that shows where their secrets stand. */
function createFrames(door: DesiredDoor): Frames {
  const sources = new Map<string, Source | null>();
  const open = (file: string): Source | null => {
    const none = () => [];
    const faults = createFaults(none, none);
    const source = readSource(resolve(door.cwd, file), door, faults);
    return source !== null && parseTree(source, faults) !== null ? source : null;
  };
  return (at) => {
    if (!sources.has(at.file)) sources.set(at.file, open(at.file));
    return sources.get(at.file)?.frame(at) ?? null;
  };
}

function byPlace(one: Fault, other: Fault): number {
  const [a, b] = [one.at, other.at];
  if (a === undefined || b === undefined) return 0;
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.col - b.col;
}

const AT_ONCE = 4;
const TIMEOUT_MS = 30_000;
