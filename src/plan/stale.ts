import equal from 'fast-deep-equal';
import type { Plan, PlanChange } from '../model/plan.ts';
import type { Attributes, Json } from '../model/thing.ts';

/** What makes a saved plan stale, one line each: `ADDRESS: enabled before was true → is false`. */
export function differences(was: Plan, is: Plan): readonly string[] {
  return [...inScopes(was, is), ...inChanges(was, is), ...inAllowed(was, is)];
}

function inScopes(was: Plan, is: Plan): readonly string[] {
  const ids = ({ scopes }: Plan) => new Map(scopes.map(({ name, id }) => [name, id]));
  const [had, has] = [ids(was), ids(is)];
  return [...new Set([...had.keys(), ...has.keys()])]
    .filter((name) => had.get(name) !== has.get(name))
    .map((name) => `${name}: was ${had.get(name) ?? 'not in the plan'} → is ${has.get(name) ?? 'not in the plan'}`);
}

function inChanges(was: Plan, is: Plan): readonly string[] {
  const byAddress = ({ changes }: Plan) =>
    new Map(changes.map((change) => [`${change.address} ${change.action === 'delete'}`, change]));
  const [had, has] = [byAddress(was), byAddress(is)];
  return [...new Set([...had.keys(), ...has.keys()])].flatMap((key) => inChange(had.get(key), has.get(key)));
}

function inChange(was: PlanChange | undefined, is: PlanChange | undefined): readonly string[] {
  const address = (was ?? is)?.address ?? '';
  if (was === undefined) return [`${address}: was unchanged → is ${is?.action}`];
  if (is === undefined) return [`${address}: was ${was.action} → is unchanged`];
  const action = was.action === is.action ? [] : [`${address}: was ${was.action} → is ${is.action}`];
  return [
    ...action,
    ...inSide(address, 'before', was.before, is.before),
    ...inSide(address, 'after', was.after, is.after),
  ];
}

function inSide(address: string, side: string, was: Attributes | null, is: Attributes | null): readonly string[] {
  const names = [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])];
  return names
    .filter((name) => !equal(was?.[name], is?.[name]))
    .map((name) => `${address}: ${name} ${side} was ${inWords(was?.[name])} → is ${inWords(is?.[name])}`);
}

function inAllowed(was: Plan, is: Plan): readonly string[] {
  const allowed = ({ refusals }: Plan) =>
    new Set(refusals.filter((refusal) => refusal.allowed).map(({ name, scope }) => `${name} in ${scope}`));
  const [had, has] = [allowed(was), allowed(is)];
  return [
    ...[...had].filter((it) => !has.has(it)).map((it) => `${it}: was allowed → is no longer so, or no longer needed`),
    ...[...has].filter((it) => !had.has(it)).map((it) => `${it}: was not in the plan → is allowed now`),
  ];
}

const inWords = (value: Json | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value));
