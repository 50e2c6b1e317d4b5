import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { idxSource, isIdxName } from '../../../platform/data/idx.ts';
import { DATA_LIMITS } from '../../../platform/data/limits.ts';
import { bytesOfNumbers, folderWith, idxBytes, refuses, swapped } from './fixtures.ts';

const PIXELS = Uint8Array.of(0, 50, 100, 150, 200, 250, 255, 5, 10, 15, 20, 25);

void test('pictures of bytes keep their bytes, their shape and their order', async (context) => {
  const folder = await folderWith(context, { 'a.idx': idxBytes(0x08, [2, 2, 3], PIXELS) });
  const { training, test: testSet } = await idxSource(join(folder, 'a.idx')).read();
  assert.deepEqual(training, { rows: 2, columns: 6, shape: { height: 2, width: 3 }, values: training.values, labels: null });
  assert.ok(training.values instanceof Uint8Array);
  assert.deepEqual([...training.values], [...PIXELS]);
  assert.equal(testSet, null);
});

void test('a compressed file is read as the plain one is', async (context) => {
  const bytes = idxBytes(0x08, [2, 6], PIXELS);
  const folder = await folderWith(context, { 'a-idx2-ubyte.gz': gzipSync(bytes) });
  const { training } = await idxSource(join(folder, 'a-idx2-ubyte.gz')).read();
  assert.deepEqual([training.shape, ...training.values], [null, ...PIXELS]);
});

void test('big-endian floats are taken as they stand', async (context) => {
  const folder = await folderWith(context, {
    'f.idx': idxBytes(0x0d, [1, 3], swapped(bytesOfNumbers(Float32Array.of(0, 0.3, 1)), 4)),
    'd.idx': idxBytes(0x0e, [1, 3], swapped(bytesOfNumbers(Float64Array.of(0, 0.3, 1)), 8)),
  });
  for (const name of ['f.idx', 'd.idx']) assert.deepEqual((await idxSource(join(folder, name)).read()).training.values, Float32Array.of(0, 0.3, 1));
});

void test('the names of IDX files are known, compressed or not', () => {
  assert.deepEqual(['a.idx', 'train-images-idx3-ubyte', 'train-images.idx3-ubyte', 't10k-labels-idx1-byte'].map(isIdxName), [true, true, true, true]);
  assert.deepEqual(['a.npy', 'idx', 'ubyte', 'a-idx3-ubyte.txt'].map(isIdxName), [false, false, false, false]);
});

void test('a wrong magic number is refused with the bytes that were found', async (context) => {
  const folder = await folderWith(context, { 'a.idx': Uint8Array.of(1, 2, 3, 4, 5), 'b.idx': Uint8Array.of(0, 0, 7, 1, 0, 0, 0, 1, 0) });
  await refuses(idxSource(join(folder, 'a.idx')).read(), 'wrong-magic', join(folder, 'a.idx'), 'byte 0: the first bytes are 01 02 03 04', 'for example 00 00 08 03');
  await refuses(idxSource(join(folder, 'b.idx')).read(), 'wrong-magic', 'the first bytes are 00 00 07 01');
});

void test('a file that ends inside its header or its data says after which byte', async (context) => {
  const whole = idxBytes(0x08, [2, 2, 3], PIXELS);
  const folder = await folderWith(context, { 'one.idx': whole.slice(0, 1), 'header.idx': whole.slice(0, 9), 'data.idx': whole.slice(0, -1), 'long.idx': Buffer.concat([whole, PIXELS]) });
  await refuses(idxSource(join(folder, 'one.idx')).read(), 'truncated', 'byte 1: the file ends inside the header');
  await refuses(idxSource(join(folder, 'header.idx')).read(), 'truncated', 'byte 9: the file ends inside the header');
  const error = await refuses(idxSource(join(folder, 'data.idx')).read(), 'truncated', 'byte 27: the data end after 11 bytes of the 12 that shape [2, 2, 3] of 1 bytes each needs', 'Copy or write the file again.');
  assert.deepEqual(error.position, { byteOffset: 27 });
  await refuses(idxSource(join(folder, 'long.idx')).read(), 'trailing-bytes', 'byte 28: 12 bytes follow the 12');
});

void test('sizes that no file could have are refused, not allocated', async (context) => {
  const folder = await folderWith(context, { 'a.idx': idxBytes(0x08, [0xffffffff, 0xffffffff], new Uint8Array(4)), 'b.idx': idxBytes(0x08, [1, 2_000_000], new Uint8Array(4)), 'c.idx': idxBytes(0x08, [100_000, 100_000], new Uint8Array(4)) });
  await refuses(idxSource(join(folder, 'a.idx')).read(), 'too-large', 'there are 4294967295 rows', 'accepted: at most 100000000 rows');
  await refuses(idxSource(join(folder, 'b.idx')).read(), 'too-large', 'there are 2000000 columns', 'accepted: at most 1048576 columns');
  await refuses(idxSource(join(folder, 'c.idx')).read(), 'too-large', 'there are 10000000000 values', 'Use a part of the data.');
});

void test('no rows, no columns, and a file of labels are refused', async (context) => {
  const folder = await folderWith(context, { 'rows.idx': idxBytes(0x08, [0, 28, 28], new Uint8Array(0)), 'columns.idx': idxBytes(0x08, [3, 0], new Uint8Array(0)), 'labels.idx': idxBytes(0x08, [3], Uint8Array.of(1, 2, 3)) });
  await refuses(idxSource(join(folder, 'rows.idx')).read(), 'no-rows', 'there are 0 rows; accepted: at least one row');
  await refuses(idxSource(join(folder, 'columns.idx')).read(), 'no-columns', 'there are 0 columns; accepted: at least one column');
  await refuses(idxSource(join(folder, 'labels.idx')).read(), 'wrong-shape', 'the shape is [3]; accepted: [rows, columns], [rows, height, width]', 'One row is an array of shape [1, 3].');
});

void test('limits are arguments: the same file passes one and fails another', async (context) => {
  const folder = await folderWith(context, { 'a.idx': idxBytes(0x08, [2, 6], PIXELS) });
  assert.equal((await idxSource(join(folder, 'a.idx'), { ...DATA_LIMITS, rowsMax: 2 }).read()).training.rows, 2);
  await refuses(idxSource(join(folder, 'a.idx'), { ...DATA_LIMITS, rowsMax: 1 }).read(), 'too-large', 'there are 2 rows');
});
