import { describe, expect, it } from 'vitest';
import type { Breach } from '../../src/simulator/index.ts';
import {
  accessRotation,
  type Case,
  everythingOff,
  firstSetUp,
  hostnameRotation,
  waves,
  zoneRotation,
} from './support/cases.ts';
import { FAULTS, type Fault } from './support/faults.ts';
import { errorIn } from './support/judge.ts';
import { differences, shown } from './support/live.ts';
import { MEDDLINGS, type Meddling, meddle } from './support/third-hand.ts';
import { prepare, SETTLED, type Sent, type Stage } from './support/trial.ts';

const SCENES: readonly (readonly [Case, readonly (keyof typeof MEDDLINGS)[]])[] = [
  [firstSetUp, ['zone', 'hostname', 'access']],
  [hostnameRotation, ['hostname']],
  [zoneRotation, ['zone']],
  [accessRotation, ['access']],
  [everythingOff, ['zone', 'hostname', 'access']],
  [waves, ['hostname']],
];

describe('a third hand changes something at any request of an apply, and we break nothing', () => {
  for (const [of, what] of SCENES) {
    it(of.name, { timeout: 180_000 }, async () => {
      const stage = await prepare(of);
      const ends: Record<string, number> = {};
      const wrong: string[] = [];
      for (const [name, meddling] of what.flatMap((kind) => Object.entries(MEDDLINGS[kind]))) {
        for (const [index, { method, path }] of stage.requests.entries()) {
          for (const [when, fault] of Object.entries(WHILE)) {
            const { code, found, broken, ahead } = await watched(stage, index + 1, meddling, fault);
            const end = typeof code === 'number' ? `exit ${code}` : code;
            ends[end] = (ends[end] ?? 0) + 1;
            if (broken.length > 0 && isTooLate(ahead)) {
              ends['too late for anybody'] = (ends['too late for anybody'] ?? 0) + 1;
            } else found.push(...broken);
            wrong.push(...found.map((it) => `somebody ${name} ${when} request ${index + 1}, ${method} ${path}: ${it}`));
          }
        }
      }
      await stage.close();
      process.stdout.write(`${of.name} with a third hand: ${JSON.stringify(ends)}, ${wrong.length} wrong\n`);
      expect(wrong.slice(0, 3).join('\n\n')).toBe('');
    });
  }
});

/** What becomes of the request at which the hand is at work. */
const WHILE: Readonly<Record<string, Fault>> = {
  'just before': (send) => send(),
  'while a limit of the rate holds up': faultOf('429 with Retry-After'),
  'while no answer comes to': faultOf('502 HTML'),
};

function faultOf(name: string): Fault {
  const fault = FAULTS[name];
  if (fault === undefined) throw new Error(`no fault ${name}`);
  return fault;
}

/** One apply with a third hand in it, and one after it; judged is what came after the hand was at work. */
async function watched(stage: Stage, at: number, meddling: Meddling, fault: Fault): Promise<Watched> {
  let code = -1;
  let hasActed = false;
  const ahead: Sent[] = [];
  const take = stage.begin((place, sent) => {
    if (code >= 0) return undefined;
    if (place > at || (place === at && fault === WHILE['just before'])) ahead.push(sent);
    if (place !== at) return undefined;
    return async (send, ...more) => {
      const before = take.simulator.writes.length;
      try {
        await meddle(meddling, take.simulator);
      } catch {}
      hasActed = take.simulator.writes.length > before;
      take.simulator.mark();
      return fault(send, ...more);
    };
  });
  const first = await take.apply();
  code = first.code;
  if (!hasActed) return { code: 'nothing to change', found: [], broken: [], ahead };
  const found: string[] = [];
  if (![0, 1, 3].includes(code)) found.push(`the run exits ${code}: ${errorIn(first)}`);
  if (code !== 0 && errorIn(first) === '') found.push('the run does not say what it met');
  take.advance(SETTLED);
  const second = await take.apply();
  if (second.code !== 0) found.push(`the second run exits ${second.code}: ${errorIn(second)}`);
  take.advance(SETTLED);
  found.push(...differences(await shown(take.simulator), stage.goal));
  const ours = new Set(take.simulator.state.zones.flatMap((zone) => zone.zoneCertificates.map(({ sha256 }) => sha256)));
  // Whoever turns tls_client_auth on wants it for the hostnames that have no link; what the zone itself presents is ours.
  const isForAll = ({ subject, message }: Breach) =>
    meddling === MEDDLINGS.zone['turns tls_client_auth round'] &&
    message.includes('shared') &&
    subject !== 'zone default';
  // Two certificates after each other, both wanted by somebody: nobody was without one.
  const isOneOfTwo = (message: string) => message.includes('neither') && [...ours].some((it) => message.includes(it));
  const breaches = take.simulator.breaches().filter((it) => !isOneOfTwo(it.message) && !isForAll(it));
  return { code, found, broken: breaches.map(({ subject, message }) => `${subject} ${message}`), ahead };
}

interface Watched {
  readonly code: number | 'nothing to change';
  readonly found: string[];
  /** Invariants. */
  readonly broken: readonly string[];
  /** What was sent after the hand had acted. */
  readonly ahead: readonly Sent[];
}

/** Whether the hand came between the last look at a scope and its next write, where the API has nothing against races. */
function isTooLate(ahead: readonly Sent[]): boolean {
  const next = ahead.find(({ path }) => path.startsWith('/zones/'));
  return next !== undefined && next.method !== 'GET';
}
