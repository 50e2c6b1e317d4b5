// Stopping changes nothing: a run that is interrupted, paused or made longer ends with the bits of one that was made in a single go,
// whoever computes each part of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledJob } from '../../ebm/job.ts';
import type { RunEvent } from '../../coordinator/shell/events.ts';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import { engines, ENGINES } from './engines.ts';
import { bitsOf, randomCut, resumeFleet, runFleet, type Bits, type FleetOptions, type FleetRun } from './fleet.ts';
import { jobOf, jobOfWay, RESCUES, WAYS } from './jobs.ts';

const engineOf = engines();

function journalOf({ checkpoint: { every, keep }, model: { grid } }: CompiledJob): MemoryJournal {
  return new MemoryJournal({ every, keep, grid });
}

async function inOneGo(job: CompiledJob): Promise<Bits> {
  return bitsOf(await runFleet(job, { engine: engineOf('reference') }));
}

/** Another fleet for every life of a run. */
function fleetOf(life: number): FleetOptions {
  return {
    engine: engineOf(ENGINES[life % ENGINES.length]!), workers: [2, 1, 3, 7][life % 4]!, wire: life % 2 === 0 ? 'references' : 'bytes', epoch: 1 + life,
    rules: { cut: randomCut(50 + life) },
  };
}

const isProgress = (event: RunEvent, update: number): boolean => event.kind === 'progress' && event.update === update;

/** Runs with an interruption at each of these updates, and to the end. */
async function interrupted(job: CompiledJob, updates: readonly number[]): Promise<FleetRun> {
  const journal = journalOf(job);
  for (const [life, update] of updates.entries()) {
    const stop = new AbortController();
    const onEvent = (event: RunEvent): void => { if (isProgress(event, update)) stop.abort(); };
    const { outcome } = await resumeFleet(job, { ...fleetOf(life), journal, signal: stop.signal, onEvent });
    assert.equal(outcome.kind, 'interrupted', JSON.stringify(outcome));
    // What has begun is finished: the next update, and with staleness 1 the one after it.
    assert.ok(outcome.update >= update && outcome.update <= update + 1 + job.train.staleness, `interrupted at ${outcome.update}`);
    assert.equal((await journal.restore()).kind, 'restored');
  }
  return resumeFleet(job, { ...fleetOf(updates.length), journal });
}

for (const [i, [way, changes]] of WAYS.entries()) {
  test(`${way}: interrupted three times and resumed, the bits of one go`, async () => {
    const job = jobOfWay(changes, i % 2 === 0 ? 1 : 0);
    assert.deepEqual(await bitsOf(await interrupted(job, [3, 8 + (i % 3), 17])), await inOneGo(job));
  });
}

for (const [name, changes] of RESCUES) {
  test(`${name}: interrupted on every branch and resumed, the bits of one go`, async () => {
    const job = jobOf(changes);
    const expected = await inOneGo(job);
    assert.ok(expected.rollbacks >= 2);
    assert.deepEqual(await bitsOf(await interrupted(job, [5, 9, 12, 20])), expected);
  });
}

test('interrupted before the first update and resumed, the bits of one go', async () => {
  const job = jobOf();
  const journal = journalOf(job);
  const { outcome } = await runFleet(job, { ...fleetOf(0), journal, signal: AbortSignal.abort() });
  assert.deepEqual([outcome.kind, outcome.update], ['interrupted', 0]);
  assert.deepEqual(await bitsOf(await resumeFleet(job, { ...fleetOf(1), journal })), await inOneGo(job));
});

test('interrupted at the last update and resumed, the bits of one go', async () => {
  const job = jobOf();
  const journal = journalOf(job);
  const stop = new AbortController();
  const onEvent = (event: RunEvent): void => { if (isProgress(event, job.train.updates)) stop.abort(); };
  const first = await runFleet(job, { ...fleetOf(0), journal, signal: stop.signal, onEvent });
  assert.equal(first.outcome.kind, 'interrupted');
  assert.deepEqual(await bitsOf(await resumeFleet(job, { ...fleetOf(1), journal })), await inOneGo(job));
});

test('interrupted by its own rollback, the bits of one go', async () => {
  const job = jobOf(RESCUES[0]![1]);
  const journal = journalOf(job);
  const stop = new AbortController();
  const { outcome } = await runFleet(job, { ...fleetOf(0), journal, signal: stop.signal, onEvent: (event) => { if (event.kind === 'rollback') stop.abort(); } });
  assert.deepEqual([outcome.kind, outcome.rollbacks], ['interrupted', 1]);
  assert.deepEqual(await bitsOf(await resumeFleet(job, { ...fleetOf(1), journal })), await inOneGo(job));
});

for (const staleness of [0, 1] as const) {
  test(`paused and unpaused with staleness ${staleness}, the bits of a run without pauses`, async () => {
    for (let life = 0; life < 3; life += 1) {
      const job = jobOf({ train: { staleness } });
      const run = await runFleet(job, {
        ...fleetOf(life),
        onEvent(event, coordinator) {
          if (isProgress(event, 5) || isProgress(event, 16)) coordinator.wish('pause');
          if (event.kind === 'paused') coordinator.wish('unpause');
        },
      });
      assert.equal(run.events.filter((event) => event.kind === 'paused').length, 2);
      assert.deepEqual(await bitsOf(run), await inOneGo(job));
    }
  });
}

for (const [way, changes] of WAYS) {
  for (const updates of [13, 16]) {
    test(`${way}: ${updates} updates made longer, the bits of one go`, async () => {
      const job = jobOfWay({ ...changes, optimiser: { ...changes.optimiser, schedule: 'constant' } }, 1);
      const journal = journalOf(job);
      const short: CompiledJob = { ...job, train: { ...job.train, updates } };
      await bitsOf(await runFleet(short, { ...fleetOf(updates), journal }));
      assert.deepEqual(await bitsOf(await resumeFleet(job, { ...fleetOf(updates + 1), journal })), await inOneGo(job));
    });
  }
}

test('made longer under a linear schedule: the bits of one go that knows the earlier length', async () => {
  const job = jobOf({ optimiser: { learningRate: 40, warmup: 12, schedule: 'linear' }, train: { updates: 30 } });
  const journal = journalOf(job);
  const lengths = [{ update: 14, updates: 14 }];
  await bitsOf(await runFleet({ ...job, train: { ...job.train, updates: 14 } }, { ...fleetOf(0), journal }));
  const longer = await resumeFleet(job, { ...fleetOf(1), journal, lengths });
  assert.deepEqual(await bitsOf(longer), await bitsOf(await runFleet(job, { ...fleetOf(2), lengths })));
  assert.notDeepEqual(await bitsOf(longer), await inOneGo(job), 'the schedule depends on the length');
});

test('made longer past a divergence: it falls back to a scheduled checkpoint, not to the end of the shorter run', async () => {
  const job = jobOf(RESCUES[0]![1]);
  const journal = journalOf(job);
  const short: CompiledJob = { ...job, train: { ...job.train, updates: 10 } };
  await bitsOf(await runFleet(short, { ...fleetOf(0), journal }));
  const run = await resumeFleet(job, { ...fleetOf(1), journal });
  assert.ok(run.events.some((event) => event.kind === 'rollback' && event.from > 10 && event.to === 8), 'it diverged after the shorter run had ended');
  assert.deepEqual(await bitsOf(run), await inOneGo(job));
});
