// The same bits at the edges of what a job may be: layers of one unit and of whole words, one sample, more samples than the data has,
// more than a pass or an int32 sum holds, chores at every update or at none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledJob } from '../../ebm/job.ts';
import { engines, type EngineName } from './engines.ts';
import { bitsOf, randomCut, resumeFleet, runFleet, type Wire } from './fleet.ts';
import { jobOf, RESCUES, type Changes } from './jobs.ts';

const engineOf = engines();

const FLEETS: readonly (readonly [number, EngineName, Wire])[] = [
  [3, 'reference', 'bytes'], [7, 'wasm on 2 threads', 'references'], [1, 'wasm on 1 thread', 'references'], [2, 'wasm on 2 threads', 'bytes'],
];

const few = { updates: 6 } as const;
const cd = { objective: 'cd', chains: null } as const;
const SHAPES: readonly (readonly [string, Changes])[] = [
  ['one hidden unit', { hidden: 1, train: few }],
  ['one visible unit', { visible: 1, train: few }],
  ['64 visible and 64 hidden units', { visible: 64, hidden: 64, train: { updates: 4 } }],
  ['128 visible and 32 hidden units, batch and chains differ', { visible: 128, hidden: 32, train: { updates: 4, chains: 9 } }],
  ['65 visible and 33 hidden units, stale', { visible: 65, hidden: 33, train: { updates: 5, staleness: 1 } }],
  ['one sample and one chain', { train: { batch: 1, chains: 1, updates: 12 } }],
  ['one sample and many chains, stale', { train: { batch: 1, chains: 20, staleness: 1, updates: 12 } }],
  ['many samples and one chain', { train: { batch: 20, chains: 1, steps: 3, updates: 12 } }],
  ['one sample of CD-3', { train: { ...cd, batch: 1, steps: 3, updates: 12 } }],
  ['a batch of several epochs', { train: { batch: 130, chains: 130, updates: 4 } }],
  ['more than a pass of the kernels', { visible: 9, hidden: 7, train: { batch: 1500, chains: 1100, updates: 3 } }],
  ['more than a pass of the kernels, CD', { visible: 9, hidden: 7, train: { ...cd, batch: 1500, updates: 3 } }],
  ['more samples than int32 sums hold', { visible: 5, hidden: 3, train: { batch: 33_000, chains: 33_000, updates: 2 } }],
  ['more chains than int32 sums hold', { visible: 5, hidden: 3, train: { batch: 20, chains: 40_000, updates: 2 } }],
  ['a checkpoint, a line and figures at every update', {
    hidden: 6, visible: 12, train: { average: 0.9, staleness: 1 },
    job: { checkpoint: { every: 1, keep: 1 }, ledger: { every: 1 }, evaluate: { every: 1, logPartition: { kind: 'exact' } } },
  }],
  ['a single update', { train: { updates: 1 } }],
];

for (const [name, changes] of SHAPES) {
  test(`${name}: the same bits for any fleet`, async () => {
    const job = jobOf(changes);
    const expected = await bitsOf(await runFleet(job, { engine: engineOf('reference') }));
    for (const [workers, engine, wire] of FLEETS) {
      const run = await runFleet(job, { engine: engineOf(engine), workers, wire, rules: { cut: randomCut(workers) } });
      assert.deepEqual(await bitsOf(run), expected, `${workers} workers, ${engine}, by ${wire}`);
    }
  });
}

test('without scheduled checkpoints every rollback is to the start, in one go or interrupted', async () => {
  const job: CompiledJob = { ...jobOf(RESCUES[0]![1]), checkpoint: { every: 0, keep: 1 } };
  const alone = await runFleet(job, { engine: engineOf('reference') });
  const rollbacks = alone.events.filter((event) => event.kind === 'rollback');
  assert.ok(rollbacks.length > 0 && rollbacks.every(({ to }) => to === 0));
  const stop = new AbortController();
  const first = await runFleet(job, { engine: engineOf('wasm on 1 thread'), workers: 3, signal: stop.signal, onEvent: (event) => { if (event.kind === 'progress' && event.update === 5) stop.abort(); } });
  assert.equal(first.outcome.kind, 'interrupted');
  const second = await resumeFleet(job, { engine: engineOf('wasm on 2 threads'), workers: 2, wire: 'bytes', journal: first.journal });
  assert.deepEqual(await bitsOf(second), await bitsOf(alone));
});
