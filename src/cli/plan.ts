import { resolve } from 'node:path';
import type { Plan } from '../model/plan.ts';
import { renderPlanJson } from '../report/json.ts';
import { renderPlanMarkdown } from '../report/markdown.ts';
import { renderPlanText } from '../report/text.ts';
import { checkSummary, publish } from './actions.ts';
import type { Arguments } from './args.ts';
import { shardsOf } from './choice.ts';
import type { Connected, Door, Output } from './door.ts';
import { load } from './load.ts';
import { inputsOf, planAll } from './planning.ts';

/** `cf-mtls plan`: what an apply would do. Exits 1 where it would refuse, 2 for changes with --detailed-exitcode. */
export async function plan(args: Arguments, door: Door): Promise<number> {
  checkSummary(args, door);
  const desired = load(args, door);
  return withApi(args, door, desired.policy, async (connected) => {
    const planning = await planAll(desired, inputsOf(args), connected, door);
    const { plan } = planning;
    const { out } = args.options;
    if (out !== undefined) await door.save(resolve(door.files.cwd, out), renderPlanJson(plan));
    print(plan, args, door);
    publish(planning, args, door);
    if (out !== undefined) door.stderr.write(savedTo(out, plan));
    if (!isApplicable(plan)) return 1;
    return args.options['detailed-exitcode'] && plan.changes.length > 0 ? 2 : 0;
  });
}

function savedTo(out: string, plan: Plan): string {
  if (!isApplicable(plan)) return `Saved to ${out}, to be looked at; it can't be applied as it is.\n`;
  return `Saved to ${out}; apply it with: cf-mtls apply ${out}\n`;
}

/** Whether nothing stands in the way of an apply. */
export function isApplicable({ refusals, failures }: Plan): boolean {
  return failures.length === 0 && refusals.every(({ allowed }) => allowed);
}

/** Prints a plan in the format that was asked for. */
export function print(plan: Plan, { options }: Arguments, { stdout }: Door): void {
  stdout.write(FORMATS[options.format ?? 'text']?.(plan, options, stdout) ?? '');
}

const FORMATS: Readonly<Record<string, (plan: Plan, options: Arguments['options'], output: Output) => string>> = {
  text: (plan, { compact }, { color, width }) =>
    renderPlanText(plan, { color, width: width(), compact: compact === true }),
  json: renderPlanJson,
  markdown: renderPlanMarkdown,
};

/** Opens the API for a command and closes it again, however that ends. */
export async function withApi(
  { options }: Arguments,
  door: Door,
  policy: Parameters<Door['connect']>[0]['policy'],
  work: (connected: Connected) => Promise<number>,
): Promise<number> {
  const onWait = (message: string) => door.stderr.write(`${message}\n`);
  const connected = await door.connect({
    simulate: options.simulate === true,
    policy,
    shares: shardsOf(options.shard),
    onWait,
    ...(options['max-requests'] === undefined ? {} : { maxRequests: options['max-requests'] }),
  });
  try {
    return await work(connected);
  } finally {
    await connected.close();
  }
}
