// What `ebm verify` stands on: a run is computed again up to any version, by another fleet, with the digests that its ledger has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledJob } from '../../ebm/job.ts';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import { engines } from './engines.ts';
import { randomCut, runFleet, type FleetRun } from './fleet.ts';
import { jobOf, jobOfWay, RESCUES, WAYS } from './jobs.ts';

const engineOf = engines();

const JOBS: readonly (readonly [string, CompiledJob])[] = [
  ...WAYS.map(([way, changes], i) => [`${way}, staleness ${i % 2}`, jobOfWay(changes, i % 2 === 0 ? 0 : 1)] as const),
  ...RESCUES.map(([name, changes]) => [name, jobOf(changes)] as const),
];

interface Line { readonly update: number; readonly branch: number; readonly digest: string }

function ledgerOf({ journal }: FleetRun): readonly Line[] {
  assert.ok(journal instanceof MemoryJournal);
  return journal.ledgerText.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Line);
}

for (const [name, job] of JOBS) {
  test(`${name}: computed again to update 20, and to the end, with the ledger's lines`, async () => {
    const recorded = ledgerOf(await runFleet(job, { engine: engineOf('wasm on 2 threads'), workers: 3 }));
    for (const verifyUntil of [20, job.train.updates]) {
      const again = await runFleet(job, { engine: engineOf('reference'), workers: 2, verifyUntil, rules: { cut: randomCut(12) } });
      assert.equal(again.outcome.kind, 'finished', JSON.stringify(again.outcome));
      const lines = ledgerOf(again);
      assert.deepEqual(lines.map(({ digest }) => digest), recorded.slice(0, lines.length).map(({ digest }) => digest));
      assert.ok(lines.at(-1)!.update + job.ledger.every > verifyUntil, `the last line is of update ${lines.at(-1)!.update}`);
    }
  });
}
