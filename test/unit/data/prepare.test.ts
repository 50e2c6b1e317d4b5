import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deriveKey } from '../../../ebm/random/address.ts';
import { PURPOSES } from '../../../ebm/random/purposes.ts';
import { levelsOf, writeSample } from '../../../ebm/rbm/binarise.ts';
import { bytesOf, unpackRow } from '../../../ebm/rbm/bits.ts';
import type { RawData } from '../../../platform/data/data.ts';
import type { DataSettings } from '../../../ebm/job.ts';
import { bitRows, levelRows, prepare, type BitRows } from '../../../platform/data/prepare.ts';
import { refuses } from './fixtures.ts';

const SEED = 7;
const table = (values: RawData['values'], columns: number): RawData => ({ rows: values.length / columns, columns, shape: null, values, labels: null });
const settings = (binarise: DataSettings['binarise'], validation = 0): DataSettings => ({ source: 'test', binarise, validation });
const threshold = { binarise: 'threshold', seed: SEED, firstId: 0 } as const;
const rowsOf = (data: BitRows): number[][] => Array.from({ length: data.rows }, (_, row) => [...unpackRow(data.bits.subarray(row * bytesOf(data.visible), (row + 1) * bytesOf(data.visible)), data.visible)]);
const BYTES = Uint8Array.of(0, 127, 128, 255, 1, 254, 200, 100, 50);

void test('threshold: a byte is on from 128, a float above one half, and one half is off', () => {
  assert.deepEqual(rowsOf(bitRows(table(BYTES, 9), { from: 0, to: 1 }, threshold)), [[0, 0, 1, 1, 0, 1, 1, 0, 0]]);
  assert.deepEqual(rowsOf(bitRows(table(Float32Array.of(0.5, 0.5 + 2 ** -24, 0.49999997, 1, 0), 5), { from: 0, to: 1 }, threshold)), [[0, 1, 0, 1, 0]]);
});

void test('bits are packed row by row with spare bits zero, for any width', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5 }), fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (columns, rows, stream) => {
    const values = Uint8Array.from({ length: rows * columns }, () => stream.next().value as number);
    const data = bitRows(table(values, columns), { from: 0, to: rows }, threshold);
    assert.equal(data.bits.length, rows * Math.ceil(columns / 8));
    for (let row = 0; row < rows; row += 1) {
      for (let bit = 0; bit < 8 * bytesOf(columns); bit += 1) {
        const expected = bit < columns && values[row * columns + bit]! >= 128 ? 1 : 0;
        assert.equal((data.bits[row * bytesOf(columns) + (bit >> 3)]! >> (bit & 7)) & 1, expected);
      }
    }
  }), { seed: 3, numRuns: 100 });
});

void test('the last rows are held out, the test set is the source\'s own', () => {
  const training = table(Uint8Array.of(0, 255, 0, 255, 255), 1);
  const prepared = prepare({ training, test: table(Uint8Array.of(255, 0), 1) }, settings('threshold', 2), SEED);
  assert.ok(prepared.training.kind === 'bits' && prepared.validation !== null && prepared.test !== null);
  assert.deepEqual([rowsOf(prepared.training), rowsOf(prepared.validation), rowsOf(prepared.test)], [[[0], [1], [0]], [[1], [1]], [[1], [0]]]);
});

void test('without held out rows and test set there are none', () => {
  const prepared = prepare({ training: table(BYTES, 9), test: null }, settings('threshold'), SEED);
  assert.deepEqual([prepared.training.rows, prepared.validation, prepared.test], [1, null, null]);
});

void test('holding out every row is refused with the numbers', async () => {
  await refuses(Promise.resolve().then(() => prepare({ training: table(BYTES, 3), test: null }, settings('threshold', 3), SEED)), 'split', 'data.validation: 3 of the 3 training rows are to be held out, which leaves none; accepted: 0 to 2');
});

void test('binary units refuse data that are not to be binarised', async () => {
  await refuses(Promise.resolve().then(() => prepare({ training: table(BYTES, 9), test: null }, settings('none'), SEED)), 'binarise', 'data.binarise', 'accepted: threshold or stochastic');
});

void test('levels of bytes are the bytes themselves, with round(65536 byte / 255) as palette', () => {
  const data = levelRows(table(BYTES, 3), { from: 1, to: 3 });
  assert.equal(data.levels.buffer, BYTES.buffer);
  assert.deepEqual([...data.levels], [...BYTES.subarray(3)]);
  // 65536 byte / 255 = 257 byte + byte / 255 exactly, so the nearest integer is known without rounding.
  for (let byte = 0; byte < 256; byte += 1) assert.equal(data.palette?.[byte], 257 * byte + (byte >= 128 ? 1 : 0));
});

void test('levels of floats are round(65536 x), ties to even, through a palette while there are at most 256', () => {
  const few = Float32Array.of(0, 1, 0.25, 0.5 / 65536, 1.5 / 65536, 2.5 / 65536);
  const data = levelRows(table(few, 6), { from: 0, to: 1 });
  assert.deepEqual([...(data.palette ?? [])], [0, 2, 16384, 65536]);
  assert.deepEqual([...levelsOf(data, 0)], [0, 65536, 16384, 0, 2, 2]);
  const many = Float32Array.from({ length: 257 }, (_, index) => index / 1024);
  const plain = levelRows(table(many, 257), { from: 0, to: 1 });
  assert.equal(plain.palette, null);
  assert.deepEqual([...levelsOf(plain, 0)], Array.from({ length: 257 }, (_, index) => 64 * index));
  assert.equal(levelRows(table(many.subarray(0, 256), 256), { from: 0, to: 1 }).palette?.length, 256);
});

void test('bytes and the same numbers as float32 would have equal thresholds', () => {
  for (let byte = 0; byte < 256; byte += 1) assert.equal(Math.round(65536 * Math.fround(byte / 255)), 257 * byte + (byte >= 128 ? 1 : 0));
});

void test('stochastic training rows stay levels, and evaluation rows are drawn once with the ids after the training rows', () => {
  const values = Uint8Array.from({ length: 40 }, (_, index) => (index * 53) % 256);
  const training = table(values, 8);
  const testSet = table(values.slice(0, 16), 8);
  const prepared = prepare({ training, test: testSet }, settings('stochastic', 2), SEED);
  assert.ok(prepared.training.kind === 'levels' && prepared.training.rows === 3);
  const key = deriveKey(SEED, PURPOSES.binarise, 0);
  // An engine that had all rows as training rows would draw row `id` of epoch 0 in the same way.
  const all = levelRows(table(Uint8Array.of(...values, ...testSet.values), 8), { from: 0, to: 7 });
  const row = new Uint8Array(1);
  const drawn = Array.from({ length: 7 }, (_, id) => { writeSample(all, key, { row: id, epoch: 0 }, row); return row[0]!; });
  assert.deepEqual([...(prepared.validation?.bits ?? [])], drawn.slice(3, 5));
  assert.deepEqual([...(prepared.test?.bits ?? [])], drawn.slice(5, 7));
});

void test('stochastic bits of 0 are never on, of 1 always, of one half about half of the time', () => {
  const data = bitRows(table(Float32Array.from({ length: 3000 }, (_, index) => (index % 3) / 2), 3), { from: 0, to: 1000 }, { binarise: 'stochastic', seed: SEED, firstId: 0 });
  const on = [0, 1, 2].map((column) => rowsOf(data).reduce((sum, bits) => sum + bits[column]!, 0));
  assert.deepEqual([on[0], on[2]], [0, 1000]);
  assert.ok(Math.abs(on[1]! - 500) < 4 * Math.sqrt(250), `${on[1]!} of 1000`);
});
