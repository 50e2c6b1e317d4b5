// What every adapter of the journal port promises, as long as nothing fails. Crashes are in test/chaos, damage in test/unit/journal.
// The bench's journal schedules checkpoints every 100 updates and keeps 2.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LEDGER_START, type Journal, type RestoreOutcome, type Snapshot } from '../../platform/journal/journal.ts';
import { entryOf, modelOf, snapshotOf } from '../support/run-fixtures.ts';

export interface JournalBench {
  readonly journal: Journal;
  readonly end: () => Promise<void>;
}

function restored(outcome: RestoreOutcome): Snapshot {
  assert.equal(outcome.kind, 'restored');
  assert.deepEqual(outcome.warnings, []);
  return outcome.snapshot;
}

export function journalContract(name: string, bench: () => Promise<JournalBench>): void {
  const claim = (what: string, check: (journal: Journal) => Promise<void>): void => {
    test(what, async () => {
      const { journal, end } = await bench();
      try {
        await check(journal);
      } finally {
        await end();
      }
    });
  };

  describe(`journal contract: ${name}`, () => {
    claim('a new journal has no checkpoint, and a ledger at its start', async (journal) => {
      assert.deepEqual(await journal.restore(), { kind: 'none', warnings: [] });
      assert.deepEqual(await journal.restoreScheduled(1000), { kind: 'none', warnings: [] });
      assert.deepEqual(journal.ledgerPosition(), LEDGER_START);
    });

    claim('a snapshot comes back to the bit, with everything that stands in it', async (journal) => {
      const snapshot = snapshotOf({
        update: 123, branch: 2, rollbacks: 2, rateScale: 0.1 + 0.2, reason: 'signal', figure: -86.97000000000001,
        digests: { parameters: `sha256:${'a'.repeat(64)}`, chains: null },
      });
      const special = new Map(snapshot.arrays).set('special', Float32Array.of(-0, 1e-45, 3.4e38, 1 / 3)).set('empty', new Float32Array(0));
      await journal.checkpoint({ ...snapshot, arrays: special }, modelOf(123));
      const found = restored(await journal.restore());
      assert.deepEqual({ ...found, arrays: [...found.arrays].sort() }, { ...snapshot, arrays: [...special].sort() });
      assert.ok(Object.is(found.arrays.get('special')![0], -0));
    });

    claim('arrays in shared memory are kept too', async (journal) => {
      const shared = new Float32Array(new SharedArrayBuffer(16), 4, 2);
      shared.set([1.5, 2.5]);
      await journal.checkpoint({ ...snapshotOf({ update: 1 }), arrays: new Map([['shared', shared]]) }, modelOf(1));
      shared.fill(0);
      assert.deepEqual([...restored(await journal.restore()).arrays.get('shared')!], [1.5, 2.5]);
    });

    claim('the newest is the last in the run\'s history: after a rollback that is not the highest update', async (journal) => {
      await journal.checkpoint(snapshotOf({ update: 100 }), modelOf(100));
      await journal.checkpoint(snapshotOf({ update: 170, reason: 'signal' }), modelOf(170));
      await journal.checkpoint(snapshotOf({ update: 130, branch: 1, rollbacks: 1, reason: 'signal' }), modelOf(130));
      const { update, branch } = restored(await journal.restore());
      assert.deepEqual({ update, branch }, { update: 130, branch: 1 });
    });

    claim('a checkpoint at an update is found by it, and one that is absent is told with those that are there', async (journal) => {
      await journal.checkpoint(snapshotOf({ update: 100 }), modelOf(100));
      await journal.checkpoint(snapshotOf({ update: 200 }), modelOf(200));
      assert.equal(restored(await journal.restore(100)).update, 100);
      const outcome = await journal.restore(150);
      assert.equal(outcome.kind, 'none');
      assert.match(outcome.warnings.join(), /no checkpoint of update 150; there are: 200, 100/);
    });

    claim('a rollback finds the newest scheduled one up to an update', async (journal) => {
      await journal.checkpoint(snapshotOf({ update: 100 }), modelOf(100));
      await journal.checkpoint(snapshotOf({ update: 200 }), modelOf(200));
      assert.equal(restored(await journal.restoreScheduled(200)).update, 200);
      assert.equal(restored(await journal.restoreScheduled(199)).update, 100);
      await journal.checkpoint(snapshotOf({ update: 210, reason: 'pause' }), modelOf(210));
      assert.equal(restored(await journal.restoreScheduled(210)).update, 200);
      assert.equal((await journal.restoreScheduled(99)).kind, 'none');
    });

    claim('what is taken at a scheduled update is scheduled, whatever the occasion; a later occasion there does not change it', async (journal) => {
      for (const reason of ['signal', 'pause', 'final'] as const) {
        await journal.checkpoint(snapshotOf({ update: 300, reason }), modelOf(300));
        assert.equal(restored(await journal.restoreScheduled(300)).update, 300);
      }
      await journal.checkpoint(snapshotOf({ update: 0, reason: 'pause' }), modelOf(0));
      assert.equal(restored(await journal.restoreScheduled(0)).update, 0);
    });

    claim('a checkpoint at an update that has one replaces it', async (journal) => {
      await journal.checkpoint(snapshotOf({ update: 100 }), modelOf(100));
      await journal.checkpoint(snapshotOf({ update: 100, branch: 1, rollbacks: 1, rateScale: 0.5 }), modelOf(100));
      const found = restored(await journal.restore(100));
      assert.deepEqual([found.branch, found.rateScale, found.arrays.get('chains')], [1, 0.5, snapshotOf({ update: 100, branch: 1 }).arrays.get('chains')]);
    });

    claim('the newest, the best and what a rollback needs are kept; the others go', async (journal) => {
      await journal.checkpoint(snapshotOf({ update: 100, figure: -80 }), modelOf(100));
      await journal.checkpoint(snapshotOf({ update: 200, figure: -90 }), modelOf(200));
      await journal.checkpoint(snapshotOf({ update: 300, figure: -85 }), modelOf(300));
      for (const update of [310, 320, 330]) await journal.checkpoint(snapshotOf({ update, reason: 'signal' }), modelOf(update));
      const kept = [];
      for (const update of [100, 200, 300, 310, 320, 330]) if ((await journal.restore(update)).kind === 'restored') kept.push(update);
      assert.deepEqual(kept, [100, 300, 320, 330]);
    });

    claim('what was taken later than a point of the history can be discarded', async (journal) => {
      await journal.checkpoint(snapshotOf({ update: 100 }), modelOf(100));
      await journal.checkpoint(snapshotOf({ update: 50, branch: 1, rollbacks: 1, reason: 'signal' }), modelOf(50));
      await journal.discardNewer({ rollbacks: 0, update: 100 });
      assert.equal(restored(await journal.restore()).update, 100);
      await journal.discardNewer({ rollbacks: 0, update: 99 });
      assert.equal((await journal.restore()).kind, 'none');
    });

    claim('equal entries give an equal chain, whatever stands aside; another entry another one from there on', async (journal) => {
      for (const update of [10, 20]) await journal.appendLedger(entryOf(update), { engine: 'wasm/1', seconds: 1.5 });
      const second = journal.ledgerPosition();
      assert.equal(second.lines, 2);
      await journal.cutLedger(LEDGER_START);
      assert.deepEqual(journal.ledgerPosition(), LEDGER_START);
      for (const update of [10, 20]) await journal.appendLedger(entryOf(update), { engine: 'reference', seconds: 99, note: null });
      assert.deepEqual(journal.ledgerPosition(), second);
      await journal.cutLedger(LEDGER_START);
      await journal.appendLedger({ ...entryOf(10), chains: null }, {});
      await journal.appendLedger(entryOf(20), {});
      assert.notEqual(journal.ledgerPosition().head, second.head);
    });

    claim('a line that is computed again is compared with the one that was cut', async (journal) => {
      const first = await journal.appendLedger(entryOf(10), {});
      await journal.appendLedger(entryOf(20), {});
      await journal.appendLedger(entryOf(30), {});
      await journal.cutLedger(first.position);
      assert.deepEqual(journal.ledgerPosition(), first.position);
      assert.equal((await journal.appendLedger(entryOf(20), {})).kind, 'appended');
      const outcome = await journal.appendLedger({ ...entryOf(30), parameters: `sha256:${'b'.repeat(64)}` }, {});
      assert.equal(outcome.kind, 'differs');
      assert.equal(outcome.line, 3);
      assert.equal(outcome.was, JSON.stringify(entryOf(30)));
      assert.equal(outcome.position.lines, 3);
      assert.equal((await journal.appendLedger(entryOf(40), {})).kind, 'appended');
    });

    claim('lines of another branch are not compared with each other', async (journal) => {
      await journal.appendLedger(entryOf(10, 0), {});
      await journal.cutLedger(LEDGER_START);
      assert.equal((await journal.appendLedger(entryOf(10, 1), {})).kind, 'appended');
    });

    claim('metrics and artefacts are taken, artefacts more than once', async (journal) => {
      await journal.appendMetrics({ update: 10, energyGap: 1.5, nothing: null });
      await journal.writeArtefact('samples/00000100.png', Uint8Array.of(1, 2, 3));
      await journal.writeArtefact('samples/00000100.png', Uint8Array.of(4));
      await journal.writeArtefact('report.html', new Uint8Array(0));
    });

    claim('calls that do not wait for each other are done in their order', async (journal) => {
      const calls = [
        journal.appendLedger(entryOf(10), {}), journal.checkpoint(snapshotOf({ update: 100 }), modelOf(100)), journal.appendMetrics({ a: 1 }),
        journal.appendLedger(entryOf(20), {}), journal.checkpoint(snapshotOf({ update: 200 }), modelOf(200)), journal.restore(), journal.close(),
      ];
      const outcomes = await Promise.all(calls);
      assert.equal(restored(outcomes[5] as RestoreOutcome).update, 200);
      assert.equal(journal.ledgerPosition().lines, 2);
    });
  });
}
