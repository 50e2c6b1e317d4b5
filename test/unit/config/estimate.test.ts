import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileJob } from '../../../platform/config/compile.ts';
import { requireMemory } from '../../../cli/cluster/runs.ts';
import { coordinatorMemory, estimateRun, shortages } from '../../../platform/config/estimate.ts';
import { parseJob } from '../../../platform/config/read.ts';
import { MNIST, SMALLEST } from './support.ts';

const estimate = (overrides: string[] = [], threads = 1) => estimateRun(compileJob(parseJob(SMALLEST, overrides), MNIST), threads);

test('the quickstart\'s job is estimated below its limit of 400 MB, and above what its arrays alone take', () => {
  const { memoryBytes } = estimate([], 2);
  assert.ok(memoryBytes < 400e6, `${memoryBytes}`);
  assert.ok(memoryBytes > 70_000 * 98 + 3 * 784 * 500 * 4, `${memoryBytes}`);
});

test('a checkpoint of the default job holds masters and model: about 3.2 MB', () => {
  const { checkpointBytes } = estimate();
  assert.ok(checkpointBytes > 2 * 4 * 784 * 500 && checkpointBytes < 3.4e6, `${checkpointBytes}`);
});

test('memory grows with the optimiser, the average, the chains, the threads and stochastic data', () => {
  const base = estimate().memoryBytes;
  for (const override of ['train.optimiser.kind=adam', 'train.optimiser.momentum=0.5', 'train.average=0.99', 'train.chains=5000', 'data.binarise=stochastic', 'model.hidden=600']) {
    assert.ok(estimate([override]).memoryBytes > base, override);
  }
  assert.ok(estimate([], 8).memoryBytes > base);
});

test('disk grows with what is kept and how often, up to the length of the run', () => {
  const base = estimate().diskBytes;
  assert.ok(estimate(['checkpoint.keep=8']).diskBytes > base);
  assert.ok(estimate(['ledger.every=1']).diskBytes > base);
  assert.ok(estimate(['checkpoint.every=1']).diskBytes > base + 6_000 * 4_096, 'a mosaic stands beside each');
  const lines = base - estimate(['evaluate=off']).diskBytes;
  assert.ok(lines > 0 && lines < 20_000, `${lines}: an evaluation is a line of metrics`);
  assert.equal(estimate(['checkpoint.keep=100']).diskBytes, estimate(['checkpoint.keep=10000']).diskBytes);
});

test('a tiny run needs little disk: four pictures and a small report take below 0.6 MB', () => {
  const job = parseJob(SMALLEST, ['train.updates=2000', 'checkpoint.every=500', 'checkpoint.keep=2', 'ledger.every=500', 'model.hidden=16']);
  const tiny = { ...MNIST, visible: 16, trainingRows: 60, testRows: 0 };
  const { diskBytes } = estimateRun(compileJob(job, tiny), 1);
  assert.ok(diskBytes < 600_000, `${diskBytes}`);
  assert.ok(diskBytes > 164_000, `${diskBytes}: measured for such a run (examples/bars-and-stripes.yaml), in blocks of 4096 bytes`);
});

test('the estimate is above what runs were measured to take: the quickstart\'s first epoch, and random bits of 784 units with 40 mosaics', () => {
  assert.ok(estimate(['train.updates=600', 'checkpoint.every=600', 'train.average=0.999']).diskBytes > 5_185_244);
  const random = parseJob(SMALLEST, ['train.updates=2000', 'train.batch=10', 'train.chains=100', 'checkpoint.every=50', 'checkpoint.keep=2', 'ledger.every=1', 'evaluate.every=100', 'model.hidden=10']);
  assert.ok(estimateRun(compileJob(random, { ...MNIST, trainingRows: 200, testRows: 0 }), 1).diskBytes > 9_435_905);
});

test('the parts add up to the totals', () => {
  const { memory, memoryBytes, disk, diskBytes } = estimate();
  assert.equal(memory.reduce((sum, part) => sum + part.bytes, 0), memoryBytes);
  assert.equal(disk.reduce((sum, part) => sum + part.bytes, 0), diskBytes);
});

test('a shortage says what is missing and what to change; what could not be measured is none', () => {
  const needed = estimate();
  assert.deepEqual(shortages(needed, needed.memoryBytes, needed.diskBytes), []);
  assert.deepEqual(shortages(needed, null, null), []);
  const [memory, disk] = shortages(needed, 1_000, 2_000);
  assert.deepEqual([memory?.kind, memory?.freeBytes, disk?.kind, disk?.freeBytes], ['memory', 1_000, 'disk', 2_000]);
  assert.match(disk?.remedy ?? '', /checkpoint\.keep/);
});

test('a coordinator needs less than a run in one process: what its batch takes is its workers\'; a job that its machine cannot hold is refused', () => {
  const job = (...overrides: string[]) => compileJob(parseJob(SMALLEST, overrides), MNIST);
  const large = job('train.batch=1000000', 'model.hidden=5000');
  assert.ok(coordinatorMemory(large) < estimateRun(large, 1).memoryBytes / 10);
  assert.ok(coordinatorMemory(job('train.chains=1000000')) > coordinatorMemory(job()) + 2 * 1_000_000 * 62);
  requireMemory(job(), coordinatorMemory(job()));
  assert.throws(() => { requireMemory(job('model.hidden=65536'), 1e9); }, { code: 'not-enough-memory', message: /needs about \S+ GB of memory for this job, and its machine has 1\.00 GB\. Choose fewer/ });
});
