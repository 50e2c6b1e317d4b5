import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  estimateLogPartition, estimateReverseLogPartition, logMeanExp, raiseCorrections, raiseLogLikelihood, spreadRows, testLogLikelihood,
} from '../../../ebm/partition/estimate.ts';

function close(actual: number | null, expected: number, tolerance = 1e-12): void {
  assert.ok(actual !== null && Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);
}
const result = (logWeights: readonly number[], logBase = 0): { logWeights: Float64Array; logBase: number; betas: number } =>
  ({ logWeights: Float64Array.from(logWeights), logBase, betas: 100 });

describe('log Z from log-weights', () => {
  test('AIS adds the logarithm of the mean weight to the base', () => {
    const { mean, ess, standardError, runs, betas, reliable } = estimateLogPartition(result([Math.log(1), Math.log(2), Math.log(3)], 10));
    close(mean, 10 + Math.log(2));
    close(ess, 36 / 14);
    close(standardError, 1 / Math.sqrt(3) / 2);
    assert.deepEqual([runs, betas, reliable], [3, 100, true]);
  });

  test('reverse AIS subtracts the logarithm of the mean of the inverse weights', () => {
    close(estimateReverseLogPartition(result([Math.log(1), Math.log(2), Math.log(4)], 10)).mean, 10 - Math.log((1 + 1 / 2 + 1 / 4) / 3));
  });

  test('equal weights are exact: no error, every run counts', () => {
    const estimate = estimateLogPartition(result([700, 700, 700, 700], 1));
    assert.deepEqual([estimate.mean, estimate.standardError, estimate.ess, estimate.reliable], [701, 0, 4, true]);
  });

  test('one weight above all others: an ESS of 1, unreliable', () => {
    const logWeights = new Array<number>(100).fill(0);
    logWeights[17] = 60;
    const estimate = estimateLogPartition(result(logWeights));
    close(estimate.ess, 1);
    assert.equal(estimate.reliable, false);
  });

  test('reliable means an ESS of 5 % of the runs: 4 equal weights of 100 are too few, 6 enough', () => {
    const of = (large: number): boolean => estimateLogPartition(result(Array.from({ length: 100 }, (_, r) => (r < large ? 0 : -60)))).reliable;
    assert.deepEqual([of(4), of(6)], [false, true]);
  });

  test('a handful of runs needs half of them, one run is never enough and has no error', () => {
    assert.equal(estimateLogPartition(result([0, -60, -60, -60])).reliable, false);
    const single = estimateLogPartition(result([3]));
    assert.deepEqual([single.mean, single.standardError, single.ess, single.reliable], [3, null, 1, false]);
  });

  test('shifting every weight shifts the estimate alone', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 2, maxLength: 200 }), fc.integer({ min: -900, max: 900 }), (values, shift) => {
      const plain = estimateLogPartition(result(values));
      const moved = estimateLogPartition(result(values.map((value) => value + shift)));
      close(moved.mean, plain.mean + shift, 1e-9);
      close(moved.ess, plain.ess, 1e-7);
      assert.ok(plain.ess >= 1 - 1e-9 && plain.ess <= values.length + 1e-9);
      assert.ok(estimateReverseLogPartition(result(values)).mean <= plain.mean + 1e-9);
    }), { seed: 31 });
  });

  test('no runs, or a weight that is not finite, is refused', () => {
    assert.throws(() => estimateLogPartition(result([])), { message: 'an estimate needs at least one run' });
    assert.throws(() => logMeanExp(Float64Array.of(0, NaN)), { message: 'log-weights must be finite, got NaN' });
    assert.throws(() => logMeanExp(Float64Array.of(-Infinity)), RangeError);
  });
});

describe('log-likelihoods', () => {
  test('the error of log Z and the spread of the images stay apart', () => {
    const estimate = testLogLikelihood(Float64Array.of(10, 12, 14, 16), { mean: 100, standardError: 0.25 });
    assert.deepEqual([estimate.mean, estimate.standardError, estimate.images], [-87, 0.25, 4]);
    close(estimate.imagesStandardError, Math.sqrt(20 / 3 / 4));
    assert.equal(testLogLikelihood(Float64Array.of(1), { mean: 0, standardError: 0 }).imagesStandardError, null);
    assert.throws(() => testLogLikelihood(new Float64Array(0), { mean: 0, standardError: 0 }), /at least one image/);
  });

  test('RAISE: -F of all images less the mean correction of the annealed ones', () => {
    const estimate = raiseLogLikelihood(Float64Array.of(10, 12, 14, 16), result([5, 6, 7], 100), 1);
    assert.deepEqual([estimate.mean, estimate.images, estimate.annealedImages, estimate.runsPerImage, estimate.betas], [13 - 106, 4, 3, 1, 100]);
    close(estimate.standardError, Math.sqrt(1 / 3));
    close(estimate.imagesStandardError, Math.sqrt(20 / 3 / 4));
  });

  test('RAISE: runs of one image are averaged as probabilities', () => {
    const zetas = raiseCorrections(result([Math.log(2), Math.log(4), 1, 1], 10), 2);
    close(zetas[0]!, 10 - Math.log((1 / 2 + 1 / 4) / 2));
    close(zetas[1]!, 11);
    assert.equal(raiseLogLikelihood(Float64Array.of(0), result([1, 1], 0), 2).standardError, null);
    assert.throws(() => raiseLogLikelihood(Float64Array.of(0), result([1, 1, 1], 0), 2), { message: 'RAISE needs 2 runs of each image, got 3 runs' });
  });

  test('spread rows are different, ascending, and symmetric about the middle', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (rows, share) => {
      const count = Math.max(1, Math.floor(share * rows));
      const picked = spreadRows(rows, count);
      assert.equal(new Set(picked).size, count);
      assert.ok(picked.every((row, r) => row >= 0 && row < rows && (r === 0 || row > picked[r - 1]!)));
    }), { seed: 32 });
    assert.deepEqual(spreadRows(10_000, 4), [1250, 3750, 6250, 8750]);
    assert.throws(() => spreadRows(3, 4), { message: 'can pick 1 to 3 of 3 rows, got 4' });
  });
});
