import { Ajv, type ErrorObject } from 'ajv';
import schema from '../../schemas/desired-state.schema.json' with { type: 'json' };

/** Checks the shape of a document against `schemas/desired-state.schema.json`; the mistakes stand in its `errors`. */
export const validateShape: { (data: unknown): boolean; errors?: ErrorObject[] | null } = new Ajv({
  allErrors: true,
  verbose: true,
  messages: false,
  allowUnionTypes: true,
}).compile(schema);
