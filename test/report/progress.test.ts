import { describe, expect, it } from 'vitest';
import type { ApplyEvent } from '../../src/model/events.ts';
import { type Progress, type ProgressOptions, progress } from '../../src/report/progress.ts';
import { Screen } from './support/screen.ts';

const step = (
  type: 'step_started' | 'step_done',
  scope: string,
  stage: 'upload' | 'delete',
  name: string,
): ApplyEvent => ({
  type,
  scope,
  stage,
  address: `${scope}/hostname_certificate/${name}`,
  summary: `${stage} ${name}`,
  requests: 1,
});
const waiting = (scope: string, message: string): ApplyEvent => ({
  type: 'waiting',
  scope,
  stage: 'await',
  address: `${scope}/hostname_certificate/app-2026`,
  message,
});
const done = (scope: string, outcome: 'complete' | 'failed' = 'complete'): ApplyEvent => ({
  type: 'scope_done',
  scope,
  outcome,
});
const failed = (scope: string, error: string): ApplyEvent => ({
  ...(step('step_started', scope, 'upload', 'app') as Extract<ApplyEvent, { type: 'step_started' }>),
  type: 'step_failed',
  error,
});

interface Stage extends Progress {
  readonly screen: Screen;
  readonly raw: () => string;
  at(seconds: number): void;
}
function stage(options: Partial<ProgressOptions> & { columns?: number; rows?: number } = {}): Stage {
  const screen = new Screen(options.columns ?? 80, options.rows ?? 24);
  let raw = '';
  let now = 0;
  const listener = progress({
    live: false,
    color: false,
    width: () => screen.columns,
    height: () => screen.rows,
    ...options,
    now: () => now,
    write: (text) => {
      raw += text;
      screen.write(text);
    },
  });
  return {
    ...listener,
    screen,
    raw: () => raw,
    at: (seconds) => {
      now = seconds * 1000;
    },
  };
}

describe('progress in a log', () => {
  it('is one line for everything that happened', () => {
    const { tell, at, raw, end } = stage();
    tell({ type: 'scope_started', scope: 'example.com', steps: 2 });
    tell(step('step_started', 'example.com', 'upload', 'app-2026'));
    at(3);
    tell(step('step_done', 'example.com', 'upload', 'app-2026'));
    tell(waiting('example.com', 'waiting until app-2026 is active'));
    at(65);
    tell(step('step_started', 'example.com', 'delete', 'app-2025'));
    tell(step('step_done', 'example.com', 'delete', 'app-2025'));
    tell(done('example.com'));
    end();
    expect(raw()).toBe(
      [
        'example.com: started, 2 steps',
        'example.com: upload hostname_certificate/app-2026 … done (3s)',
        'example.com: waiting until app-2026 is active',
        'example.com: delete hostname_certificate/app-2025 … done',
        'example.com: complete, 2 steps in 1m 5s',
        '',
      ].join('\n'),
    );
  });

  it('says a wait when it begins, and then ever more rarely', () => {
    const { tell, at, raw } = stage();
    for (let second = 0; second <= 300; second++) {
      at(second);
      tell(waiting('example.com', 'waiting until app-2026 is active'));
    }
    expect(raw()).toBe(
      [
        'example.com: waiting until app-2026 is active',
        'example.com: waiting until app-2026 is active (30s)',
        'example.com: waiting until app-2026 is active (1m 30s)',
        'example.com: waiting until app-2026 is active (3m 30s)',
        '',
      ].join('\n'),
    );
  });

  it('says what failed, and how much was not tried', () => {
    const { tell, raw } = stage();
    tell({ type: 'scope_started', scope: 'example.com', steps: 2 });
    tell(failed('example.com', 'HTTP 500\nError: \u001b[2J'));
    tell({ type: 'step_blocked', scope: 'example.com', stage: 'delete', address: 'a', summary: 'b', reason: 'c' });
    tell(done('example.com', 'failed'));
    expect(raw()).toBe(
      [
        'example.com: started, 2 steps',
        'example.com: upload hostname_certificate/app … failed: HTTP 500 Error: \\x1b[2J',
        'example.com: failed after 0s, 1 step not tried',
        '',
      ].join('\n'),
    );
  });

  it('holds no escape sequence', () => {
    const { tell, raw, refresh, end } = stage();
    tell(step('step_started', 'example.com', 'upload', '\u001b[31mapp'));
    tell(step('step_done', 'example.com', 'upload', '\u001b[31mapp'));
    refresh();
    end();
    expect(raw()).not.toContain('\u001b');
  });
});

describe('progress on a terminal', () => {
  it('is one line per running scope, redrawn in place', () => {
    const { tell, at, screen } = stage({ live: true });
    tell({ type: 'scope_started', scope: 'example.com', steps: 2 });
    tell({ type: 'scope_started', scope: 'example.net', steps: 1 });
    tell(step('step_started', 'example.com', 'upload', 'app-2026'));
    at(2);
    tell(step('step_started', 'example.net', 'upload', 'edge'));
    expect(screen.lines()).toEqual([
      'example.com  0/2  upload hostname_certificate/app-2026 … 2s',
      'example.net  0/1  upload hostname_certificate/edge … 0s',
    ]);
    tell(step('step_done', 'example.com', 'upload', 'app-2026'));
    tell(waiting('example.com', 'waiting until app-2026 is active'));
    at(7);
    tell(waiting('example.com', 'waiting until app-2026 is active'));
    expect(screen.lines()).toEqual([
      'example.com  1/2  waiting until app-2026 is active … 5s',
      'example.net  0/1  upload hostname_certificate/edge … 5s',
    ]);
  });

  it('leaves one line for each scope that is over, above what still runs', () => {
    const { tell, screen, end } = stage({ live: true });
    for (const name of ['a.example', 'b.example']) tell({ type: 'scope_started', scope: name, steps: 1 });
    tell(failed('a.example', 'HTTP 500'));
    tell(done('a.example', 'failed'));
    tell(step('step_started', 'b.example', 'upload', 'x'));
    expect(screen.lines()).toEqual([
      'a.example: upload hostname_certificate/app … failed: HTTP 500',
      'a.example: failed after 0s',
      'b.example  0/1  upload hostname_certificate/x … 0s',
    ]);
    tell(step('step_done', 'b.example', 'upload', 'x'));
    tell(done('b.example'));
    end();
    expect(screen.lines().at(-1)).toBe('b.example: complete, 1 step in 0s');
    expect(screen.lines()).toHaveLength(3);
  });

  it('lets others speak above its lines', () => {
    const { tell, say, screen, end } = stage({ live: true });
    tell({ type: 'scope_started', scope: 'a.com', steps: 1 });
    say('Interrupted.\n');
    tell(step('step_started', 'a.com', 'upload', 'app-2026'));
    expect(screen.lines()).toEqual(['Interrupted.', 'a.com  0/1  upload hostname_certificate/app-2026 … 0s']);
    end();
    expect([screen.lines(), screen.cursorHidden]).toEqual([['Interrupted.'], false]);
  });

  it('hides the cursor only while lines are drawn, and gives it back however it ends', () => {
    const { tell, screen, end, raw } = stage({ live: true });
    tell({ type: 'scope_started', scope: 'example.com', steps: 1 });
    expect(screen.cursorHidden).toBe(true);
    end();
    expect(screen.cursorHidden).toBe(false);
    expect(screen.lines()).toEqual([]);
    const before = raw();
    end();
    expect(raw()).toBe(before);
  });

  it('cuts what is wider than the terminal, wide letters too', () => {
    const { tell, screen } = stage({ live: true, columns: 30 });
    tell({ type: 'scope_started', scope: 'example.com', steps: 1 });
    for (const name of ['a-very-long-name-that-does-not-fit', '漢字漢字漢字漢字漢字漢字'])
      for (let again = 0; again < 5; again++) tell(step('step_started', 'example.com', 'upload', name));
    expect(screen.lines()).toEqual(['example.com  0/1  upload hos…']);
    tell(waiting('example.com', '漢字漢字漢字漢字漢字漢字漢字'));
    tell(waiting('example.com', '漢字漢字漢字漢字漢字漢字漢字'));
    expect(screen.lines()).toHaveLength(1);
  });

  it('never draws more lines than it can take back', () => {
    const { tell, screen } = stage({ live: true, rows: 6 });
    for (let at = 0; at < 12; at++) tell({ type: 'scope_started', scope: `z${at}.example`, steps: 1 });
    for (let at = 0; at < 12; at++) tell(step('step_started', `z${at}.example`, 'upload', 'x'));
    expect(screen.lines()).toHaveLength(4);
    expect(screen.lines().at(-1)).toBe('… and 9 more');
    for (let at = 0; at < 12; at++) tell(done(`z${at}.example`));
    expect(screen.everything()).toEqual(
      Array.from({ length: 12 }, (_, at) => `z${at}.example: complete, 0 steps in 0s`),
    );
  });

  it('finds its lines again after the window was made narrower', () => {
    const { tell, screen } = stage({ live: true, columns: 80 });
    tell({ type: 'scope_started', scope: 'example.com', steps: 1 });
    tell(step('step_started', 'example.com', 'upload', 'a-name-that-is-rather-long-2026'));
    screen.resize(40);
    tell(step('step_done', 'example.com', 'upload', 'a-name-that-is-rather-long-2026'));
    tell(done('example.com'));
    expect(screen.lines()).toEqual(['example.com: complete, 1 step in 0s']);
  });

  it('names how many more run in one request', () => {
    const { tell, screen } = stage({ live: true });
    tell({ type: 'scope_started', scope: 'example.com', steps: 3 });
    for (const name of ['a', 'b', 'c']) tell(step('step_started', 'example.com', 'upload', name));
    expect(screen.lines()).toEqual(['example.com  0/3  upload hostname_certificate/a and 2 more … 0s']);
  });
});
