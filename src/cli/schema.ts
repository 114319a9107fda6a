import desiredState from '../../schemas/desired-state.schema.json' with { type: 'json' };
import events from '../../schemas/events.schema.json' with { type: 'json' };
import plan from '../../schemas/plan.schema.json' with { type: 'json' };

/** One of the published schemas, as `cf-mtls schema` prints it. */
export function schemaText(name: string): string {
  return `${JSON.stringify(SCHEMAS[name], null, 2)}\n`;
}

const SCHEMAS: Readonly<Record<string, object>> = { 'desired-state': desiredState, plan, events };
