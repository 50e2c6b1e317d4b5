import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { blockSum, mean, standardErrorOfMean, variance } from '../../../ebm/numeric/sum.ts';

describe('sums in a fixed order', () => {
  test('blocks of 64 from 0, then the blocks in order', () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => 1 / (i + 3));
    const blocks = [0, 64, 128, 192].map((start) => values.slice(start, start + 64).reduce((sum, value) => sum + value, 0));
    assert.equal(blockSum(values), blocks.reduce((sum, block) => sum + block, 0));
  });
  test('the order shows: 64 small numbers survive beside a large one in another block', () => {
    const values = [...new Array<number>(64).fill(1), 2 ** 53, ...new Array<number>(63).fill(0)];
    assert.equal(blockSum(values), 2 ** 53 + 64);
    assert.equal([...values].reverse().reduce((sum, value) => sum + value, 0), 2 ** 53);
  });
  test('none and few', () => {
    assert.deepEqual([blockSum([]), mean([]), variance([1]), mean([1, 2, 6]), variance([1, 2, 6])], [0, NaN, NaN, 3, 7]);
    assert.equal(standardErrorOfMean([1, 2, 6]), Math.sqrt(7 / 3));
  });
});
