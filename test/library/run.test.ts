// A run as an object: loops that begin late, end early or never begin, stops, and failures.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ConfigError, DataError, resume, RunError, StorageError, train, UsageError, type Job, type Run, type RunEvent } from '../../index.ts';
import { ENDLESS, eventsOf, JOB, kindsOf, program, temporaryFolder } from './support.ts';

const folder = temporaryFolder();
const DIVERGING: Job = { ...JOB, train: { updates: 40, batch: 10, chains: 12, rollbacks: 0, optimiser: { learningRate: 1e5 } }, evaluate: 'off' };

const ALL = ['checkpoint', 'checkpoint', 'checkpoint', 'checkpoint', 'evaluated', 'evaluated', 'finished', 'started'];

/** Writing a checkpoint goes on beside the updates after it, so its event may come later. */
const sorted = (events: readonly RunEvent[]): readonly string[] => kindsOf(events).sort();

/** What a loop read, and what it ended with. */
async function looped(run: Run): Promise<{ readonly events: readonly RunEvent[]; readonly error: unknown }> {
  const events: RunEvent[] = [];
  try {
    for await (const event of run) events.push(event);
    return { events, error: null };
  } catch (error) {
    return { events, error };
  }
}

describe('a loop over a run', () => {
  test('that begins when all is over reads everything but old progress', async () => {
    const run = train(JOB);
    await run.result;
    const events = await eventsOf(run);
    assert.deepEqual([sorted(events), events[0]?.kind, events.at(-1)?.kind], [ALL, 'started', 'finished']);
    assert.equal(events.filter(({ kind }) => kind === 'progress').length, 1);
  });

  test('may be left out: the result settles', async () => {
    assert.equal((await train(JOB).result).kind, 'finished');
  });

  test('ends when the run has ended: its directory is free, and it can be iterated no further', async () => {
    const directory = join(folder, 'free');
    const run = train(JOB, { directory });
    assert.deepEqual(sorted(await eventsOf(run)), ALL);
    assert.deepEqual(await eventsOf(run), []);
    assert.equal((await resume(directory, { updates: 42 }).result).kind, 'finished');
  });

  test('that is left stops the run, and is left when the run has ended', async () => {
    const directory = join(folder, 'left');
    const run = train(ENDLESS, { directory });
    for await (const { kind } of run) if (kind === 'progress') break;
    assert.deepEqual(kindsOf(await eventsOf(run)), ['checkpoint', 'interrupted'], 'what the loop had not read');
    const { kind, model, facts } = await run.result;
    assert.equal(kind, 'interrupted');
    assert.ok(model.update > 0 && model.update === facts.update);
    assert.equal((await resume(directory, { updates: model.update + 1 }).result).kind, 'finished');
  });

  test('whose body throws stops the run too, and throws the same', async () => {
    const run = train(ENDLESS);
    const mistake = new Error('mine');
    await assert.rejects(async () => {
      for await (const event of run) if (event.kind === 'progress') throw mistake;
    }, mistake);
    assert.equal((await run.result).kind, 'interrupted');
  });

  test('shares the events with a second one', async () => {
    const run = train(JOB);
    const [one, other] = await Promise.all([eventsOf(run), eventsOf(run)]);
    assert.deepEqual(sorted([...one, ...other]), ALL);
  });
});

describe('a signal', () => {
  test('stops the run softly: the last event and the result say where', async () => {
    const stop = new AbortController();
    const run = train(ENDLESS, { directory: join(folder, 'aborted'), signal: stop.signal });
    const events: RunEvent[] = [];
    for await (const event of run) {
      events.push(event);
      if (event.kind === 'progress') stop.abort();
    }
    const result = await run.result;
    assert.equal(result.kind, 'interrupted');
    assert.deepEqual(result.facts, events.at(-1));
    assert.deepEqual(result.facts, { kind: 'interrupted', update: result.model.update, signal: 'abort', path: result.facts.path });
    assert.match(result.facts.path ?? '', /checkpoints\/\d{8}$/);
  });

  test('that was aborted before leaves the model as it starts', async () => {
    const { kind, model } = await train(ENDLESS, { signal: AbortSignal.abort() }).result;
    assert.deepEqual([kind, model.update], ['interrupted', 0]);
    assert.ok(model.weights.some((weight) => weight !== 0));
  });

  test('comes too late for a run that has finished', async () => {
    const stop = new AbortController();
    const run = train(JOB, { signal: stop.signal });
    await run.result;
    stop.abort();
    assert.equal((await eventsOf(run)).at(-1)?.kind, 'finished');
  });
});

describe('a failure', () => {
  mkdirSync(join(folder, 'full'));
  writeFileSync(join(folder, 'full', 'thesis.txt'), '');
  const FAILURES: readonly (readonly [what: string, run: () => Run, expected: { readonly type: unknown; readonly code: string; readonly message: RegExp }])[] = [
    ['of the job', () => train({ ...JOB, seed: -1, train: { updates: 1, epochs: 1 } }), { type: ConfigError, code: 'job-invalid', message: /^the job has 2 problems:\n {2}seed: -1 /s }],
    ['of a name in the job', () => train({ ...JOB, model: { kind: 'bernoulli-rbm', hiden: 3 } } as Job), { type: ConfigError, code: 'job-invalid', message: /model\.hiden: .*Did you mean model\.hidden\?/ }],
    ['of the data', () => train({ ...JOB, data: { source: 'bars.csv' } }, { baseFolder: folder }), { type: DataError, code: 'missing', message: /bars\.csv/ }],
    ['of the directory', () => train(JOB, { directory: join(folder, 'full') }), { type: StorageError, code: 'not-empty', message: /thesis\.txt/ }],
    ['of a run that is not there', () => resume(join(folder, 'none')), { type: StorageError, code: 'missing', message: /there is no such run directory/ }],
    ['of threads', () => train(JOB, { threads: 0 }), { type: UsageError, code: 'wrong-option', message: /^threads is 0, and must be a whole number from 1 to 64$/ }],
    ['of workers', () => train(JOB, { workers: 1.5 }), { type: UsageError, code: 'wrong-option', message: /^workers is 1\.5, / }],
    ['of two lengths', () => resume(folder, { epochs: 1, updates: 1 }), { type: UsageError, code: 'wrong-option', message: /give one of them$/ }],
    ['of training', () => train(DIVERGING), { type: RunError, code: 'diverged', message: /Start a new run with a train\.optimiser\.learningRate well below/ }],
  ];
  for (const [what, start, { type, code, message }] of FAILURES) {
    test(`${what} is the last event, then thrown by the loop and by the result`, async () => {
      const run = start();
      const { events, error } = await looped(run);
      assert.ok(typeof type === 'function' && error instanceof type && error instanceof Error, String(error));
      assert.match(error.message, message);
      assert.deepEqual(events.at(-1), { kind: 'failed', code, message: error.message, update: error instanceof RunError ? error.update : null });
      await assert.rejects(run.result, error);
      assert.equal((await looped(run)).error, error, 'a second loop has nothing to read, and throws too');
    });
  }

  test('that only the loop was told of is no unhandled rejection', () => {
    const { status, stdout, stderr } = program(`
      const run = library.train(job);
      try { for await (const event of run) process.stdout.write(event.kind + ' '); } catch (error) { process.stdout.write(error.code); }`, folder, { ...JOB, seed: -1 });
    assert.deepEqual([status, stdout, stderr], [0, 'failed job-invalid', '']);
  });

  test('that nobody looks at ends the process, like any rejection', () => {
    const { status, stderr } = program('library.train(job);', folder, { ...JOB, seed: -1 });
    assert.equal(status, 1);
    assert.match(stderr, /seed: -1/);
  });

  test('leaves no thread behind: the process ends by itself', () => {
    const { status, stdout } = program('await library.train(job).result.catch((error) => { process.stdout.write(error.code); });', folder, DIVERGING);
    assert.deepEqual([status, stdout], [0, 'diverged']);
  });
});
