import { resolveKeys } from '../desired/index.ts';
import { InputError } from '../model/fault.ts';
import { renderFaults } from '../report/faults.ts';
import { annotate } from './annotate.ts';
import type { Arguments } from './args.ts';
import type { Door } from './door.ts';
import { load } from './load.ts';

/** `cf-mtls validate`: shape, sense and material, offline. With --check-keys also every private key. */
export async function validate(args: Arguments, door: Door): Promise<number> {
  const desired = load(args, door);
  const { remarks } = desired;
  if (remarks.some(({ severity }) => severity === 'error')) throw new InputError(remarks);
  if (remarks.length > 0) door.stderr.write(renderFaults(remarks));
  annotate(remarks, door);
  const materials = [...desired.certificates.values()];
  const keys = args.options['check-keys'] ? await resolveKeys(materials, door.files) : undefined;
  const zones = desired.scopes.filter(({ kind }) => kind === 'zone').length;
  const counts = [
    count(zones, 'zone'),
    count(desired.scopes.length - zones, 'account'),
    count(materials.length, 'certificate'),
  ];
  door.stdout.write(
    `The files are valid: ${counts.join(', ')}${keys ? `, ${count(keys.size, 'private key')} checked` : ''}.\n`,
  );
  return 0;
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
