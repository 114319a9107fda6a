/** One sample of a Prometheus text file. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Reads the text format 0.0.4 as strictly as its grammar is written: HELP and TYPE before the samples of a metric and
 * once only, no series twice, escapes in label values, a newline at the end.
 */
export function samplesOf(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end in a newline');
  const samples: Sample[] = [];
  const [known, seen] = [new Map<string, Set<string>>(), new Set<string>()];
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, word = '', name = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line) ?? [];
    if (word !== '') {
      const words = known.get(name) ?? new Set();
      if (words.has(word) || (current !== name && words.size > 0)) throw new Error(`${word} of ${name} twice: ${line}`);
      if (word === 'TYPE' && !/^(counter|gauge)$/.test(rest)) throw new Error(`no such type: ${line}`);
      if (word === 'HELP' && /\\(?![\\n])/.test(rest)) throw new Error(`no such escape: ${line}`);
      known.set(name, words.add(word));
      current = name;
      continue;
    }
    const sample = sampleOf(line);
    const series = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (sample.name !== current || known.get(current)?.size !== 2) throw new Error(`no HELP and TYPE before: ${line}`);
    if (seen.has(series)) throw new Error(`the same series twice: ${line}`);
    seen.add(series);
    samples.push(sample);
  }
  return samples;
}

function sampleOf(line: string): Sample {
  const [, name = '', inside, value = ''] =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line) ?? [];
  if (name === '') throw new Error(`not a sample: ${JSON.stringify(line)}`);
  const labels: Record<string, string> = {};
  let rest = inside ?? '';
  while (rest !== '') {
    const [whole, label = '', escaped = ''] =
      /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/.exec(rest) ?? [];
    if (whole === undefined || label in labels) throw new Error(`not labels: ${rest}`);
    labels[label] = escaped.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));
    rest = rest.slice(whole.length);
  }
  return { name, labels, value: Number(value) };
}
