import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { zipSync } from 'fflate';
import type { SourceData } from '../../../platform/data/data.ts';
import { DATA_LIMITS, type DataLimits } from '../../../platform/data/limits.ts';
import { npzSource } from '../../../platform/data/npz.ts';
import { folderWith, npyBytes, npzBytes, refuses } from './fixtures.ts';
import { GOLDEN } from './golden.ts';

const array = (columns: number, ...bytes: number[]): Uint8Array => npyBytes({ descr: '|u1', shape: [bytes.length / columns, columns], data: Uint8Array.from(bytes) });

async function read(context: TestContext, content: Uint8Array, limits: DataLimits = DATA_LIMITS): Promise<SourceData> {
  const folder = await folderWith(context, { 'a.npz': content });
  return npzSource(join(folder, 'a.npz'), limits).read();
}

void test('the only array is the training set, whatever its name, stored or deflated', async (context) => {
  for (const level of [0, 6] as const) {
    const { training, test: testSet } = await read(context, npzBytes({ pictures: array(2, 9, 8, 7, 6) }, level));
    assert.deepEqual([training.rows, ...training.values, testSet], [2, 9, 8, 7, 6, null]);
  }
});

void test('a known name is taken among others, and x_test is the test set', async (context) => {
  for (const name of ['x', 'x_train', 'data', 'arr_0']) {
    const { training, test: testSet } = await read(context, npzBytes({ other: array(1, 3), [name]: array(2, 9, 8), x_test: array(2, 7, 6, 5, 4) }));
    assert.deepEqual([...training.values], [9, 8]);
    assert.deepEqual([testSet?.rows, ...(testSet?.values ?? [])], [2, 7, 6, 5, 4]);
  }
});

void test('an archive as numpy.savez_compressed writes it is read', async (context) => {
  const { training, test: testSet } = await read(context, GOLDEN.compressedArchive);
  assert.deepEqual([...training.values], Array.from({ length: 12 }, (_, index) => 20 * index));
  assert.deepEqual([...(testSet?.values ?? [])], [0, 255, 0, 255]);
});

void test('several arrays without one known name are listed in the error', async (context) => {
  await refuses(read(context, npzBytes({ a: array(1, 9), b: array(1, 9) })), 'ambiguous-array', 'several arrays (a, b)', 'exactly one called x, x_train, data or arr_0, beside x_test');
  await refuses(read(context, npzBytes({ x: array(1, 9), data: array(1, 9) })), 'ambiguous-array', 'several arrays (x, data)');
  await refuses(read(context, npzBytes({ x_test: array(1, 9) })), 'no-rows', 'the file holds only x_test');
  await refuses(read(context, zipSync({ 'readme.txt': Buffer.from('hello') })), 'no-rows', 'the file holds no arrays');
});

void test('training and test sets of different widths are refused', async (context) => {
  await refuses(read(context, npzBytes({ x: array(2, 9, 8), x_test: array(3, 7, 6, 5) })), 'width-mismatch', 'the training rows have 2 columns and the test rows 3; accepted: equal widths');
});

void test('an error inside an array names the array', async (context) => {
  await refuses(read(context, npzBytes({ x: array(2, 9, 8), x_test: array(2, 0, 1) })), 'ambiguous-scale', 'array x_test: every value is 0 or 1');
  await refuses(read(context, npzBytes({ x: npyBytes({ descr: '<f4', shape: [1, 1], data: Uint8Array.of(0, 0, 192, 127) }) })), 'not-finite', 'array x, row 0, column 0 (from 0), byte 128: the value is NaN');
  await refuses(read(context, npzBytes({ x: Buffer.from('plain text') })), 'wrong-magic', 'array x, byte 0: the first bytes are');
});

void test('no more is inflated than the directory states, and that is bounded', async (context) => {
  const honest = npzBytes({ x: npyBytes({ descr: '|u1', shape: [1, 100_000], data: new Uint8Array(100_000) }) }, 6);
  await refuses(read(context, honest, { ...DATA_LIMITS, inflatedBytesMax: 50_000 }), 'too-large', 'array x.npy: the array has 100128 bytes; accepted: at most 50000 bytes');
  const lying = honest.slice();
  const directory = Buffer.from(lying).lastIndexOf(Uint8Array.of(0x50, 0x4b, 1, 2));
  new DataView(lying.buffer).setUint32(directory + 24, 1_000, true);
  await refuses(read(context, lying), 'too-large', 'entry x.npy inflates to more than 1000 bytes');
});

void test('an entry that cannot be inflated is named, with the byte where it begins or ends', async (context) => {
  const begin = 30 + 'x.npy'.length;
  const whole = npzBytes({ x: array(2, 9, 8) }, 6);
  const damaged = whole.slice();
  damaged[begin] = 0x07; // a block type that does not exist
  await refuses(read(context, damaged), 'damaged', `a.npz: byte ${begin}: entry x.npy cannot be inflated (`);
  const short = whole.slice();
  const directory = Buffer.from(short).lastIndexOf(Uint8Array.of(0x50, 0x4b, 1, 2));
  new DataView(short.buffer).setUint32(directory + 20, 9, true);
  await refuses(read(context, short), 'truncated', `a.npz: byte ${begin + 9}: entry x.npy ends too early`);
});

void test('more entries than the limit are refused', async (context) => {
  await refuses(read(context, npzBytes({ x: array(1, 9), y: array(1, 9) }), { ...DATA_LIMITS, archiveEntriesMax: 1 }), 'too-large', 'the archive has 2 entries');
});

void test('a file that is no archive, or that was cut off, says so', async (context) => {
  const whole = npzBytes({ x: array(2, 9, 8) });
  await refuses(read(context, array(2, 9, 8)), 'wrong-magic', 'the first bytes are 93 4e 55 4d; accepted: 50 4b 03 04', 'If it is a single array, its name must end in .npy.');
  await refuses(read(context, whole.slice(0, -30)), 'truncated', `byte ${whole.length - 30}: the archive has no directory at its end`, 'It was cut off');
  await refuses(read(context, whole.slice(0, 10)), 'truncated', 'it has 10 bytes');
});

void test('every single flipped bit is noticed, or changes nothing that is read', async (context) => {
  const whole = npzBytes({ x: array(4, 9, 8, 7, 6, 5, 4, 3, 2) }, 6);
  const folder = await folderWith(context, { 'a.npz': whole });
  const expected = [...(await npzSource(join(folder, 'a.npz')).read()).training.values];
  for (let at = 0; at < whole.length; at += 1) {
    const flipped = whole.slice();
    flipped[at]! ^= 1 << (at % 8);
    await read(context, flipped).then(
      ({ training }) => { assert.deepEqual([...training.values], expected, `byte ${at}`); },
      (error: unknown) => { assert.equal((error as Error).name, 'DataError', `byte ${at}: ${String(error)}`); },
    );
  }
});

void test('encrypted entries and foreign compressions are refused by number', async (context) => {
  const whole = npzBytes({ x: array(2, 9, 8) });
  const directory = Buffer.from(whole).lastIndexOf(Uint8Array.of(0x50, 0x4b, 1, 2));
  const lzma = whole.slice();
  lzma[directory + 10] = 14;
  await refuses(read(context, lzma), 'unsupported', 'array x.npy: the entry is compressed by method 14; accepted: stored (0) or deflated (8) entries');
  const encrypted = whole.slice();
  encrypted[directory + 8]! |= 1;
  await refuses(read(context, encrypted), 'unsupported', 'the entry is encrypted');
});

void test('a changed byte of the content is found by its checksum', async (context) => {
  const whole = npzBytes({ x: array(2, 9, 8) });
  const directory = Buffer.from(whole).lastIndexOf(Uint8Array.of(0x50, 0x4b, 1, 2));
  const changed = whole.slice();
  changed[directory - 1]! ^= 4; // the last byte of the stored array
  await refuses(read(context, changed), 'damaged', 'the checksum of entry x.npy is wrong');
});
