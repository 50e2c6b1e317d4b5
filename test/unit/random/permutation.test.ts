// Data order: each epoch is a permutation, epochs and seeds differ, and positions run through epochs without a remainder.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochOrder, rowAt, sampleAt, samplesIn } from '../../../ebm/random/permutation.ts';

const GOLDEN = { first: [48907, 40539, 8136, 54054, 55738, 19418], second: [59776, 10177, 6313, 42860, 56883, 50253] };

function rowsOf(seed: number, rows: number, epoch: number): number[] {
  const order = epochOrder(seed, rows, epoch);
  return Array.from({ length: rows }, (_, index) => rowAt(order, index));
}

test('every epoch visits every row exactly once, whatever the number of rows', () => {
  for (const rows of [1, 2, 3, 4, 5, 17, 1000, 60000, 65537]) {
    for (const epoch of [0, 1]) {
      const seen = new Uint8Array(rows);
      for (const row of rowsOf(1, rows, epoch)) seen[row]! += 1;
      assert.ok(seen.every((count) => count === 1), `${rows} rows, epoch ${epoch}`);
    }
  }
});

test('epochs and seeds have orders of their own', () => {
  assert.notDeepEqual(rowsOf(1, 1000, 0), rowsOf(1, 1000, 1));
  assert.notDeepEqual(rowsOf(1, 1000, 0), rowsOf(2, 1000, 0));
  assert.deepEqual(rowsOf(1, 1000, 5), rowsOf(1, 1000, 5));
});

test('a row stands at each position about equally often (chi-square over 7 rows and 4,000 epochs, false alarms below 1e-6)', () => {
  const rows = 7;
  const epochs = 4000;
  const counts = new Float64Array(rows * rows);
  for (let epoch = 0; epoch < epochs; epoch += 1) rowsOf(3, rows, epoch).forEach((row, index) => { counts[index * rows + row]! += 1; });
  const expected = epochs / rows;
  const chiSquare = counts.reduce((sum, count) => sum + ((count - expected) * (count - expected)) / expected, 0);
  assert.ok(chiSquare < 108, `chi-square ${chiSquare}: 7/6 times 36 degrees of freedom`);
});

test('few rows stay beside their neighbour: 60,000 rows in order by chance hold about one pair', () => {
  const order = rowsOf(1, 60000, 0);
  const neighbours = order.filter((row, index) => index > 0 && row === order[index - 1]! + 1).length;
  assert.ok(neighbours < 12, `${neighbours} neighbours`);
});

test('positions go through the epochs one after the other', () => {
  assert.deepEqual(sampleAt(1, 10, 23), { epoch: 2, row: rowAt(epochOrder(1, 10, 2), 3) });
  const range = samplesIn(1, 10, { from: 8, to: 31 });
  assert.deepEqual(range, Array.from({ length: 23 }, (_, offset) => sampleAt(1, 10, 8 + offset)));
  assert.deepEqual(samplesIn(1, 10, { from: 4, to: 4 }), []);
});

test('golden vector: the first rows of two epochs of 60,000', () => {
  assert.deepEqual(samplesIn(1, 60000, { from: 0, to: 6 }).map(({ row }) => row), GOLDEN.first);
  assert.deepEqual(samplesIn(1, 60000, { from: 60000, to: 60006 }).map(({ row }) => row), GOLDEN.second);
});

test('an impossible number of rows is refused', () => {
  assert.throws(() => epochOrder(1, 0, 0), /rows must be a whole number/);
  assert.throws(() => epochOrder(1, 2.5, 0), /rows must be a whole number/);
});
