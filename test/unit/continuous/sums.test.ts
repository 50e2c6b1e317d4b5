// Exact sums: any grouping gives the same bits, halves go to even, unfit values are counted and left out; against big integers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addSums, addValues, createSums, EXPONENT, powerOfTwo, valueAt, type Int64Sums } from '../../../ebm/continuous/sums.ts';

const integerAt = ({ low, high }: Int64Sums, i: number): bigint => (BigInt(high[i]!) << 32n) + BigInt(low[i]!);

function sumOf(values: readonly number[], exponent = EXPONENT, parts = 64): Int64Sums {
  const sums = createSums(1);
  for (const value of values) addValues(sums, Float64Array.of(value), { at: 0, exponent, parts });
  return sums;
}

/** Rounds half to even by integers alone: value 2^exponent of a float64 with a bounded exponent. */
function rounded(value: number, exponent: number): bigint {
  const shifted = BigInt(value * 2 ** 100); // exact: tests use multiples of 2^-100
  const shift = BigInt(100 - exponent);
  const whole = shifted >> shift;
  const rest = shifted - (whole << shift);
  const half = 1n << (shift - 1n);
  return whole + (rest > half || (rest === half && (whole & 1n) === 1n) ? 1n : 0n);
}

test('any grouping and order of sums gives the same bits', () => {
  const value = fc.double({ min: -1e4, max: 1e4, noNaN: true });
  fc.assert(fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), fc.nat(19), (values, cut) => {
    const whole = sumOf(values);
    const left = sumOf(values.slice(0, cut));
    addSums(left, sumOf(values.slice(cut)));
    const right = sumOf([...values].reverse());
    assert.deepEqual([integerAt(left, 0), integerAt(right, 0)], [integerAt(whole, 0), integerAt(whole, 0)]);
  }), { seed: 1 });
});

test('each value is rounded half to even to a multiple of 2^-exponent', () => {
  const quantum = 2 ** -40;
  for (const [value, expected] of [[0.5, 0n], [1.5, 2n], [2.5, 2n], [-0.5, 0n], [-1.5, -2n], [-2.5, -2n], [0.50000001, 1n], [-3.49, -3n]] as const) {
    assert.equal(integerAt(sumOf([value * quantum]), 0), expected, `${value}`);
  }
  fc.assert(fc.property(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), fc.integer({ min: -60, max: -9 }), (mantissa, scale) => {
    const x = mantissa * 2 ** scale;
    assert.equal(integerAt(sumOf([x], 40, 1), 0), rounded(x, 40));
  }), { seed: 2 });
});

test('halves go to even up to the size where every float64 is whole', () => {
  fc.assert(fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 8 }), (odd, less) => {
    const halves = Math.trunc(odd / 2 ** less); // 2^51 and 2^52, where the rounding changes its means, are among the sizes
    assert.equal(integerAt(sumOf([halves * 2 ** -41], 40, 1), 0), rounded(halves * 2 ** -41, 40));
  }), { seed: 3, numRuns: 2_000 });
  for (const whole of [2 ** 51, 2 ** 52]) {
    for (const by of [-1.5, -0.5, 0.5, 1.5, 2.5]) for (const sign of [1, -1]) assert.equal(integerAt(sumOf([sign * (whole + by) * 2 ** -40], 40, 1), 0), rounded(sign * (whole + by) * 2 ** -40, 40));
  }
});

test('sums and values carry between their words, and negative sums read back', () => {
  for (const values of [[2 ** -8, -(2 ** -8)], [1, 1, 1], [-1, -(2 ** -40)], [2 ** 15, -(2 ** 14)], [-1e5, 3.25]]) {
    const sums = sumOf(values, 40, 4);
    const expected = values.reduce((sum, value) => sum + rounded(value, 40), 0n);
    assert.equal(integerAt(sums, 0), expected);
    assert.equal(valueAt(sums, 0, 40), Number(expected) / 2 ** 40);
  }
});

test('what is not finite, or might overflow the sum of all parts, is counted and added nowhere', () => {
  const sums = createSums(6);
  addValues(sums, Float32Array.of(1, NaN, Infinity, -Infinity, 2 ** 20, -2), { at: 0, exponent: 40, parts: 4 });
  assert.equal(sums.rejected, 4); // 2^20 2^40 = 2^62 / 4
  assert.deepEqual(Array.from({ length: 6 }, (_, i) => valueAt(sums, i, 40)), [1, 0, 0, 0, 0, -2]);
  const more = createSums(6);
  addSums(more, sums);
  addSums(more, sums);
  assert.deepEqual([more.rejected, valueAt(more, 5, 40)], [8, -4]);
  assert.throws(() => { addSums(more, createSums(5)); }, /5 values added to 6/);
});

test('the largest value that passes, as often as there are parts, does not overflow', () => {
  const parts = 8;
  const largest = Math.fround((2 ** 62 / parts) * (1 - 2 ** -24)) / 2 ** 40;
  const sums = sumOf(Array.from({ length: parts }, () => largest), 40, parts);
  assert.equal(sums.rejected, 0);
  assert.equal(valueAt(sums, 0, 40), parts * largest);
});

test('an exponent of its own for small gradients; powers of two are exact', () => {
  assert.equal(valueAt(sumOf([3 * 2 ** -50], 52), 0, 52), 3 * 2 ** -50);
  for (const exponent of [-1000, -1, 0, 1, 40, 1000]) assert.equal(powerOfTwo(exponent), 2 ** exponent);
});
