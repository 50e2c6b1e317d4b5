import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataSettings } from '../../../ebm/job.ts';
import { digestOf } from '../../../platform/data/digest.ts';
import { DATA_LIMITS } from '../../../platform/data/limits.ts';
import { checkUnchanged, loadData } from '../../../platform/data/load.ts';
import { folderWith, npyBytes, npzBytes, refuses } from './fixtures.ts';

const settings = (source: string, more: Partial<DataSettings> = {}): DataSettings => ({ source, binarise: 'threshold', validation: 0, ...more });
const pictures = (...bytes: number[]): Uint8Array => npyBytes({ descr: '|u1', shape: [bytes.length / 4, 2, 2], data: Uint8Array.from(bytes) });
const TRAINING = [0, 255, 128, 127, 9, 8, 7, 200, 1, 2, 3, 4];

void test('a data section becomes bits, facts, shape and digests', async (context) => {
  const folder = await folderWith(context, { 'a.npz': npzBytes({ x: pictures(...TRAINING), x_test: pictures(9, 9, 200, 9) }) });
  const loaded = await loadData(settings('a.npz', { validation: 1 }), folder, 1);
  const raw = (values: number[], rows: number): string => digestOf({ rows, columns: 4, shape: null, values: Uint8Array.from(values), labels: null });
  assert.deepEqual(loaded.facts, { digest: raw(TRAINING, 3), trainingRows: 2, validationRows: 1, testRows: 1, visible: 4 });
  assert.equal(loaded.testDigest, raw([9, 9, 200, 9], 1));
  assert.deepEqual(loaded.shape, { height: 2, width: 2 });
  assert.ok(loaded.training.kind === 'bits');
  assert.deepEqual([[...loaded.training.bits], [...(loaded.validation?.bits ?? [])], [...(loaded.test?.bits ?? [])]], [[0b0110, 0b1000], [0], [0b0100]]);
});

void test('the digest is of what was read: binarising, held out rows and the test set do not enter', async (context) => {
  const folder = await folderWith(context, { 'a.npz': npzBytes({ x: pictures(...TRAINING), x_test: pictures(9, 9, 200, 9) }), 'a.npy': pictures(...TRAINING) });
  const digests = await Promise.all([settings('a.npz'), settings('a.npy'), settings('a.npy', { validation: 2 }), settings('a.npy', { binarise: 'stochastic' })].map(async (chosen) => (await loadData(chosen, folder, 1)).facts.digest));
  assert.equal(new Set(digests).size, 1);
});

void test('stochastic data depend on the seed only where bits are drawn', async (context) => {
  const folder = await folderWith(context, { 'a.npy': npyBytes({ descr: '|u1', shape: [4, 64], data: new Uint8Array(256).fill(128) }) });
  const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => loadData(settings('a.npy', { binarise: 'stochastic', validation: 2 }), folder, seed)));
  assert.deepEqual(first, again);
  assert.deepEqual(first?.training, other?.training);
  assert.notDeepEqual(first?.validation, other?.validation);
});

void test('limits reach the source', async (context) => {
  const folder = await folderWith(context, { 'a.npy': pictures(...TRAINING) });
  await refuses(loadData(settings('a.npy'), folder, 1, { ...DATA_LIMITS, rowsMax: 2 }), 'too-large', 'there are 3 rows');
});

void test('a run that goes on with other data is refused with both digests; the same content in another format is not', async (context) => {
  const folder = await folderWith(context, { 'a.npy': pictures(...TRAINING), 'b.npz': npzBytes({ x: pictures(...TRAINING) }), 'c.npy': pictures(...TRAINING.slice(4)) });
  const began = await loadData(settings('a.npy'), folder, 1);
  checkUnchanged(began.facts, await loadData(settings('b.npz'), folder, 1));
  const other = await loadData(settings('c.npy'), folder, 1);
  await refuses(Promise.resolve().then(() => { checkUnchanged(began.facts, other); }), 'changed', `2 rows of 4 with digest ${other.facts.digest}, then 3 of 4 with ${began.facts.digest}`, 'Restore it, or start a new run.');
});

void test('mnist is 60,000 and 10,000 rows of 784 bits, of which the test set has 1,052,359 on', async () => {
  const { facts, training, test: testSet } = await loadData(settings('mnist', { validation: 10_000 }), '/', 1);
  assert.deepEqual([facts.trainingRows, facts.validationRows, facts.testRows, facts.visible], [50_000, 10_000, 10_000, 784]);
  assert.ok(training.kind === 'bits' && testSet !== null);
  assert.deepEqual([training.bits.length, testSet.bits.length], [50_000 * 98, 10_000 * 98]);
  let on = 0;
  for (const byte of testSet.bits) for (let bit = 0; bit < 8; bit += 1) on += (byte >> bit) & 1;
  assert.equal(on, 1_052_359); // counted independently, bytes of 128 and more in the file
});
