import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RawData } from '../../../platform/data/data.ts';
import { npySource } from '../../../platform/data/npy.ts';
import { bytesOfNumbers, folderWith, npyBytes, refuses, swapped, type NpyFixture } from './fixtures.ts';
import { GOLDEN } from './golden.ts';
import type { TestContext } from 'node:test';

async function read(context: TestContext, content: Uint8Array | NpyFixture): Promise<RawData> {
  const folder = await folderWith(context, { 'a.npy': content instanceof Uint8Array ? content : npyBytes(content) });
  return (await npySource(join(folder, 'a.npy')).read()).training;
}

const BITS = [0, 1, 1, 0, 1, 0];
const AS_BYTES = BITS.map((bit) => 255 * bit);
const TYPES: readonly (readonly [string, Uint8Array])[] = [
  ['|b1', Uint8Array.from(BITS)],
  ['|i1', bytesOfNumbers(Int8Array.from(BITS))],
  ['<i2', bytesOfNumbers(Int16Array.from(BITS))],
  ['<i4', bytesOfNumbers(Int32Array.from(BITS))],
  ['<i8', bytesOfNumbers(BigInt64Array.from(BITS, BigInt))],
  ['<u2', bytesOfNumbers(Uint16Array.from(BITS))],
  ['<u4', bytesOfNumbers(Uint32Array.from(BITS))],
  ['<u8', bytesOfNumbers(BigUint64Array.from(BITS, BigInt))],
  ['<f2', bytesOfNumbers(Uint16Array.from(BITS, (bit) => 0x3c00 * bit))],
  ['<f4', bytesOfNumbers(Float32Array.from(BITS))],
  ['<f8', bytesOfNumbers(Float64Array.from(BITS))],
];

void test('bits of every element type, in both byte orders, are the same table', async (context) => {
  for (const [descr, data] of TYPES) {
    const size = Number(descr[2]);
    for (const fixture of [{ descr, data }, { descr: descr.replace('<', '>'), data: descr.startsWith('<') ? swapped(data, size) : data }]) {
      const raw = await read(context, { ...fixture, shape: [2, 3] });
      assert.deepEqual([raw.rows, raw.columns, ...raw.values], [2, 3, ...AS_BYTES], fixture.descr);
    }
  }
});

void test('unsigned bytes mean byte / 255 and stay bytes', async (context) => {
  assert.deepEqual([...(await read(context, { descr: '|u1', shape: [2, 2], data: Uint8Array.of(0, 1, 2, 255) })).values], [0, 1, 2, 255]);
});

void test('floats that are byte / 255 become bytes, others float32, and -0 becomes 0', async (context) => {
  const bytes = await read(context, { descr: '<f8', shape: [1, 3], data: bytesOfNumbers(Float64Array.of(1 / 255, 200 / 255, 1)) });
  assert.deepEqual(bytes.values, Uint8Array.of(1, 200, 255));
  const floats = await read(context, { descr: '<f4', shape: [1, 3], data: bytesOfNumbers(Float32Array.of(-0, 0.25, 1)) });
  assert.deepEqual(floats.values, Float32Array.of(0, 0.25, 1));
  assert.ok(Object.is(floats.values[0], 0));
});

void test('all three versions of the format are read', async (context) => {
  for (const version of [1, 2, 3] as const) assert.equal((await read(context, { descr: '|b1', shape: [2, 3], data: Uint8Array.from(BITS), version })).rows, 2);
});

void test('Fortran order is turned around, for tables and for pictures', async (context) => {
  // [[1, 2, 3], [4, 5, 6]] with the first index fastest.
  assert.deepEqual([...(await read(context, { descr: '|u1', shape: [2, 3], fortranOrder: true, data: Uint8Array.of(1, 4, 2, 5, 3, 6) })).values], [1, 2, 3, 4, 5, 6]);
  const pictures = await read(context, GOLDEN.halfFortran);
  assert.deepEqual(pictures.shape, { height: 3, width: 4 });
  assert.deepEqual([...pictures.values], Array.from({ length: 24 }, (_, index) => index / 32));
});

void test('one channel, first or last, is no dimension of its own', async (context) => {
  for (const shape of [[1, 2, 3, 1], [1, 1, 2, 3]]) assert.deepEqual((await read(context, { descr: '|b1', shape, data: Uint8Array.from(BITS) })).shape, { height: 2, width: 3 });
  await refuses(read(context, { descr: '|b1', shape: [1, 2, 1, 3], data: Uint8Array.from(BITS) }), 'wrong-shape', 'the shape is [1, 2, 1, 3]');
});

void test('bools as NumPy writes them are 0 and 1', async (context) => {
  assert.deepEqual([...(await read(context, GOLDEN.truths)).values], [255, 0, 0, 255]);
});

void test('pickled objects are refused with the reason and the way out, and records too', async (context) => {
  await refuses(read(context, GOLDEN.pickled), 'pickled', /a\.npy: the type is \|O: pickled Python objects, which cannot be read without running the code inside/, 'allow_pickle=False');
  await refuses(read(context, GOLDEN.records), 'unsupported', 'the type is a record; accepted: bool, int8 to int64');
});

void test('types that hold no real numbers are refused by name', async (context) => {
  for (const descr of ['<c8', '<U4', '|S3', '<f16', '<i3', '<M8[s]', '|b2']) await refuses(read(context, { descr, shape: [1, 1], data: new Uint8Array(16) }), 'unsupported', `the type is ${descr}`, 'float16, float32 and float64');
});

void test('NaN, infinities and values outside [0, 1] are named with row, column and byte', async (context) => {
  const floats = (...values: number[]): NpyFixture => ({ descr: '<f4', shape: [2, 2], data: bytesOfNumbers(Float32Array.from(values)) });
  const error = await refuses(read(context, floats(0, 0.5, 1, NaN)), 'not-finite', /a\.npy: row 1, column 1 \(from 0\), byte 140: the value is NaN; accepted: finite numbers from 0 to 1\./);
  assert.deepEqual([error.position, error.value], [{ row: 1, column: 1, byteOffset: 140 }, 'NaN']);
  await refuses(read(context, floats(0, Infinity, 0, 0)), 'not-finite', 'row 0, column 1 (from 0), byte 132: the value is Infinity');
  await refuses(read(context, floats(0, 0, 1.5, 0)), 'out-of-range', 'row 1, column 0 (from 0), byte 136: the value is 1.5; accepted: numbers from 0 to 1', 'divide by 255');
  await refuses(read(context, floats(-0.25, 0, 0, 0)), 'out-of-range', 'the value is -0.25');
});

void test('a float64 just above 1 is refused although float32 would round it to 1', async (context) => {
  await refuses(read(context, { descr: '<f8', shape: [1, 1], data: bytesOfNumbers(Float64Array.of(1 + 2 ** -40)) }), 'out-of-range', 'the value is 1.0000000000009095');
});

void test('in Fortran order a wrong value is named by where it stands in table and file', async (context) => {
  const data = bytesOfNumbers(Float32Array.of(0, 0, 0, 7, 0, 0)); // element [1, 1] of [2, 3] is the fourth
  await refuses(read(context, { descr: '<f4', shape: [2, 3], fortranOrder: true, data }), 'out-of-range', 'row 1, column 1 (from 0), byte 140: the value is 7');
});

void test('pixels of 0 to 255 in other integer types are refused with the advice to use unsigned bytes', async (context) => {
  await refuses(read(context, { descr: '<i8', shape: [1, 2], data: bytesOfNumbers(BigInt64Array.of(0n, 200n)) }), 'out-of-range', 'the value is 200; accepted: 0 or 1 in this integer type', 'Save pixels of 0 to 255 as unsigned 8-bit');
  await refuses(read(context, { descr: '|i1', shape: [1, 2], data: Uint8Array.of(0, 255) }), 'out-of-range', 'the value is -1');
});

void test('unsigned bytes that are only 0 and 1 are ambiguous, all zeros are not', async (context) => {
  await refuses(read(context, { descr: '|u1', shape: [1, 3], data: Uint8Array.of(0, 1, 0) }), 'ambiguous-scale', 'every value is 0 or 1, in an unsigned 8-bit source where 255 stands for 1', 'Save it as bool or float32, or multiply it by 255.');
  assert.deepEqual([...(await read(context, { descr: '|u1', shape: [1, 3], data: new Uint8Array(3) })).values], [0, 0, 0]);
});

void test('wrong magic, foreign versions, cut headers and unreadable headers are refused', async (context) => {
  const good = npyBytes({ descr: '|b1', shape: [2, 3], data: Uint8Array.from(BITS) });
  await refuses(read(context, Buffer.from('hello world')), 'wrong-magic', 'a.npy: byte 0: the first bytes are 68 65 6c 6c 6f 20; accepted: 93 4e 55 4d 50 59', 'numpy.save');
  const future = good.slice();
  future[6] = 4;
  await refuses(read(context, future), 'unsupported', 'the format version is 4; accepted: versions 1 to 3');
  await refuses(read(context, good.slice(0, 9)), 'truncated', 'ends inside the header, after 9 bytes');
  await refuses(read(context, good.slice(0, 60)), 'truncated', 'ends inside the header, after 60 bytes');
  await refuses(read(context, Buffer.from(Buffer.from(good).toString('latin1').replace("'shape'", "'shale'"), 'latin1')), 'damaged', "the header has no readable 'shape'");
  await refuses(read(context, good.slice(0, -2)), 'truncated', 'byte 132: the data end after 4 bytes of the 6 that shape [2, 3] of 1 bytes each needs');
});

void test('a header length that no header has is refused', async (context) => {
  const bytes = npyBytes({ descr: '|b1', shape: [1, 1], data: Uint8Array.of(1), version: 2 }).slice();
  bytes[11] = 0x7f;
  await refuses(read(context, bytes), 'too-large', /the header says that it has 21\d+ bytes/);
});

void test('an array of zero rows, of zero columns, of one dimension or none is refused', async (context) => {
  const empty = new Uint8Array(0);
  await refuses(read(context, { descr: '<f4', shape: [0, 784], data: empty }), 'no-rows', 'there are 0 rows');
  await refuses(read(context, { descr: '<f4', shape: [5, 0], data: empty }), 'no-columns', 'there are 0 columns');
  await refuses(read(context, { descr: '<f4', shape: [3], data: new Uint8Array(12) }), 'wrong-shape', 'the shape is [3]', 'One row is an array of shape [1, 3].');
  await refuses(read(context, { descr: '<f4', shape: [], data: new Uint8Array(4) }), 'wrong-shape', 'the shape is []');
});
