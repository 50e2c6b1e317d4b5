import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DATA_LIMITS } from '../../../platform/data/limits.ts';
import { canonicalValues, checkSize, valueFailure } from '../../../platform/data/validate.ts';
import { refuses } from './fixtures.ts';

const ORIGIN = { file: 'a.npy', array: null };
const canonical = (values: ArrayLike<number>): Uint8Array | Float32Array => canonicalValues({
  count: values.length, at: (index) => values[index]!, failure: (index, value) => valueFailure(value, { origin: ORIGIN, position: { row: 0, column: index }, isInteger: false }),
}, DATA_LIMITS);

void test('a table is bytes exactly when every number is byte / 255 rounded to float32', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1 }), fc.nat(), fc.boolean(), (bytes, at, single) => {
    const values = bytes.map((byte) => (single ? Math.fround(byte / 255) : byte / 255));
    assert.deepEqual(canonical(values), Uint8Array.from(bytes));
    values[at % values.length] = 0.123;
    assert.deepEqual(canonical(values), Float32Array.from(values));
  }), { seed: 5, numRuns: 200 });
});

void test('whatever is stored is the float32 nearest to what was read', () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
    const stored = canonical(values);
    values.forEach((value, index) => { assert.equal(stored instanceof Uint8Array ? Math.fround(stored[index]! / 255) : stored[index], Math.fround(value) + 0); });
  }), { seed: 5, numRuns: 200 });
});

void test('the first wrong number is the one reported', async () => {
  for (const [wrong, code] of [[NaN, 'not-finite'], [-Infinity, 'not-finite'], [-1e-300, 'out-of-range'], [1 + 2 ** -52, 'out-of-range']] as const) {
    await refuses(Promise.resolve().then(() => canonical([0, wrong, 7])), code, `row 0, column 1 (from 0): the value is ${wrong}`);
  }
});

void test('limits hold at their edge, and an overflowing product is no loophole', async () => {
  const limits = { ...DATA_LIMITS, rowsMax: 2 ** 53, columnsMax: 2 ** 53 };
  checkSize({ rows: 2, columns: DATA_LIMITS.valuesMax / 2, shape: null }, ORIGIN, limits);
  await refuses(Promise.resolve().then(() => { checkSize({ rows: 2 ** 40, columns: 2 ** 40, shape: null }, ORIGIN, limits); }), 'too-large', 'values');
});
