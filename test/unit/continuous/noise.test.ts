// Keyed normals, uniforms and signs: known answers by an independent Box and Muller, addresses, moments with stated false-alarm rates.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillNormals, fillSigns, fillUniforms } from '../../../ebm/continuous/noise.ts';
import { deriveKey, fillWords } from '../../../ebm/random/address.ts';
import { normalDistribution } from '../../../ebm/numeric/normal.ts';

const KEY = deriveKey(11, 6, 2);

test('normals 2 j and 2 j + 1 are cosine and sine of the pair of words 2 j and 2 j + 1', () => {
  for (const numbers of [1, 2, 5, 6, 9]) {
    const words = new Uint32Array(4 * Math.ceil(numbers / 4));
    fillWords(KEY, { id: 40, halfStep: 3, word3: 8 }, words);
    const out = new Float32Array(numbers);
    fillNormals(KEY, { ids: Uint32Array.of(40), numbers, halfStep: 3, word3: 8 }, out);
    out.forEach((value, i) => {
      const pair = i - (i % 2);
      const radius = Math.sqrt(-2 * Math.log((words[pair]! + 0.5) / 2 ** 32));
      const angle = 2 * Math.PI * ((words[pair + 1]! + 0.5) / 2 ** 32);
      assert.ok(Math.abs(value - radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle))) < 4e-7, `normal ${i} of ${numbers}`);
    });
  }
});

test('golden vectors: normals, uniforms and signs', () => {
  const at = { ids: { from: 7, to: 8 }, numbers: 4, halfStep: 1, word3: 42 };
  const normals = new Float32Array(4);
  const uniforms = new Float64Array(4);
  const signs = new Float32Array(4);
  fillNormals(deriveKey(1, 6, 0), at, normals);
  fillUniforms(deriveKey(1, 6, 0), at, uniforms);
  fillSigns(deriveKey(1, 6, 0), at, signs);
  assert.deepEqual([...normals], GOLDEN.normals);
  assert.deepEqual([...uniforms], GOLDEN.words.map((word) => (word + 0.5) / 2 ** 32));
  assert.deepEqual([...signs], GOLDEN.words.map((word) => (word % 2 === 1 ? 1 : -1)));
});

test('a list and a range of ids give the same numbers, each a function of its own address', () => {
  const range = new Float32Array(4 * 3);
  fillNormals(KEY, { ids: { from: 5, to: 9 }, numbers: 3, halfStep: 0, word3: 0 }, range);
  const list = new Float32Array(2 * 3);
  fillNormals(KEY, { ids: Uint32Array.of(8, 6), numbers: 3, halfStep: 0, word3: 0 }, list);
  assert.deepEqual([...list], [...range.slice(9, 12), ...range.slice(3, 6)]);
  assert.throws(() => { fillNormals(KEY, { ids: { from: 0, to: 2 }, numbers: 3, halfStep: 0, word3: 0 }, new Float32Array(5)); }, /2 ids of 3 numbers/);
});

test('moments of 400,000 normals are within 4.5 standard errors (false alarm 3e-5 for all four)', () => {
  const count = 400_000;
  const out = new Float32Array(count);
  fillNormals(KEY, { ids: { from: 0, to: count / 4 }, numbers: 4, halfStep: 9, word3: 1 }, out);
  // Variances of x, x^2, x^3 and x^4 - 3: 1, 2, 15, 96.
  for (const [power, expected, variance] of [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96]] as const) {
    const mean = out.reduce((sum, x) => sum + x ** power, 0) / count;
    assert.ok(Math.abs(mean - expected) < 4.5 * Math.sqrt(variance / count), `moment ${power}: ${mean}`);
  }
});

test('cosines and sines of a pair are uncorrelated, and so are their squares (false alarm 1.4e-5)', () => {
  const pairs = 200_000;
  const out = new Float32Array(2 * pairs);
  fillNormals(KEY, { ids: { from: 0, to: pairs }, numbers: 2, halfStep: 1, word3: 5 }, out);
  let [product, squares] = [0, 0];
  for (let i = 0; i < pairs; i += 1) {
    product += out[2 * i]! * out[2 * i + 1]!;
    squares += (out[2 * i]! ** 2 - 1) * (out[2 * i + 1]! ** 2 - 1);
  }
  assert.ok(Math.abs(product / pairs) < 4.5 / Math.sqrt(pairs) && Math.abs(squares / pairs) < 4.5 * 2 / Math.sqrt(pairs), `${product / pairs}, ${squares / pairs}`);
});

test('chi-square of 100 equal classes of 100,000 normals: below 170 (false alarm 1e-5)', () => {
  const out = new Float32Array(100_000);
  fillNormals(KEY, { ids: { from: 0, to: 1000 }, numbers: 100, halfStep: 0, word3: 2 }, out);
  const counts = new Float64Array(100);
  for (const x of out) counts[Math.floor(100 * normalDistribution(x))]! += 1;
  const statistic = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  assert.ok(statistic < 170, `${statistic}`);
});

/** The words were checked against test/unit/random's rules; the normals against Python's math in float64. */
const GOLDEN = { words: [900696160, 1601708723, 1947354806, 1528507207], normals: [-1.2334270477294922, 1.2659858465194702, -0.7763898968696594, 0.9895265102386475] };
