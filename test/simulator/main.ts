// `npm run simulate`: plays seeds, tells what was met, and on a violation shrinks the scenario and prints how to replay it.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { INVARIANTS } from './invariants.ts';
import { oracleFrom, type Oracle } from './oracle.ts';
import { scenarioOf, type Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';
import { allOracles, simulate, type Verdict } from './simulate.ts';
import { Reached, SITUATIONS, type Situation } from './situations.ts';

interface Options {
  readonly seeds: number;
  readonly first: number;
  /** Indices of the faults that are kept, or all. */
  readonly only: readonly number[] | null;
  readonly expected: string | null;
  readonly json: boolean;
  /** Prints what happens. */
  readonly trace: boolean;
}

function optionsOf(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words], strict: true,
    options: { seeds: { type: 'string' }, first: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' }, expected: { type: 'string' }, json: { type: 'boolean' }, trace: { type: 'boolean' } },
  });
  const whole = (name: string, text: string): number => {
    const number = Number(text);
    if (Number.isSafeInteger(number) && number >= 0) return number;
    throw new RangeError(`--${name} is a whole number from 0 on, not ${JSON.stringify(text)}`);
  };
  return {
    seeds: values.seed === undefined ? whole('seeds', values.seeds ?? '300') : 1, first: whole('first', values.seed ?? values.first ?? '1'),
    only: values.only === undefined ? null : values.only.split(',').filter(Boolean).map((text) => whole('only', text)),
    expected: values.expected ?? null, json: values.json ?? false, trace: values.trace ?? false,
  };
}

function kept(scenario: Scenario, only: readonly number[] | null): Scenario {
  return only === null ? scenario : { ...scenario, faults: scenario.faults.filter((_, index) => only.includes(index)) };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function explain(scenario: Scenario, { violation }: Verdict, oracles: readonly Oracle[]): Promise<void> {
  const { seed } = scenario;
  say(`\nseed ${seed}: ${violation!.invariant} is violated at ${Math.round(violation!.atMs)} ms: ${INVARIANTS[violation!.invariant]}\n  ${violation!.message}`);
  const smallest = await shrink(scenario, async (less) => (await simulate(less, oracles)).violation?.invariant === violation!.invariant);
  const indices = smallest.faults.map((fault) => scenario.faults.indexOf(fault));
  say(`\n${smallest.faults.length} of ${scenario.faults.length} faults show it:`);
  for (const fault of smallest.faults) say(`  ${JSON.stringify(fault)}`);
  const { violation: last } = await simulate(smallest, oracles);
  say(`  ${last?.invariant ?? 'none'}: ${last?.message ?? ''}`);
  say(`\nReplay: npm run simulate -- --seed ${seed}${indices.length === scenario.faults.length ? '' : ` --only ${indices.join(',') || ','}`}`);
}

function tell(reached: Reached): void {
  const names = Object.keys(SITUATIONS) as Situation[];
  const met = names.filter((name) => reached.counts.has(name));
  say(`\nsituations reached: ${met.length} of ${names.length}`);
  for (const name of names) say(`  ${String(reached.counts.get(name) ?? 0).padStart(8)}  ${name}`);
}

export async function main(words: readonly string[]): Promise<number> {
  const options = optionsOf(words);
  const oracles = options.expected === null ? await allOracles() : (JSON.parse(readFileSync(options.expected, 'utf8')) as string[]).map(oracleFrom);
  const reached = new Reached();
  const began = performance.now();
  let events = 0;
  for (let seed = options.first; seed < options.first + options.seeds; seed += 1) {
    const scenario = kept(scenarioOf(seed), options.only);
    const verdict = await simulate(scenario, oracles, { reached, ...(options.trace ? { onNote: say } : {}) });
    events += verdict.events;
    if (verdict.violation === null) continue;
    if (options.trace) say(`${verdict.violation.invariant}: ${verdict.violation.message}`);
    else if (options.json) say(JSON.stringify({ seed, seeds: seed - options.first + 1, ...verdict.violation }));
    else await explain(scenario, verdict, oracles);
    return 1;
  }
  const seconds = (performance.now() - began) / 1000;
  if (options.json) say(JSON.stringify({ seeds: options.seeds, violations: 0, seconds, events, reached: Object.fromEntries(reached.counts) }));
  else {
    tell(reached);
    say(`\n${options.seeds} seeds from ${options.first} without violation, ${events} events, ${(1000 * seconds / options.seeds).toFixed(1)} ms a seed`);
  }
  return 0;
}
