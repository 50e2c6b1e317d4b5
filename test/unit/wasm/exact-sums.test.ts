// The kernel of exact sums against ebm's definition: the same integers for halves, both signs, carries, what is large and what is rejected.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addValues, createSums, EXPONENT } from '../../../ebm/continuous/sums.ts';
import { ExactSumsSource } from '../../../engine/wasm/exact-sums.ts';

interface Addition { readonly values: Float32Array; readonly at: number; readonly exponent: number; readonly parts: number }

function compare(source: ExactSumsSource, length: number, additions: readonly Addition[]): number {
  const expected = createSums(length);
  source.begin(length);
  for (const { values, ...place } of additions) {
    addValues(expected, values, place);
    source.add(values, place);
  }
  assert.deepEqual(source.take(), expected);
  return expected.rejected;
}

/** Of all sizes, both signs, and many exactly in the middle between two multiples of 2^-40. */
const gradients = (count: number, seed: number): Float32Array => Float32Array.from({ length: count }, (_, i) => {
  const size = Math.abs(Math.sin(seed + 3 * i)) * 2 ** ((i * 7 + seed) % 30 - 25);
  return (i % 3 === 0 ? Math.round(size * 2 ** 12) + 0.5 : size * 2 ** 12) * 2 ** (i % 3 === 0 ? -40 : -12) * (i % 2 === 0 ? 1 : -1);
});

test('sums of many additions, at any place and of any length', async () => {
  const source = await ExactSumsSource.open();
  const rounds = Array.from({ length: 20 }, (_, seed): readonly Addition[] => [
    { values: gradients(1001, seed), at: 0, exponent: EXPONENT, parts: 60 }, { values: gradients(400, 100 + seed), at: 601, exponent: EXPONENT, parts: 60 }, { values: gradients(seed, seed), at: 3, exponent: EXPONENT, parts: 60 },
  ]).flat();
  assert.equal(compare(source, 1001, rounds), 0);
  assert.equal(compare(source, 7, [{ values: gradients(7, 1), at: 0, exponent: 3, parts: 1 }]), 0); // what was there before is gone
});

test('more than one call takes, and a memory that grows', async () => {
  const source = await ExactSumsSource.open();
  assert.equal(compare(source, 5, [{ values: gradients(5, 1), at: 0, exponent: EXPONENT, parts: 1 }]), 0);
  assert.equal(compare(source, 100_003, [{ values: gradients(100_003, 2), at: 0, exponent: EXPONENT, parts: 2 }, { values: gradients(40_000, 3), at: 60_003, exponent: EXPONENT, parts: 2 }]), 0);
});

test('large values are whole already, and what is too large or no number is in no sum', async () => {
  const source = await ExactSumsSource.open();
  const edges = [50, 51, 52, 53, 60, 61, 62, 63].flatMap((exponent) => [2 ** exponent, -(2 ** exponent), 2 ** exponent * (1 - 2 ** -24), 2 ** exponent * (1 + 2 ** -23)]);
  const values = Float32Array.from([...edges, NaN, Infinity, -Infinity, 0.5, 1.5, -0.5, -2.5, -0, 1e-45], (value) => value);
  assert.equal(compare(source, values.length, [{ values, at: 0, exponent: 0, parts: 1 }]), 10);
  assert.ok(compare(source, values.length, [{ values, at: 0, exponent: 0, parts: 7 }, { values: values.slice().reverse(), at: 0, exponent: 1, parts: 7 }]) > 20);
});

test('what does not fit is refused', async () => {
  const source = await ExactSumsSource.open();
  source.begin(3);
  assert.throws(() => { source.add(new Float32Array(3), { at: 1, exponent: 0, parts: 1 }); }, /3 values from 1 on are beyond 3 sums/);
});

test('sums that nobody took are void when the next begin, also longer ones', async () => {
  const source = await ExactSumsSource.open();
  source.begin(7);
  source.add(gradients(7, 1), { at: 0, exponent: EXPONENT, parts: 1 });
  source.begin(40_000);
  assert.deepEqual(source.take(), createSums(40_000));
  source.begin(9);
  assert.deepEqual(source.take(), createSums(9));
});
