// How a run is steered: stops and goes on, falls back, measures, saves, and ends. All on embedded runs of the tiny job.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledJob } from '../../../ebm/job.ts';
import type { RunEvent, RunOutcome } from '../../../coordinator/shell/events.ts';
import { openReferenceEngine } from '../../../engine/reference/engine.ts';
import type { Engine } from '../../../engine/engine.ts';
import { SGD } from '../../support/engine-run.ts';
import { runEmbedded } from '../../support/embedded.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';
import { tinyJob } from '../../support/tiny-job.ts';

type Kind<K extends RunEvent['kind']> = Extract<RunEvent, { readonly kind: K }>;

function only<K extends RunEvent['kind']>(events: readonly RunEvent[], kind: K): Kind<K>[] {
  return events.filter((event): event is Kind<K> => event.kind === kind);
}

function finished(outcome: RunOutcome): Kind<'finished'> {
  assert.equal(outcome.kind, 'finished', JSON.stringify(outcome));
  return outcome;
}

function bits(outcome: RunOutcome): readonly (string | null)[] {
  const { parameters, chains, ledger } = finished(outcome);
  return [parameters, chains, ledger];
}

/** The reference engine whose optimiser step, or whose units, fail from a certain call on. */
function failingEngine(fails: { readonly apply?: number; readonly evaluate?: number }): Engine {
  const engine = openReferenceEngine();
  let applied = 0;
  let evaluated = 0;
  return {
    ...engine,
    load: async (problem) => {
      const session = await engine.load(problem);
      return {
        ...session,
        apply: (...inputs) => (applied += 1) > (fails.apply ?? Infinity) ? Promise.reject(new Error('the step broke')) : session.apply(...inputs),
        evaluate: (...inputs) => (evaluated += 1) > (fails.evaluate ?? Infinity) ? Promise.reject(new Error('the kernel broke')) : session.evaluate(...inputs),
      };
    },
  };
}

const variants: readonly (readonly [string, CompiledJob])[] = [
  ['SGD', tinyJob({ train: { updates: 12 } })],
  ['Adam, averaged, staleness 1', tinyJob({ train: { updates: 12, staleness: 1, average: 0.9, optimiser: { ...SGD, kind: 'adam', learningRate: 0.01 } } })],
  ['CD with momentum', tinyJob({ train: { updates: 12, objective: 'cd', chains: null, optimiser: { ...SGD, momentum: 0.5, weightDecay: 0.001 } } })],
];

for (const [name, job] of variants) {
  test(`${name}: a run that is interrupted at any update and resumed ends with the bits of one that was not`, async () => {
    const expected = bits((await runEmbedded(job)).outcome);
    for (let stopAt = 0; stopAt < 12; stopAt += 1) {
      const journal = new MemoryJournal();
      const stop = new AbortController();
      if (stopAt === 0) stop.abort();
      const onEvent = (event: RunEvent): void => { if (event.kind === 'progress' && event.update === stopAt) stop.abort(); };
      const first = await runEmbedded(job, { journal, workers: 2, more: { signal: stop.signal }, onEvent });
      assert.equal(first.outcome.kind, 'interrupted');
      assert.ok(first.outcome.update <= stopAt + 2, 'the run stops soon');
      assert.ok(first.outcome.path?.startsWith('checkpoints/') === true);
      const restored = await journal.restore();
      assert.ok(restored.kind === 'restored');
      assert.equal(restored.snapshot.update, first.outcome.update);
      const second = await runEmbedded(job, { journal, workers: 3, more: { start: restored.snapshot, epoch: 2 } });
      assert.deepEqual(bits(second.outcome), expected, `interrupted at ${stopAt}`);
    }
  });

  test(`${name}: a run that crashes at any update goes on from its last checkpoint, and recomputed ledger lines agree`, async () => {
    const expected = bits((await runEmbedded(job)).outcome);
    for (const crashAt of [1, 5, 6, 8, 11]) {
      const journal = new MemoryJournal();
      const crashed = await runEmbedded(job, { journal, engine: failingEngine({ apply: crashAt }) });
      assert.equal(crashed.outcome.kind, 'failed');
      const restored = await journal.restore();
      const start = restored.kind === 'restored' ? restored.snapshot : null;
      const { outcome } = await runEmbedded(job, { journal, more: { start, epoch: 2 } });
      assert.deepEqual(bits(outcome), expected, `crashed at ${crashAt}`);
      assert.equal(journal.cut.size, 0, 'every line that was cut was computed again');
    }
  });
}

test('a shorter run that is made longer ends with the bits of the longer one', async () => {
  const long = tinyJob({ train: { updates: 11 } });
  const journal = new MemoryJournal();
  finished((await runEmbedded(tinyJob({ train: { updates: 7 } }), { journal })).outcome);
  const restored = await journal.restore();
  assert.ok(restored.kind === 'restored');
  const { outcome } = await runEmbedded(long, { journal, more: { start: restored.snapshot } });
  assert.deepEqual(bits(outcome), bits((await runEmbedded(long)).outcome));
});

test('a paused run is saved and goes on when it is told to, with the same bits', async () => {
  const job = tinyJob();
  const journal = new MemoryJournal();
  const { outcome, events } = await runEmbedded(job, {
    journal,
    onEvent: (event, coordinator) => {
      if (event.kind === 'progress' && event.update === 5) coordinator.wish('pause');
      if (event.kind === 'paused') setImmediate(() => { coordinator.wish('unpause'); });
    },
  });
  assert.deepEqual(bits(outcome), bits((await runEmbedded(job)).outcome));
  const [paused] = only(events, 'paused');
  assert.ok(paused !== undefined && journal.checkpoints.get(paused.update)?.reason === 'pause');
});

test('R3: a run that is cancelled ends as cancelled, wherever it stands', async () => {
  for (const at of ['started', 'progress', 'checkpoint'] as const) {
    const { outcome, events } = await runEmbedded(tinyJob(), { onEvent: (event, coordinator) => { if (event.kind === at) coordinator.wish('cancel'); } });
    assert.equal(outcome.kind, 'cancelled', at);
    assert.equal(events.at(-1)?.kind, 'cancelled');
  }
});

test('R2: a rate that diverges falls back to the last scheduled checkpoint with half the rate on a new branch, and fails after the last try', async () => {
  const job = tinyJob({ train: { optimiser: { ...SGD, learningRate: 1e4 }, rollbacks: 2 } });
  const { outcome, events } = await runEmbedded(job);
  assert.equal(outcome.kind, 'failed');
  assert.equal(outcome.code, 'diverged');
  const rollbacks = only(events, 'rollback').map(({ to, branch, learningRate }) => ({ to, branch, learningRate }));
  assert.deepEqual(rollbacks, [{ to: 0, branch: 1, learningRate: 5_000 }, { to: 0, branch: 2, learningRate: 2_500 }]);
});

test('R2: a run that recovers has the same bits for any number of workers and after a crash in its new branch', async () => {
  // The rate is found so that it diverges once or more, later than the first checkpoint, and then trains to its end.
  const job = tinyJob({ train: { updates: 24, rollbacks: 12, optimiser: { ...SGD, learningRate: 40 } } });
  const one = await runEmbedded(job);
  const outcome = finished(one.outcome);
  assert.ok(outcome.rollbacks >= 1 && outcome.branch === outcome.rollbacks, `${outcome.rollbacks} rollbacks`);
  assert.deepEqual(bits((await runEmbedded(job, { workers: 3 })).outcome), bits(outcome));
  for (const crashAt of [3, 9, 15, 21]) {
    const journal = new MemoryJournal();
    await runEmbedded(job, { journal, engine: failingEngine({ apply: crashAt }) });
    const restored = await journal.restore();
    const start = restored.kind === 'restored' ? restored.snapshot : null;
    assert.deepEqual(bits((await runEmbedded(job, { journal, more: { start } })).outcome), bits(outcome), `crashed at ${crashAt}`);
  }
});

test('R4: a rollback whose checkpoint is missing recomputes it, with the same bits', async () => {
  const job = tinyJob({ train: { updates: 24, rollbacks: 12, optimiser: { ...SGD, learningRate: 40 } } });
  const journal = new MemoryJournal();
  let isLost = false;
  const { outcome, events } = await runEmbedded(job, {
    journal,
    onEvent: (event) => {
      if (event.kind !== 'rollback' || event.to === 0 || isLost) return;
      isLost = true;
      journal.checkpoints.delete(event.to);
    },
  });
  assert.ok(isLost, 'a checkpoint was lost');
  assert.ok(only(events, 'rollback').length > finished(outcome).rollbacks, 'the divergence was met again');
  assert.deepEqual(bits(outcome), bits((await runEmbedded(job)).outcome));
});

test('figures are computed at evaluate.every and at the end, and change no bit', async () => {
  const evaluate = { every: 4, logPartition: { kind: 'ais', runs: 6, betas: 20, raise: true, reverse: true } } as const;
  const job = tinyJob({ job: { evaluate } });
  const { outcome, events, journal } = await runEmbedded(job, { workers: 2 });
  const evaluated = only(events, 'evaluated');
  assert.deepEqual(evaluated.map(({ update }) => update), [4, 8, 10]);
  const alone = await runEmbedded(job);
  const untimed = (events: readonly Kind<'evaluated'>[]): unknown => events.map((event) => ({ ...event, seconds: 0 }));
  assert.deepEqual(untimed(only(alone.events, 'evaluated')), untimed(evaluated), 'figures are the same for any workers');
  assert.deepEqual(bits(outcome), bits((await runEmbedded(tinyJob())).outcome));
  assert.ok(finished(outcome).testLogLikelihood !== null && 'ais' in finished(outcome).testLogLikelihood!);
  assert.equal(typeof journal.checkpoints.get(8)?.figure, 'number');
  assert.equal(journal.checkpoints.get(10)?.reason, 'final');
});

test('exact figures agree with enumeration by the session itself, for the averaged model', async () => {
  const evaluate = { every: 0, logPartition: { kind: 'exact' } } as const;
  const { outcome } = await runEmbedded(tinyJob({ job: { evaluate }, train: { average: 0.9 } }));
  const { testLogLikelihood, logPartition } = finished(outcome);
  assert.ok(logPartition?.kind === 'exact' && testLogLikelihood !== null && 'exact' in testLogLikelihood);
  assert.ok(testLogLikelihood.exact! < 0 && testLogLikelihood.exact! > -9 * Math.log(2) * 2, `${testLogLikelihood.exact}`);
});

test('an interruption during figures drops them, and the resumed run computes them', async () => {
  const evaluate = { every: 4, logPartition: { kind: 'ais', runs: 4, betas: 20, raise: false, reverse: false } } as const;
  const job = tinyJob({ job: { evaluate } });
  const stop = new AbortController();
  const journal = new MemoryJournal();
  const engine = openReferenceEngine();
  const stopping: Engine = {
    ...engine,
    load: async (problem) => {
      const session = await engine.load(problem);
      return { ...session, logPartition: (unit) => { stop.abort(); return session.logPartition(unit); } };
    },
  };
  const first = await runEmbedded(job, { journal, engine: stopping, more: { signal: stop.signal } });
  assert.equal(first.outcome.kind, 'interrupted');
  assert.equal(first.outcome.update, 4);
  assert.deepEqual(only(first.events, 'evaluated'), []);
  const restored = await journal.restore();
  assert.ok(restored.kind === 'restored' && restored.snapshot.figure === null);
  const second = await runEmbedded(job, { journal, more: { start: restored.snapshot } });
  assert.deepEqual(only(second.events, 'evaluated').map(({ update }) => update), [4, 8, 10]);
  assert.deepEqual(bits(second.outcome), bits((await runEmbedded(tinyJob())).outcome));
});

test('R3: a journal that cannot write ends the run with its error', async () => {
  for (const what of ['checkpoint', 'ledger', 'metrics'] as const) {
    const journal = new MemoryJournal();
    journal.beforeWrite = (written) => { if (written === what) throw new Error('the disk is full'); };
    const { outcome } = await runEmbedded(tinyJob(), { journal });
    assert.equal(outcome.kind, 'failed', what);
    assert.equal(outcome.code, 'storage');
    assert.match(outcome.message, /the disk is full/);
    assert.ok(outcome.cause instanceof Error);
  }
});

test('R3: an engine that fails again and again ends the run with the reason; one that fails in its step ends it at once', async () => {
  const unit = await runEmbedded(tinyJob(), { engine: failingEngine({ evaluate: 5 }) });
  assert.ok(unit.outcome.kind === 'failed' && unit.outcome.code === 'unit-failed');
  assert.match(unit.outcome.message, /w-1: the kernel broke/);
  const step = await runEmbedded(tinyJob(), { engine: failingEngine({ apply: 5 }) });
  assert.ok(step.outcome.kind === 'failed' && step.outcome.code === 'engine' && step.outcome.update === 5);
});

test('a recomputed ledger line that differs ends the run and shows both', async () => {
  const journal = new MemoryJournal();
  finished((await runEmbedded(tinyJob(), { journal })).outcome);
  const at4 = journal.checkpoints.get(4)!;
  journal.lines = journal.lines.map((line) => line.entry.update === 6 ? { ...line, entry: { ...line.entry, parameters: 'sha256:other' } } : line);
  const { outcome } = await runEmbedded(tinyJob(), { journal, more: { start: at4 } });
  assert.ok(outcome.kind === 'failed' && outcome.code === 'ledger-differs', JSON.stringify(outcome));
  assert.match(outcome.message, /line 3 .*sha256:other/);
});

test('a snapshot of another shape is refused by name', async () => {
  const journal = new MemoryJournal();
  finished((await runEmbedded(tinyJob(), { journal })).outcome);
  const snapshot = journal.checkpoints.get(8)!;
  const arrays = new Map(snapshot.arrays);
  arrays.set('masters/weights', new Float32Array(3));
  const wrong = await runEmbedded(tinyJob(), { journal, more: { start: { ...snapshot, arrays } } });
  assert.ok(wrong.outcome.kind === 'failed');
  assert.match(wrong.outcome.message, /array masters\/weights of the checkpoint of update 8 is Float32Array\[3\], expected Float32Array\[45\]/);
  arrays.delete('masters/weights');
  const missing = await runEmbedded(tinyJob(), { journal, more: { start: { ...snapshot, arrays } } });
  assert.ok(missing.outcome.kind === 'failed');
  assert.match(missing.outcome.message, /has no array masters\/weights/);
});

test('a verification stops where it is told, without figures or checkpoints, and writes the same ledger lines', async () => {
  const evaluate = { every: 2, logPartition: { kind: 'exact' } } as const;
  const recorded = await runEmbedded(tinyJob({ job: { evaluate } }));
  const journal = new MemoryJournal();
  const { outcome, events } = await runEmbedded(tinyJob({ job: { evaluate } }), { journal, more: { verifyUntil: 6 } });
  assert.equal(finished(outcome).updates, 6);
  assert.deepEqual(only(events, 'evaluated'), []);
  assert.equal(journal.checkpoints.size, 0);
  assert.deepEqual(journal.lines.map((line) => line.head), recorded.journal.lines.slice(0, 3).map((line) => line.head));
});

test('progress says where the run is, and every number in it is finite or null', async () => {
  const { events } = await runEmbedded(tinyJob());
  const progress = only(events, 'progress');
  assert.deepEqual(progress.map(({ update }) => update), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const event of progress) {
    for (const value of Object.values(event)) assert.ok(value === null || typeof value === 'string' || Number.isFinite(value));
  }
  assert.ok(Math.abs(progress.at(-1)!.epoch - 80 / 24) < 1e-12);
});
