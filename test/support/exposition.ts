// Prometheus' text format, read strictly: samples by series, and what is said of each metric; and what Prometheus' own tool says of it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

export interface Exposition {
  /** By name with labels, in the order in which they stand. */
  readonly samples: ReadonlyMap<string, number>;
  readonly types: ReadonlyMap<string, string>;
  readonly helps: ReadonlyMap<string, string>;
}

export function parseExposition(text: string): Exposition {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  const helps = new Map<string, string>();
  assert.ok(text.endsWith('\n'), 'the last line ends');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const said = /^# (HELP|TYPE) ([a-z_][a-z0-9_]*) (.+)$/.exec(line);
    if (said !== null) {
      const [, what, name, words] = said;
      const where = what === 'HELP' ? helps : types;
      assert.ok(!where.has(name!), `${what} of ${name} is said twice`);
      where.set(name!, words!);
      continue;
    }
    const [, series, value] = /^([a-z_][a-z0-9_]*(?:\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})?) (\S+)$/.exec(line) ?? [];
    assert.ok(series !== undefined && value !== undefined, `no sample: ${line}`);
    assert.ok(!samples.has(series), `${series} is there twice`);
    samples.set(series, value === '+Inf' ? Infinity : value === 'Nan' ? NaN : Number(value));
  }
  return { samples, types, helps };
}

/** Prometheus' own tool has nothing to say about it. */
export function lint(text: string): void {
  const tool = process.env['EBM_PROMTOOL'];
  assert.ok(tool, 'EBM_PROMTOOL must name a promtool: run the tests with `npm test`, which finds or fetches one');
  const checked = spawnSync(tool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
  assert.deepEqual([checked.status, checked.stdout, checked.stderr], [0, '', '']);
}
