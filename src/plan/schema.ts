import { Ajv, type ErrorObject } from 'ajv';
import schema from '../../schemas/plan.schema.json' with { type: 'json' };

/** Checks a saved plan against `schemas/plan.schema.json`; the mistakes stand in its `errors`. */
export const validatePlan: { (data: unknown): boolean; errors?: ErrorObject[] | null } = new Ajv({
  allowUnionTypes: true,
}).compile(schema);
