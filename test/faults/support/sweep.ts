import { expect, it } from 'vitest';
import type { Case } from './cases.ts';
import { FAULTS, type Fault } from './faults.ts';
import { judged, judgedAfterDeath } from './judge.ts';
import { type Plot, prepare, type Sent } from './trial.ts';

/** Runs a case once for every request, every fault and every reach of it; all must hold. Prints how many ended how. */
export function sweep(of: Case): void {
  it(of.name, { timeout: 180_000 }, async () => {
    const stage = await prepare(of);
    const counts = { completed: 0, 'stopped before the first write': 0, 'stopped half way': 0 };
    const wrong: string[] = [];
    for (const { name, plot } of plots(stage.requests)) {
      const result = await judged(stage, plot);
      if (result.code === 0) counts.completed++;
      else counts[result.written > 0 ? 'stopped half way' : 'stopped before the first write']++;
      wrong.push(...result.wrong.map((what) => `${name}: ${what}`));
    }
    let deaths = 0;
    for (const [index, { method, path }] of stage.requests.entries()) {
      for (const when of ['before', 'after']) {
        const found = await judgedAfterDeath(stage, index + 1, when === 'after');
        wrong.push(...found.map((what) => `killed ${when} request ${index + 1}, ${method} ${path}: ${what}`));
        deaths++;
      }
    }
    await stage.close();
    const told = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
    process.stdout.write(
      `${of.name}: ${stage.requests.length} requests; ${told.join(', ')}, ${deaths} killed; ${wrong.length} wrong\n`,
    );
    expect(wrong.slice(0, 3).join('\n\n')).toBe('');
  });
}

function* plots(requests: readonly Sent[]): Iterable<{ readonly name: string; readonly plot: Plot }> {
  for (const [index, first] of requests.entries()) {
    for (const [what, fault] of Object.entries(FAULTS)) {
      for (const [reach, { plotted, lasting }] of Object.entries(REACHES)) {
        if (lasting && !LASTING.has(what)) continue;
        const name = `${what}, ${reach}, at request ${index + 1}, ${first.method} ${first.path}`;
        yield { name, plot: plotted({ at: index + 1, first, fault }) };
      }
    }
  }
}

interface From {
  readonly at: number;
  readonly first: Sent;
  readonly fault: Fault;
}

/** How far a fault reaches from the request that meets it first. */
const REACHES: Readonly<Record<string, { lasting: boolean; plotted(from: From): Plot }>> = {
  once: {
    lasting: false,
    plotted:
      ({ at, fault }) =>
      (place) =>
        place === at ? fault : undefined,
  },
  'for that endpoint from then on': {
    lasting: true,
    plotted:
      ({ at, first, fault }) =>
      (place, { method, path }) =>
        place >= at && method === first.method && path === first.path ? fault : undefined,
  },
  'for everything from then on': {
    lasting: true,
    plotted:
      ({ at, fault }) =>
      (place) =>
        place >= at ? fault : undefined,
  },
};

/** Faults that are worth their time when they do not pass: one for each meaning. */
const LASTING: ReadonlySet<string> = new Set([
  'reset before it was carried out',
  'reset after it was carried out',
  'hang, carried out',
  '429 with a null body',
  '409',
]);
