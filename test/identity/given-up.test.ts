// An interruption while figures are taken: they are dropped, and an engine that is at annealed runs, which may take minutes, gives them up. The run
// is saved where it stood, and goes on to the bits of one that was not interrupted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import { engines } from './engines.ts';
import { bitsOf, resumeFleet, runFleet } from './fleet.ts';
import { jobOf } from './jobs.ts';

const engineOf = engines();
/** So many that nobody would wait for them: some minutes. */
const BETAS = 3_000_000;

for (const workers of [1, 2]) {
  for (const threads of ['wasm on 1 thread', 'wasm on 2 threads'] as const) {
    test(`${workers} workers, ${threads}`, async () => {
      const measured = { every: 4, logPartition: { kind: 'ais', runs: 100, betas: BETAS, raise: true, reverse: false } } as const;
      const job = jobOf({ job: { evaluate: measured } });
      const { every, keep } = job.checkpoint;
      const journal = new MemoryJournal({ every, keep, grid: job.model.grid });
      const stop = new AbortController();
      const failures: string[] = [];
      let results = 0;
      const cut = await runFleet(job, {
        engine: engineOf(threads), workers, journal, signal: stop.signal,
        onMessage: (message) => {
          if (message.kind === 'lease' && message.unit.kind === 'log-partition') setTimeout(() => { stop.abort(); }, 1); // when the engine has begun
          if (message.kind === 'result' && message.values.kind === 'numbers' && message.values.numbers.length === 100) results += 1;
          if (message.kind === 'failed') failures.push(message.message);
          return true;
        },
      });
      assert.deepEqual([cut.outcome.kind, 'update' in cut.outcome ? cut.outcome.update : null, results], ['interrupted', 4, 0]);
      for (const message of failures) assert.equal(message, 'the annealed runs were given up');
      const quiet = { ...job, evaluate: 'off' } as const;
      assert.deepEqual(await bitsOf(await resumeFleet(quiet, { engine: engineOf(threads), journal, epoch: 2 })), await bitsOf(await runFleet(quiet, { engine: engineOf('reference') })));
    });
  }
}
