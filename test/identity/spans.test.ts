// Spans change nothing: a run whose only worker takes whole updates with their steps (adr/0015) has the bits of one whose roles talk at every
// update, for every way of training and every engine; and what comes in the middle of one is answered as anywhere.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import type { Message } from '../../proto/messages.ts';
import { ENGINES, engines } from './engines.ts';
import { bitsOf, resumeFleet, runFleet, type Fleet, type FleetOptions } from './fleet.ts';
import { jobOf, RESCUES, WAYS, type Changes } from './jobs.ts';

const engineOf = engines();
const SPANS = { spanMs: Infinity };
const NONE = { spanMs: 0 };

/** Versions are looked at every 4 updates, saved every 8, and in the ledger every 20. */
function longer(changes: Changes) {
  const job = jobOf({ ...changes, job: { ...changes.job, ledger: { every: 20 } } });
  return { ...job, train: { ...job.train, updates: 48 } };
}

/** Watches how many updates each span had. */
function watched(also: (message: Message, fleet: Fleet) => void = () => undefined): { readonly lengths: number[]; readonly onMessage: NonNullable<FleetOptions['onMessage']> } {
  const lengths: number[] = [];
  return {
    lengths,
    onMessage: (message, _to, fleet) => {
      if (message.kind === 'advanced') lengths.push(message.done);
      also(message, fleet);
      return true;
    },
  };
}

const isSpan = (message: Message): boolean => message.kind === 'lease' && message.unit.kind === 'span';

describe('the bits of a run without spans', () => {
  for (const [way, changes] of WAYS) {
    test(way, async () => {
      const job = longer(changes);
      const expected = await bitsOf(await runFleet(job, { engine: engineOf('reference'), rules: NONE }));
      for (const engine of ENGINES) {
        const { lengths, onMessage } = watched();
        const run = await runFleet(job, { engine: engineOf(engine), rules: SPANS, onMessage });
        assert.deepEqual(await bitsOf(run), expected, engine);
        assert.deepEqual(lengths, [8, 8, 4, 4, 8, 8, 7], engine);
        assert.equal(run.telemetry.counter('ebm_updates_total'), 48);
        assert.equal(run.contributions.get('w-1'), 1, 'the last update is one by itself');
      }
    });
  }

  test('a span has four versions at most whose chains are looked at, and health is as without spans', async () => {
    const job = { ...longer({}), ledger: { every: 10 } };
    const { lengths, onMessage } = watched();
    await runFleet({ ...job, checkpoint: { ...job.checkpoint, every: 0 } }, { engine: engineOf('reference'), rules: SPANS, onMessage });
    assert.deepEqual(lengths, [8, 2, 8, 2, 8, 2, 8, 2, 7]);
    const healths = [];
    for (const rules of [SPANS, NONE]) {
      const journal = new MemoryJournal({ every: 0, keep: 1, grid: job.model.grid });
      await runFleet({ ...job, ledger: { every: 5 }, train: { ...job.train, updates: 140 } }, { engine: engineOf('reference'), rules, journal });
      healths.push(journal.metrics.filter(({ kind }) => kind === 'health'));
    }
    assert.equal(healths[0]!.length, 2);
    assert.deepEqual(healths[0], healths[1]);
  });

  test('by bytes, with two workers, with staleness and where twins may come there are none', async () => {
    const job = longer({});
    const expected = await bitsOf(await runFleet(job, { engine: engineOf('reference'), rules: NONE }));
    const others: readonly Partial<FleetOptions>[] = [{ wire: 'bytes' }, { workers: 2 }, { rules: { ...SPANS, twinAfterMs: 1e6 } }, { rules: { ...SPANS, twinUnits: 4 } }];
    for (const other of others) {
      const { lengths, onMessage } = watched();
      assert.deepEqual(await bitsOf(await runFleet(job, { engine: engineOf('wasm on 1 thread'), rules: SPANS, onMessage, ...other })), expected);
      assert.deepEqual(lengths, []);
    }
    const { lengths, onMessage } = watched();
    await runFleet({ ...job, train: { ...job.train, staleness: 1 } }, { engine: engineOf('wasm on 1 thread'), rules: SPANS, onMessage });
    assert.deepEqual(lengths, []);
  });
});

test('a divergence in a span is answered at its update', async () => {
  const [, changes] = RESCUES[0]!;
  const job = { ...longer(changes), train: jobOf(changes).train };
  const rollbacks = (run: Awaited<ReturnType<typeof runFleet>>): readonly unknown[] => run.events.filter((event) => event.kind === 'rollback');
  const alone = await runFleet(job, { engine: engineOf('reference'), rules: NONE });
  assert.equal(rollbacks(alone).length, 2);
  for (const engine of ENGINES) {
    const { lengths, onMessage } = watched();
    const run = await runFleet(job, { engine: engineOf(engine), rules: SPANS, onMessage });
    assert.deepEqual(rollbacks(run), rollbacks(alone), engine);
    assert.deepEqual(await bitsOf(run), await bitsOf(alone), engine);
    assert.ok(lengths.some((length) => length < 4), 'one was cut short');
  }
});

test('an interruption in a span is heard at its end, and the resumed run has the same bits', async () => {
  const job = longer({ train: { average: 0.9 } });
  const expected = await bitsOf(await runFleet(job, { engine: engineOf('reference'), rules: NONE }));
  const { every, keep } = job.checkpoint;
  const journal = new MemoryJournal({ every, keep, grid: job.model.grid });
  const stop = new AbortController();
  const { onMessage } = watched((message) => { if (isSpan(message) && message.kind === 'lease' && message.unit.kind === 'span' && message.unit.update === 8) stop.abort(); });
  const cut = await runFleet(job, { engine: engineOf('wasm on 2 threads'), rules: SPANS, journal, signal: stop.signal, onMessage });
  assert.deepEqual([cut.outcome.kind, 'update' in cut.outcome ? cut.outcome.update : null], ['interrupted', 16]);
  assert.deepEqual(await bitsOf(await resumeFleet(job, { engine: engineOf('wasm on 1 thread'), rules: SPANS, journal, epoch: 2 })), expected);
});

test('a worker that joins in a span has its share from its end on', async () => {
  const job = longer({});
  const expected = await bitsOf(await runFleet(job, { engine: engineOf('reference'), rules: NONE }));
  let joining: Promise<void> | null = null;
  const { lengths, onMessage } = watched((message, fleet) => { if (isSpan(message)) joining ??= fleet.join('w-2'); });
  const run = await runFleet(job, { engine: engineOf('wasm on 1 thread'), rules: SPANS, onMessage });
  assert.deepEqual(await bitsOf(run), expected);
  assert.equal(lengths.length, 1);
  assert.equal(run.contributions.size, 2);
});

test('S3: a worker that is gone in a span ends the run with the reason, and resumed it has the same bits', async () => {
  const job = longer({});
  const expected = await bitsOf(await runFleet(job, { engine: engineOf('reference'), rules: NONE }));
  const { every, keep } = job.checkpoint;
  const journal = new MemoryJournal({ every, keep, grid: job.model.grid });
  const { onMessage } = watched((message, fleet) => {
    if (message.kind !== 'lease' || message.unit.kind !== 'span' || message.unit.update !== 20) return;
    fleet.workers.get('w-1')!.kill();
    void fleet.join('w-1'); // the same name, which a coordinator takes for the old one's end
  });
  const { outcome } = await runFleet(job, { engine: engineOf('wasm on 1 thread'), rules: SPANS, journal, onMessage });
  assert.ok(outcome.kind === 'failed');
  assert.deepEqual([outcome.code, outcome.message], ['unit-failed', 'worker w-1 went away in the middle of updates from 20 on, and did not say how far it came: go on from the last checkpoint']);
  assert.deepEqual(await bitsOf(await resumeFleet(job, { engine: engineOf('wasm on 1 thread'), rules: SPANS, journal, epoch: 2 })), expected);
});
