import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { blockProduct, decayDifference, decayTable, positiveSum, preActivationBound, softplusSum } from '../../../ebm/partition/decay.ts';
import { softplus } from '../../../ebm/numeric/elementary.ts';
import { tinyModel } from '../../support/tiny-rbm.ts';

const GRID = 10;
const inputs = (limit: number): fc.Arbitrary<Int32Array> =>
  fc.array(fc.integer({ min: -limit, max: limit }), { maxLength: 1_100 }).map((values) => Int32Array.from(values));
const direct = (x: Int32Array, beta: number): number => x.reduce((sum, value) => sum + softplus((beta * value) / 1024), 0);

describe('sums of softplus by tables and products', () => {
  test('agree with softplus unit by unit, at any temperature and any number of units', () => {
    fc.assert(fc.property(inputs(60_000), fc.double({ min: 0, max: 1, noNaN: true }), (x, beta) => {
      const sum = softplusSum(decayTable(beta, GRID, 60_000), x, GRID);
      assert.ok(Math.abs(sum - direct(x, beta)) <= 1e-12 * (1 + Math.abs(sum)), `${sum}`);
    }), { seed: 11, numRuns: 60 });
  });

  test('a difference of two temperatures is exact far below the sums’ own size', () => {
    fc.assert(fc.property(inputs(20_000), fc.integer({ min: 1, max: 10_000 }), (x, k) => {
      const lower = decayTable((k - 1) / 10_000, GRID, 20_000);
      const upper = decayTable(k / 10_000, GRID, 20_000);
      const difference = (upper.beta - lower.beta) / 1024 * positiveSum(x) + decayDifference(upper, lower, x);
      const expected = direct(x, k / 10_000) - direct(x, (k - 1) / 10_000);
      assert.ok(Math.abs(difference - expected) < 2e-12 * (1 + Math.abs(expected)), `${difference} ${expected}`);
    }), { seed: 12, numRuns: 60 });
  });

  test('at beta = 0 every factor is 2', () => {
    assert.equal(blockProduct(decayTable(0, GRID, 100), Int32Array.from([5, -100, 0]), 0), 8);
  });

  test('four running products, unit j in number j mod 4', () => {
    const table = decayTable(0.7, GRID, 5_000);
    const x = Int32Array.from({ length: 11 }, (_, j) => j * 397 - 1_900);
    const factor = (j: number): number => {
      const n = Math.abs(x[j]!);
      return 1 + table.low[n % 256]! * table.high[Math.floor(n / 256)]!;
    };
    const p0 = factor(0) * factor(4) * factor(8);
    const p1 = factor(1) * factor(5) * factor(9);
    const p2 = factor(2) * factor(6) * factor(10);
    const p3 = factor(3) * factor(7);
    assert.equal(blockProduct(table, x, 0), p0 * p1 * (p2 * p3));
  });

  test('a block is 512 units and does not overflow at the largest factors', () => {
    const x = new Int32Array(1_025);
    const table = decayTable(1, GRID, 0);
    const whole = 2 ** 512;
    assert.equal(blockProduct(table, x, 0), whole);
    assert.equal(blockProduct(table, x, 512), whole);
    assert.equal(blockProduct(table, x, 1_024), 2);
    assert.ok(Math.abs(softplusSum(table, x, GRID) - 1_025 * Math.LN2) < 1e-10);
  });

  test('pre-activations far beyond the exponential’s range leave max(x, 0)', () => {
    const x = Int32Array.from([0x1000000, -0x1000000]);
    assert.equal(softplusSum(decayTable(1, GRID, 0x1000000), x, GRID), 16_384);
  });

  test('the bound is the largest sum of a hidden unit’s weights and bias, and some state may reach it', () => {
    const model = tinyModel({ visible: 3, hidden: 4, grid: 10, seed: 8, spread: 2 });
    const { weights, hiddenBias } = model.parameters;
    const sums = [0, 1, 2, 3].map((j) => [0, 1, 2].reduce((sum, i) => sum + Math.abs(weights[i * 4 + j]!), Math.abs(hiddenBias[j]!)));
    assert.equal(preActivationBound(model), Math.max(...sums));
  });
});
