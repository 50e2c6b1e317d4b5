import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileJob } from '../../../platform/config/compile.ts';
import { estimateRun, shortages } from '../../../platform/config/estimate.ts';
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
  assert.equal(estimate(['evaluate=off']).diskBytes, base);
  assert.equal(estimate(['checkpoint.keep=100']).diskBytes, estimate(['checkpoint.keep=10000']).diskBytes);
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
