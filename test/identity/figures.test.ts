// Measuring changes nothing: with evaluation off, exact or annealed, at any updates, a run ends with the same bits. And the figures
// themselves are the same for any fleet on one engine, since they are merged in id order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledJob, EvaluateSettings } from '../../ebm/job.ts';
import type { RunEvent } from '../../coordinator/shell/events.ts';
import { ENGINES, engines } from './engines.ts';
import { bitsOf, randomCut, runFleet, type FleetRun } from './fleet.ts';
import { jobOf, RESCUES, type Changes } from './jobs.ts';

const engineOf = engines();

const ANNEALED = { kind: 'ais', runs: 12, betas: 10, raise: true, reverse: true } as const;
const WATCHED: readonly EvaluateSettings[] = [
  { every: 1, logPartition: ANNEALED },
  { every: 8, logPartition: ANNEALED },
  { every: 0, logPartition: { ...ANNEALED, raise: false, reverse: false } },
];

const SMALL: Changes = { visible: 26, hidden: 8 };
const JOBS: readonly (readonly [string, Changes])[] = [
  ['PCD-1', SMALL],
  ['average, momentum, staleness 1', { ...SMALL, optimiser: { momentum: 0.5 }, train: { average: 0.9, staleness: 1 } }],
  ['CD-2, Adam', { ...SMALL, optimiser: { kind: 'adam', learningRate: 0.01 }, train: { objective: 'cd', steps: 2, chains: null } }],
  [RESCUES[1]![0], RESCUES[1]![1]],
];

/** What was measured, without how long it took. */
function figuresOf({ events }: FleetRun): readonly unknown[] {
  type Evaluated = Extract<RunEvent, { readonly kind: 'evaluated' }>;
  return events.filter((event): event is Evaluated => event.kind === 'evaluated').map((event) => ({ ...event, seconds: 0 }));
}

for (const [name, changes] of JOBS) {
  test(`${name}: the same bits with evaluation off and on`, async () => {
    const job = jobOf(changes);
    const expected = await bitsOf(await runFleet(job, { engine: engineOf('reference') }));
    const exact: readonly EvaluateSettings[] = job.model.hidden > 10 ? [] : [{ every: 5, logPartition: { kind: 'exact' } }];
    for (const [i, evaluate] of [...WATCHED, ...exact].entries()) {
      const watched: CompiledJob = { ...job, evaluate };
      const run = await runFleet(watched, {
        engine: engineOf(ENGINES[i % ENGINES.length]!), workers: 1 + i, wire: i % 2 === 0 ? 'bytes' : 'references', rules: { cut: randomCut(70 + i) },
      });
      assert.deepEqual(await bitsOf(run), expected, JSON.stringify(evaluate));
      assert.ok(figuresOf(run).length >= (evaluate === 'off' || evaluate.every === 0 ? 1 : Math.floor(job.train.updates / evaluate.every)), 'it was measured');
    }
  });

  test(`${name}: the same figures for any fleet`, async () => {
    const job: CompiledJob = { ...jobOf(changes), evaluate: { every: 9, logPartition: ANNEALED } };
    for (const engine of ['reference', 'wasm on 2 threads'] as const) {
      const alone = figuresOf(await runFleet(job, { engine: engineOf(engine) }));
      assert.ok(alone.length >= 3);
      for (const [workers, wire] of [[3, 'references'], [2, 'bytes']] as const) {
        const run = await runFleet(job, { engine: engineOf(engine), workers, wire, rules: { cut: randomCut(workers) } });
        assert.deepEqual(figuresOf(run), alone, `${engine}, ${workers} workers, by ${wire}`);
      }
    }
  });
}
