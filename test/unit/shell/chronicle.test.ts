// What runs told: lines are numbered without a gap over parts, leaders and pages, each part is read once by whoever turns the pages, and a
// short account of them is a fold.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NOTHING_TOLD, tell } from '../../../coordinator/machine/cluster/account.ts';
import { Chronicle, CHRONICLE_LIMITS, type ChronicleLine } from '../../../coordinator/shell/cluster/chronicle.ts';
import { virtualClock } from '../../../platform/clock/virtual.ts';
import { openMemoryStore } from '../../../platform/store/memory.ts';
import type { Store } from '../../../platform/store/store.ts';

const PART_LINES = 400;

/** The store, and which keys were read. */
function watched(): { readonly store: Store; readonly reads: string[] } {
  const inner = openMemoryStore();
  const reads: string[] = [];
  return { reads, store: {
    putIfAbsent: (...given) => inner.putIfAbsent(...given), list: (prefix) => inner.list(prefix), remove: (key) => inner.remove(key), close: () => inner.close(),
    get(key) { reads.push(key); return inner.get(key); },
  } };
}

async function pages(chronicle: Chronicle, job: string): Promise<readonly ChronicleLine[]> {
  const all: ChronicleLine[] = [];
  for (;;) {
    const page = await chronicle.lines(job, all.length);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

describe('the chronicle of a cluster', () => {
  const open = (store: Store, epoch: number): Chronicle => new Chronicle({ store, clock: virtualClock(), epoch, onFailure: (message) => { assert.fail(message); } });

  test('pages of a long log are whole, and each part is read at most once a page that it has lines in', async () => {
    const { store, reads } = watched();
    const chronicle = open(store, 1);
    const parts = Math.ceil(2 * CHRONICLE_LIMITS.linesReadMax / PART_LINES) + 1;
    let told = 0;
    for (let part = 0; part < parts; part += 1) {
      for (let i = 0; i < PART_LINES; i += 1) chronicle.append('j-1', { kind: 'checkpoint', update: told += 1 });
      await chronicle.flush(true);
    }
    chronicle.append('j-1', { kind: 'checkpoint', update: told += 1 }); // in no part yet
    const heir = open(store, 2);
    const lines = await pages(chronicle, 'j-1');
    assert.deepEqual(lines.map(({ number, event }) => [number, event['update']]), Array.from({ length: told }, (_, i) => [i + 1, i + 1]));
    assert.ok(reads.length <= parts + 2, `${reads.length} reads of ${parts} parts`); // a part that a page ends in is read for the next one too
    assert.equal((await pages(heir, 'j-1')).length, told - 1);
    assert.deepEqual([(await chronicle.account('j-1')).checkpoint, (await heir.account('j-1')).checkpoint, await heir.account('j-2')], [told, told - 1, NOTHING_TOLD]);
    assert.deepEqual(await heir.lines('j-2', 0), []);
  });

  test('whoever reads while a part is being written finds every line once', async () => {
    const { store } = watched();
    const chronicle = open(store, 1);
    for (let update = 1; update <= 50; update += 1) {
      chronicle.append('j-1', { kind: 'checkpoint', update });
      const reading = chronicle.lines('j-1', 0);
      const flushing = chronicle.flush(true);
      assert.deepEqual((await reading).map(({ event }) => event['update']), Array.from({ length: update }, (_, i) => i + 1));
      await flushing;
    }
  });

  test('what the store would not take is kept, read, and written when there is room again: every line once, in its order, whatever became of the write that failed', async () => {
    for (const isLeft of [false, true]) {
      const { store } = watched();
      let isFull = true;
      const failures: string[] = [];
      const full: Store = { ...store, async putIfAbsent(key, bytes) {
        if (!isFull) return store.putIfAbsent(key, bytes);
        if (isLeft) await store.putIfAbsent(key, bytes);
        throw new Error('no room');
      } };
      const chronicle = new Chronicle({ store: full, clock: virtualClock(), epoch: 1, onFailure: (message) => { failures.push(message); } });
      const updates = async (of: Chronicle): Promise<readonly unknown[]> => (await of.lines('j-1', 0)).map(({ event }) => event['update']);
      for (const update of [1, 2, 3]) {
        chronicle.append('j-1', { kind: 'checkpoint', update });
        await chronicle.flush(true);
        assert.deepEqual([await updates(chronicle), (await chronicle.account('j-1')).checkpoint], [Array.from({ length: update }, (_, i) => i + 1), update]);
      }
      assert.deepEqual(failures, ['lines of the log of j-1 could not be written, and are kept and tried again: no room'], 'it is said once');
      for (let update = 4; update < 4 + 2 * CHRONICLE_LIMITS.linesWaitingMax; update += 1) chronicle.append('j-1', { kind: 'checkpoint', update });
      assert.equal((await updates(chronicle)).length, 1 + CHRONICLE_LIMITS.linesWaitingMax, 'it is bounded');
      isFull = false;
      await chronicle.flush(true);
      const all = await updates(chronicle);
      assert.deepEqual(await updates(open(store, 2)), all);
      assert.deepEqual([all[0], all.at(-1), all.length], [1, 3 + 2 * CHRONICLE_LIMITS.linesWaitingMax, 1 + CHRONICLE_LIMITS.linesWaitingMax]);
      isFull = true;
      chronicle.append('j-1', { kind: 'checkpoint', update: 0 });
      await chronicle.close(false);
      assert.match(failures.at(-1)!, /^the last lines of the log of j-1 are lost/);
    }
  });

  test('an account keeps the first start, the last checkpoint, branch, figures and warning', () => {
    const events = [
      { kind: 'started', at: '1', directory: '/runs/a' }, { kind: 'checkpoint', update: 20 }, { kind: 'evaluated', update: 20 }, { kind: 'warning', message: 'w' },
      { kind: 'rollback', from: 33, to: 20, branch: 1 }, { kind: 'interrupted', update: 25 }, { kind: 'started', at: '2', directory: '/runs/b' }, { kind: 'checkpoint', update: 40 }, { kind: 'evaluated', update: 40 },
    ];
    assert.deepEqual(events.reduce(tell, NOTHING_TOLD), { startedAt: '1', directory: '/runs/b', checkpoint: 40, branch: 1, evaluated: events[8], warning: events[4] });
    const back = (kind: string, to: number): number | null => [...events, { kind, from: 55, to, branch: 2 }].reduce(tell, NOTHING_TOLD).checkpoint;
    assert.deepEqual([back('rollback', 20), back('returned', 20), back('rollback', 40), back('rollback', 0)], [20, 20, 40, null], 'what is newer than where it goes back to is no more');
  });
});
