import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileJob } from '../../../platform/config/compile.ts';
import { parseJob } from '../../../platform/config/read.ts';
import { DataError } from '../../../platform/data/errors.ts';
import { FACTS, fakeActions, jsonLines, ran } from './support.ts';

test('a field is explained with its meaning, what it accepts, its unit and its default', async () => {
  const { stdout, exitCode } = await ran(['explain', 'train.chains']);
  assert.equal(exitCode, 0);
  assert.equal(stdout, 'train.chains\n\nPersistent chains; with cd absent, since every row of the batch has its own. Of\nmodel.kind energy the replay slots, a multiple of batch: each update advances as\nmany as batch.\n\n'
    + 'accepted  a whole number from 1 to 1,048,576\nunit      chains\ndefault   100 (none for cd; 10 times batch for model.kind energy)\n');
});

test('the last name of a field is enough; a name of several fields explains each', async () => {
  assert.match((await ran(['explain', 'steps'])).stdout, /^train\.steps\n/);
  const every = (await ran(['explain', 'every'])).stdout;
  for (const path of ['evaluate.every', 'checkpoint.every', 'ledger.every']) assert.match(every, new RegExp(`^${path}$`, 'm'));
});

test('a section lists its fields', async () => {
  assert.match((await ran(['explain', 'train.optimiser'])).stdout, /fields\n {2}kind {12}The rule that turns gradients into moves\n {2}learningRate {4}Step size at its peak\n/);
});

test('without an argument every field is listed', async () => {
  const { stdout } = await ran(['explain']);
  for (const path of ['data.source', 'model.kind', 'train.optimiser.beta2', 'evaluate.logPartition.raise', 'resources.mixedClasses']) assert.ok(stdout.includes(`\n${path} `));
  assert.equal(jsonLines((await ran(['explain', '--json'])).stdout).length, stdout.trimEnd().split('\n').length - 1);
});

test('a name that is neither a field nor a file gets the nearest', async () => {
  const { stderr, exitCode } = await ran(['explain', 'train.stepz']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /train\.stepz is neither a field of a job nor a file\. Did you mean train\.steps\?/);
});

test('a file is printed compiled, as a job file that compiles to the same job', async () => {
  const { stdout, exitCode } = await ran(['explain', 'examples/mnist-rbm.yaml', '--set', 'seed=4']);
  assert.equal(exitCode, 0);
  assert.match(stdout, /^# 6,000 updates of 100 rows; 784 x 500 units, 60,000 training rows\n# memory about \d+ MB with \d+ threads?, disk about [\d.]+ MB\n# job sha256:[0-9a-f]{64}\n/);
  assert.deepEqual(compileJob(parseJob(stdout), FACTS), compileJob(parseJob(await readFile('examples/mnist-rbm.yaml', 'utf8'), ['seed=4']), FACTS));
});

test('with --json the compiled job, its digest and its needs are one object', async () => {
  const [line] = jsonLines((await ran(['explain', 'examples/mnist-rbm.yaml', '--json'])).stdout);
  assert.deepEqual([line?.['kind'], line?.['updates']], ['explained', 6_000]);
  assert.deepEqual((line?.['compiled'] as { facts: unknown }).facts, FACTS);
});

test('a file whose data cannot be read is still explained, with a warning', async () => {
  const actions = { ...fakeActions().actions, dataFacts: () => Promise.reject(new DataError({ code: 'missing', file: 'x.npy', problem: 'is not there' })) };
  const { stdout, stderr, exitCode } = await ran(['explain', 'examples/mnist-rbm.yaml'], actions);
  assert.equal(exitCode, 0);
  assert.match(stdout, /^formatVersion: 1\n/);
  assert.match(stderr, /warning: the data could not be read.*x\.npy: is not there/);
});

test('a file that its data refutes is the user\'s mistake', async () => {
  const { stderr, exitCode } = await ran(['explain', 'examples/mnist-rbm.yaml', '--set', 'data.validation=60000']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /data\.validation: 60000 of 60000 rows held out leave none to train on/);
});

test('a wrong file lists every problem and exits with 2', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ebm-explain-'));
  try {
    const path = join(folder, 'job.yaml');
    await writeFile(path, 'data: { source: mnist }\nmodel: { kind: rbm }\ntrain: { steps: 0 }\n');
    const { stderr, exitCode } = await ran(['explain', path]);
    assert.equal(exitCode, 2);
    assert.match(stderr.replace(/\s+/g, ' '), /has 2 problems: model\.kind \(line 2\): "rbm" is not one of the choices\. Accepted: bernoulli-rbm, energy, score\..* train\.steps \(line 3\): 0 is too small/);
    assert.equal((await ran(['explain', join(folder, 'none.yaml')])).exitCode, 2);
  } finally {
    await rm(folder, { recursive: true });
  }
});
