// Rounding to the grid and its bounds: ties to even, and the first broken bound in the order of docs/adr/0001.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gridScale, quantise, roundHalfEven, type Divergence } from '../../../ebm/rbm/grid.ts';
import type { Masters, Parameters } from '../../../ebm/rbm/parameters.ts';

const SHAPE = { visible: 2, hidden: 3, grid: 10 };

function masters(weights: readonly number[], visibleBias: readonly number[], hiddenBias: readonly number[]): Masters {
  return { weights: Float32Array.from(weights), visibleBias: Float32Array.from(visibleBias), hiddenBias: Float32Array.from(hiddenBias) };
}

function target(): Parameters {
  return { branch: 0, version: 0, weights: new Int16Array(6), visibleBias: new Int32Array(2), hiddenBias: new Int32Array(3) };
}

function outcome(weights: readonly number[], visibleBias: readonly number[] = [0, 0], hiddenBias: readonly number[] = [0, 0, 0]): Divergence | null {
  return quantise(masters(weights, visibleBias, hiddenBias), SHAPE, target());
}

test('halves round to the even neighbour, everything else to the nearest', () => {
  const pairs = [[0.5, 0], [1.5, 2], [2.5, 2], [-0.5, 0], [-1.5, -2], [-2.5, -2], [0.49999999999999994, 0], [2.4, 2], [-2.6, -3], [4503599627370497.5, 4503599627370498]];
  for (const [x, expected] of pairs) assert.equal(roundHalfEven(x!) + 0, expected, String(x));
  assert.ok(Number.isNaN(roundHalfEven(NaN)) && Number.isNaN(roundHalfEven(Infinity) - Infinity));
});

test('rounding equals the float64 trick of adding and subtracting 1.5 * 2^52', () => {
  const magic = 6755399441055744;
  fc.assert(fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: -40000, max: 40000 }), (x, whole) => {
    for (const value of [x, whole + 0.5]) assert.equal(roundHalfEven(value) + 0, value + magic - magic);
  }), { seed: 1 });
});

test('masters are rounded to units of 2^-g nats', () => {
  const published = target();
  const outcomeOf = quantise(masters([0.5 / 1024, 1.5 / 1024, -1, 31.999, -32, 0], [100, -2.5 / 1024], [0, 3, 1e-9]), SHAPE, published);
  assert.equal(outcomeOf, null);
  assert.deepEqual([...published.weights], [0, 2, -1024, 32767, -32768, 0]);
  assert.deepEqual([...published.visibleBias], [102400, -2]);
  assert.deepEqual([...published.hiddenBias], [0, 3072, 0]);
});

test('a weight that rounds outside int16 diverges, one that rounds to its edge does not', () => {
  assert.deepEqual(outcome([0, 0, 0, 0, 32, 0]), { kind: 'diverged', reason: 'weight-out-of-grid', where: 'weight [1, 1]' });
  assert.deepEqual(outcome([0, 0, -32 - 1 / 1024, 0, 0, 0]), { kind: 'diverged', reason: 'weight-out-of-grid', where: 'weight [0, 2]' });
  assert.equal(outcome([32 - 1 / 1024, -32, 0, 0, 0, 0]), null);
  assert.equal(outcome([0, 0, -32 - 1 / 4096, 0, 0, 0]), null, 'rounds to -32768');
});

test('NaN and infinities diverge as not finite, wherever they are', () => {
  const broken = { kind: 'diverged', reason: 'not-finite' };
  assert.deepEqual(outcome([0, 0, 0, NaN, 0, 0]), { ...broken, where: 'weight [1, 0]' });
  assert.deepEqual(outcome([0, 0, 0, 0, 0, -Infinity]), { ...broken, where: 'weight [1, 2]' });
  assert.deepEqual(outcome([0, 0, 0, 0, 0, 0], [0, Infinity]), { ...broken, where: 'visible bias [1]' });
  assert.deepEqual(outcome([0, 0, 0, 0, 0, 0], [0, 0], [NaN, 0, 0]), { ...broken, where: 'hidden bias [0]' });
});

test('|inputs| and |bias| of a unit may reach 2^24 and not pass it', () => {
  const limit = 2 ** 24 / 1024;
  assert.equal(outcome([1, 0, 0, -1, 0, 0], [limit - 1, 0], [limit - 2, 0, 0]), null);
  assert.deepEqual(outcome([1, 0, 0, -1, 0, 0], [0, 0], [2 - limit - 1 / 1024, 0, 0]), { kind: 'diverged', reason: 'pre-activation-bound', where: 'hidden unit [0]' });
  assert.deepEqual(outcome([1, 0, 0, -1, 0, 0], [0, limit - 1 + 1 / 512], [0, 0, 0]), { kind: 'diverged', reason: 'pre-activation-bound', where: 'visible unit [1]' });
  assert.deepEqual(outcome([0, 0, 0, 0, 0, 0], [0, 0], [0, 3e6, 0]), { kind: 'diverged', reason: 'pre-activation-bound', where: 'hidden bias [1]' }, 'beyond int32');
});

test('the first broken bound is named: weights, visible biases, hidden biases, hidden sums, visible sums', () => {
  const reasons = [
    outcome([0, 40, NaN, 0, 0, 0], [NaN, 0]), outcome([0, 0, 0, 0, 0, 0], [NaN, 0], [Infinity, 0, 0]),
    outcome([0, 0, 0, 0, 0, 0], [3e6, 0], [NaN, 0, 0]), outcome([0, 0, 0, 0, 0, 0], [20000, 0], [0, 0, 20000]),
  ].map((found) => found?.where);
  assert.deepEqual(reasons, ['weight [0, 1]', 'visible bias [0]', 'visible bias [0]', 'hidden unit [2]']);
});

test('a grid that is no whole number of bits is refused', () => {
  assert.equal(gridScale(10), 1024);
  assert.throws(() => gridScale(1.5), /grid exponent/);
  assert.throws(() => gridScale(-1), /grid exponent/);
  assert.throws(() => gridScale(21), /grid exponent/);
});
