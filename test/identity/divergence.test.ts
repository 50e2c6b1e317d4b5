// Divergence is decided from exact values: it happens at the same update, is answered by the same rollback, and ends with the same bits
// for every fleet; and when nothing helps, the run says what happened and what to do.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CompiledJob } from '../../ebm/job.ts';
import type { RunEvent } from '../../coordinator/shell/events.ts';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import { ENGINES, engines } from './engines.ts';
import { bitsOf, randomCut, runFleet, type FleetRun } from './fleet.ts';
import { jobOf, RESCUES } from './jobs.ts';

const engineOf = engines();

type Rollback = Extract<RunEvent, { readonly kind: 'rollback' }>;

function rollbacksOf({ events }: FleetRun): readonly Rollback[] {
  return events.filter((event): event is Rollback => event.kind === 'rollback');
}

function ledgerOf({ journal }: FleetRun): readonly { readonly update: number; readonly branch: number; readonly rollbacks: number }[] {
  assert.ok(journal instanceof MemoryJournal);
  return journal.ledgerText.split('\n').filter(Boolean).map((line) => JSON.parse(line) as { readonly update: number; readonly branch: number; readonly rollbacks: number });
}

function metricsOf({ journal }: FleetRun, kind: string): readonly Readonly<Record<string, unknown>>[] {
  assert.ok(journal instanceof MemoryJournal);
  return journal.metrics.filter((line) => line['kind'] === kind);
}

const FLEETS = [1, 2, 3, 7].flatMap((workers, i) => ENGINES.map((engine, j) => (
  { workers, engine, wire: (i + j) % 2 === 0 ? 'references' : 'bytes', cut: randomCut(workers + j) } as const)));

describe('a learning rate of 1e4', () => {
  const job = jobOf({ optimiser: { learningRate: 1e4 } });

  test('is detected, rolled back and recorded each time, and fails after the last with what happened and what to do', async () => {
    for (const { workers, engine, wire, cut } of FLEETS) {
      const run = await runFleet(job, { engine: engineOf(engine), workers, wire, rules: { cut } });
      const { outcome } = run;
      assert.equal(outcome.kind, 'failed');
      assert.deepEqual([outcome.code, outcome.update, outcome.branch, outcome.rollbacks], ['diverged', 1, 3, 3]);
      assert.equal(outcome.message, 'weight-out-of-grid at weight [0, 0], at a learning rate of 1250. 3 rollbacks, each to half the rate, did not help. '
        + 'Start a new run with a train.optimiser.learningRate well below 1250, or a longer train.optimiser.warmup.');
      assert.deepEqual(rollbacksOf(run).map(({ from, to, branch, learningRate }) => [from, to, branch, learningRate]), [[0, 0, 1, 5000], [0, 0, 2, 2500], [1, 0, 3, 1250]]);
      assert.deepEqual(metricsOf(run, 'rollback').map(({ from, to, branch }) => [from, to, branch]), [[0, 0, 1], [0, 0, 2], [1, 0, 3]]);
    }
  });

  test('that comes back to a checkpoint which was taken on the way says so, and how to fall back further', async () => {
    const run = await runFleet({ ...job, checkpoint: { ...job.checkpoint, every: 1 } }, { engine: engineOf('wasm on 1 thread') });
    assert.equal(run.outcome.kind, 'failed');
    assert.ok(rollbacksOf(run).at(-1)!.to > 0);
    assert.match(run.outcome.message, /3 rollbacks, each to half the rate, did not help\. Rollbacks come back to the checkpoint of update (\d+), in which the run may have been on its way already\. Start a new run with a train\.optimiser\.learningRate well below 1250, a checkpoint\.every above 1, so that they go back further, or a longer/);
  });

  test('fails at once where no rollback is allowed, and says so', async () => {
    const none: CompiledJob = { ...job, train: { ...job.train, rollbacks: 0 } };
    const { outcome } = await runFleet(none, { engine: engineOf('wasm on 1 thread') });
    assert.equal(outcome.kind, 'failed');
    assert.equal(outcome.message, 'weight-out-of-grid at weight [0, 5], at a learning rate of 10000. No rollback was allowed (train.rollbacks: 0). '
      + 'Start a new run with a train.optimiser.learningRate well below 10000, or a longer train.optimiser.warmup.');
  });
});

for (const [name, changes] of RESCUES) {
  describe(`${name}, and rescued`, () => {
    const job = jobOf(changes);

    test('ends with the same bits for any workers, engine, threads, wire and cut', async () => {
      const alone = await runFleet(job, { engine: engineOf('reference') });
      const expected = await bitsOf(alone);
      assert.equal(expected.branch, expected.rollbacks);
      for (const { workers, engine, wire, cut } of FLEETS) {
        const run = await runFleet(job, { engine: engineOf(engine), workers, wire, rules: { cut } });
        const fleet = `${workers} workers, ${engine}, by ${wire}`;
        assert.deepEqual(rollbacksOf(run), rollbacksOf(alone), fleet);
        assert.deepEqual(await bitsOf(run), expected, fleet);
      }
    });

    test('falls back to a scheduled checkpoint, and its ledger keeps what was left behind', async () => {
      const run = await runFleet(job, { engine: engineOf('wasm on 2 threads'), workers: 3 });
      for (const { from, to } of rollbacksOf(run)) assert.equal(to, from - (from % job.checkpoint.every));
      const history: { update: number; branch: number; rollbacks: number }[] = [];
      let at = 0;
      for (const { from, to, branch } of [...rollbacksOf(run), { from: job.train.updates, to: 0, branch: rollbacksOf(run).length + 1 }]) {
        for (let update = at + 1; update <= from; update += 1) if (update % job.ledger.every === 0) history.push({ update, branch: branch - 1, rollbacks: branch - 1 });
        at = to;
      }
      assert.deepEqual(ledgerOf(run).map(({ update, branch, rollbacks }) => ({ update, branch, rollbacks })), history);
    });
  });
}
