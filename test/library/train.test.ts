// `train` and `resume` of the library: the bits of the command, with the model as a value.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { canonicalJson } from '../../platform/config/digest.ts';
import { open, readJob, resume, train, type FinishedRun, type Job, type Model, type Run, type RunEvent } from '../../index.ts';
import { DATA, ebm, ebmTrain, ENDLESS, eventsOf, JOB, kindsOf, program, temporaryFolder, type Told } from './support.ts';

const folder = temporaryFolder();

async function finished<Trained extends Model>(run: Run<Trained>): Promise<FinishedRun<Trained>> {
  const result = await run.result;
  assert.equal(result.kind, 'finished');
  return result;
}

function arraysOf(model: Model): unknown {
  assert.ok(model.kind === 'bernoulli-rbm');
  const { weights, visibleBias, hiddenBias, chains } = model;
  return { weights, visibleBias, hiddenBias, chains };
}

const PASSING = ['seconds', 'samplesPerSecond', 'residentBytesMax', 'directory', 'path', 'threads', 'workers'];

/** An event without what differs from run to run. */
const timeless = (event: object): object => Object.fromEntries(Object.entries(event).filter(([field]) => !PASSING.includes(field)));

/** All but progress, in an order of its own: a checkpoint is told when it is written, which may be after later figures. */
function comparable(events: readonly (RunEvent | Told)[]): readonly string[] {
  return events.filter(({ kind }) => kind !== 'progress').map((event) => canonicalJson(timeless(event))).sort();
}

test('in memory, in a directory and by the command: the same events, digests and figures', async () => {
  const told = ebmTrain(folder, JOB, join(folder, 'command'));
  const runs = [train(JOB), train(JOB, { directory: join(folder, 'library'), workers: 3, threads: 1 })]; // at the same time
  const events = await Promise.all(runs.map(eventsOf));
  for (const [i, run] of runs.entries()) {
    assert.deepEqual(comparable(events[i]!), comparable(told));
    const { facts, directory } = await finished(run);
    assert.deepEqual(facts, events[i]!.at(-1));
    assert.equal(directory, i === 0 ? null : join(folder, 'library'));
  }
});

test('the model of the result is the one that the run directory holds, by whomever it was written', async () => {
  const { model } = await finished(train(JOB));
  assert.deepEqual([model.visible, model.hidden, model.update, model.branch], [16, 9, 40, 0]);
  assert.deepEqual([model.weights.length, model.visibleBias.length, model.hiddenBias.length, model.chains?.length], [16 * 9, 16, 9, 12 * 2]);
  assert.ok(model.weights.every((weight) => Number.isInteger(weight * 1024)) && model.weights.some((weight) => weight !== 0));
  assert.equal(model.job.train.optimiser.learningRate, 0.05);
  for (const name of ['command', 'library']) assert.deepEqual(arraysOf(await open(join(folder, name))), arraysOf(model));
});

test('an earlier checkpoint is opened by its update, and one that is not kept is refused by name', async () => {
  assert.equal((await open(join(folder, 'library'), { update: 30 })).update, 30);
  await assert.rejects(open(join(folder, 'library'), { update: 7 }), { name: 'StorageError', code: 'missing', message: /there is no checkpoint of update 7\. There are: 40, 30, 20/ });
});

test('contrastive divergence has no chains', async () => {
  const { model, facts } = await finished(train({ ...JOB, train: { objective: 'cd', updates: 3, batch: 7 } }));
  assert.deepEqual([model.chains, facts.chains], [null, null]);
});

test('a job needs no more than its data and its kind of model', async () => {
  const job = { data: { source: relative(join(folder, '..'), DATA) }, model: { kind: 'bernoulli-rbm' } } satisfies Job;
  const run = train({ ...job, train: { updates: 2 }, evaluate: 'off' }, { baseFolder: join(folder, '..') });
  const { model } = await finished(run);
  assert.deepEqual([model.job.name, model.job.seed, model.hidden, model.job.data.source], ['run', 1, 500, DATA]);
});

test('the job that was given stays as it is, and belongs to the caller', async () => {
  const job = structuredClone(JOB);
  await finished(train(job));
  assert.deepEqual(job, JOB);
  assert.ok(!Object.isFrozen(job) && !Object.isFrozen(job.data) && !Object.isFrozen(job.train));
});

test('a job file is a job whose data are found from its folder', async () => {
  const job = await readJob('examples/bars-and-stripes.yaml');
  assert.equal(job.data.source, DATA);
  const { facts } = await finished(train({ ...job, train: { ...job.train, updates: 5 }, evaluate: 'off' }));
  assert.equal(facts.updates, 5);
  await assert.rejects(readJob(join(folder, 'none.yaml')), { name: 'ConfigError', code: 'job-unreadable' });
});

test('resuming a run that was stopped gives the bits of one go, and of `ebm resume`', async () => {
  const [directory, length] = [join(folder, 'stopped'), 20];
  const first = train(ENDLESS, { directory });
  for await (const { kind } of first) if (kind === 'progress') break;
  const stopped = await first.result;
  assert.equal(stopped.kind, 'interrupted');
  const updates = stopped.model.update + length;
  const second = resume(directory, { updates });
  const events = await eventsOf(second);
  assert.deepEqual(kindsOf(events), ['started', 'checkpoint', 'finished']);
  assert.deepEqual([events[0]?.kind === 'started' && events[0].update, stopped.facts.update], [stopped.model.update, stopped.model.update]);
  const { facts, model } = await finished(second);
  const whole = await finished(train({ ...ENDLESS, train: { ...ENDLESS.train, updates } }));
  assert.deepEqual([facts.parameters, facts.chains, arraysOf(model)], [whole.facts.parameters, whole.facts.chains, arraysOf(whole.model)]);
  const again = ebm('resume', directory, '--set', `train.updates=${updates + length}`).at(-1);
  assert.equal(again?.['parameters'], (await finished(train({ ...ENDLESS, train: { ...ENDLESS.train, updates: updates + length } }))).facts.parameters);
});

test('a run that has nothing left to do is finished at once, with the facts of its end', async () => {
  const before = await finished(train(JOB, { directory: join(folder, 'done') }));
  const run = resume(join(folder, 'done'));
  assert.deepEqual(kindsOf(await eventsOf(run)), ['finished']);
  const { facts, model } = await finished(run);
  assert.deepEqual(timeless(facts), timeless(before.facts));
  assert.deepEqual(arraysOf(model), arraysOf(before.model));
});

test('without a directory no file is written anywhere, and the process ends by itself', () => {
  const cwd = temporaryFolder();
  const { status, stdout, stderr } = program("const { kind, facts } = await library.train(job).result;\nprocess.stdout.write(`${kind} ${facts.updates}`);", cwd);
  assert.deepEqual([status, stdout, stderr], [0, 'finished 40', '']);
  assert.deepEqual(readdirSync(cwd), []);
});

test('with a directory it is written as by the command', async () => {
  const names = (directory: string): string[] => readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  assert.deepEqual(names(join(folder, 'library')), names(join(folder, 'command')));
  const verified = ebm('verify', join(folder, 'library')).at(-1);
  assert.deepEqual([verified?.['kind'], verified?.['equal']], ['verified', true]);
  const kinds = (await eventsOf(resume(join(folder, 'library'), { updates: 41 }))).map(({ kind }): RunEvent['kind'] => kind);
  assert.equal(kinds.at(-1), 'finished');
});
