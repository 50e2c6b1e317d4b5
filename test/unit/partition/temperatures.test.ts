import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { assertBetas, linearBetas, salakhutdinovBetas } from '../../../ebm/partition/temperatures.ts';

describe('inverse temperatures', () => {
  test('linear: count steps from 0 to 1', () => {
    assert.deepEqual([...linearBetas(4)], [0, 0.25, 0.5, 0.75, 1]);
    assert.deepEqual([...linearBetas(1)], [0, 1]);
    assert.equal(linearBetas(10_000).length, 10_001);
  });

  test('Salakhutdinov’s 14,500: 500 to 0.5, 4,000 to 0.9, 10,000 to 1', () => {
    const betas = salakhutdinovBetas();
    assert.equal(betas.length, 14_501);
    assert.deepEqual([betas[0], betas[1], betas[500], betas[4_500], betas[14_500]], [0, 0.001, 0.5, 0.9, 1]);
    assert.ok(Math.abs(betas[501]! - 0.5001) < 1e-15);
    assert.ok(Math.abs(betas[4_501]! - 0.90001) < 1e-15);
  });

  test('any count of either kind rises strictly from 0 to 1', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 3_000 }), (count) => {
      for (const betas of [linearBetas(count), salakhutdinovBetas(count)]) {
        assert.equal(betas.length, count + 1);
        assertBetas(betas);
      }
    }), { seed: 21, numRuns: 80 });
  });

  test('what does not rise from 0 to 1 is refused, with the place', () => {
    assert.throws(() => { assertBetas(Float64Array.of(0, 0.5, 0.5, 1)); }, { message: 'inverse temperatures must rise: number 2 is 0.5 after 0.5' });
    for (const wrong of [[0], [0, 0.9], [0.1, 1], [0, NaN, 1]]) assert.throws(() => { assertBetas(Float64Array.from(wrong)); }, RangeError);
    assert.throws(() => linearBetas(0), { message: 'annealing needs at least 1 inverse temperature above 0, got 0' });
    assert.throws(() => salakhutdinovBetas(2.5), RangeError);
  });
});
