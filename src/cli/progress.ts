import { type Progress, progress } from '../report/progress.ts';
import type { Door } from './door.ts';

/** Shows on stderr how an apply goes on, until `end`; what others write there meanwhile stands above it. */
export function startProgress({ stderr, clock }: Door): Progress {
  const write = stderr.divert?.((text) => show.say(text)) ?? ((text: string) => stderr.write(text));
  const show = progress({
    write,
    now: () => clock.now(),
    live: stderr.isTerminal,
    color: stderr.color,
    width: () => stderr.width(),
    height: () => stderr.height(),
  });
  const timer = stderr.isTerminal ? setInterval(() => show.refresh(), 1000) : undefined;
  return {
    ...show,
    end: () => {
      clearInterval(timer);
      show.end();
      stderr.divert?.();
    },
  };
}
