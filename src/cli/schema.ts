import desiredState from '../../schemas/desired-state.schema.json' with { type: 'json' };
import events from '../../schemas/events.schema.json' with { type: 'json' };
import plan from '../../schemas/plan.schema.json' with { type: 'json' };
import type { Arguments } from './args.ts';
import type { Door } from './door.ts';

/** `cf-mtls schema [NAME]`: one of the published schemas; that of the files, unless another one is named. */
export function schema({ positionals: [name = 'desired-state'] }: Arguments, { stdout }: Door): number {
  stdout.write(schemaText(name));
  return 0;
}

export const schemaText = (name: string): string => `${JSON.stringify(SCHEMAS[name], null, 2)}\n`;

const SCHEMAS: Readonly<Record<string, object>> = { 'desired-state': desiredState, plan, events };
