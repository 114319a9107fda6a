import type { Plan } from '../model/plan.ts';
import { renderPlanText } from '../report/text.ts';
import type { Arguments } from './args.ts';
import type { Connected, Door } from './door.ts';
import { inputsOf, load, planAll } from './planning.ts';

/** `cf-mtls plan`: what an apply would do. Exits 1 where it would refuse, 2 for changes with --detailed-exitcode. */
export async function plan(args: Arguments, door: Door): Promise<number> {
  const desired = load(args, door);
  return withApi(args, door, desired.policy, async (connected) => {
    const planning = await planAll(desired, inputsOf(args), connected, door);
    print(planning.plan, args, door);
    if (!isApplicable(planning.plan)) return 1;
    return args.options['detailed-exitcode'] && planning.plan.changes.length > 0 ? 2 : 0;
  });
}

/** Whether nothing stands in the way of an apply. */
export function isApplicable({ refusals, failures }: Plan): boolean {
  return failures.length === 0 && refusals.every(({ allowed }) => allowed);
}

export function print(plan: Plan, { options }: Arguments, { stdout }: Door): void {
  stdout.write(renderPlanText(plan, { color: stdout.color, width: stdout.width(), compact: options.compact === true }));
}

/** Opens the API for a command and closes it again, however that ends. */
export async function withApi(
  { options }: Arguments,
  door: Door,
  policy: Parameters<Door['connect']>[0]['policy'],
  work: (connected: Connected) => Promise<number>,
): Promise<number> {
  const onWait = (message: string) => door.stderr.write(`${message}\n`);
  const connected = await door.connect({ simulate: options.simulate === true, policy, onWait });
  try {
    return await work(connected);
  } finally {
    await connected.close();
  }
}
