import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBitRows, readMask, readRows } from '../../../platform/data/arrays.ts';
import { bytesOfNumbers, folderWith, npyBytes, npzBytes, refuses } from './fixtures.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const ROWS = npyBytes({ descr: '|u1', shape: [2, 3], data: bytes(0, 200, 100, 128, 127, 255) });

void test('rows of any source are read and checked against the width of the model', async (context) => {
  const folder = await folderWith(context, { 'a.npy': ROWS });
  const raw = await readRows('a.npy', { baseFolder: folder, visible: 3, part: 'training' });
  assert.deepEqual([raw.rows, ...raw.values], [2, 0, 200, 100, 128, 127, 255]);
  await refuses(readRows('a.npy', { baseFolder: folder, visible: 784, part: 'training' }), 'width-mismatch', `${join(folder, 'a.npy')}: the rows have 3 columns, and the model has 784 visible units; accepted: rows of 784`);
});

void test('pictures of the wrong size are named with height and width', async (context) => {
  const folder = await folderWith(context, { 'a.npy': npyBytes({ descr: '|u1', shape: [1, 2, 3], data: bytes(0, 200, 100, 128, 127, 255) }) });
  await refuses(readRows('a.npy', { baseFolder: folder, visible: 4, part: 'training' }), 'width-mismatch', 'the rows have 6 columns (2 x 3), and the model has 4');
});

void test('the test set of a source can be asked for, and its absence is an error', async (context) => {
  const folder = await folderWith(context, { 'a.npz': npzBytes({ x: ROWS, x_test: ROWS }), 'a.npy': ROWS });
  assert.equal((await readRows('a.npz', { baseFolder: folder, visible: 3, part: 'test' })).rows, 2);
  await refuses(readRows('a.npy', { baseFolder: folder, visible: 3, part: 'test' }), 'no-rows', 'the source has no test set');
});

void test('rows become bits as the model was trained', async (context) => {
  const folder = await folderWith(context, { 'a.npy': ROWS });
  const wanted = { baseFolder: folder, visible: 3, part: 'training' } as const;
  assert.deepEqual((await readBitRows('a.npy', wanted, { binarise: 'threshold', seed: 1, firstId: 0 })).bits, bytes(0b010, 0b101));
  const drawn = await readBitRows('a.npy', wanted, { binarise: 'stochastic', seed: 1, firstId: 70_000 });
  assert.deepEqual([drawn.bits[0]! & 1, drawn.bits[1]! & 4], [0, 4]);
});

void test('a mask of any accepted shape and type is packed', async (context) => {
  const values = [1, 0, 0, 1, 1, 0];
  const folder = await folderWith(context, {
    'flat.npy': npyBytes({ descr: '|b1', shape: [6], data: Uint8Array.from(values) }),
    'row.npy': npyBytes({ descr: '<i8', shape: [1, 6], data: bytesOfNumbers(BigInt64Array.from(values, BigInt)) }),
    'picture.npy': npyBytes({ descr: '<f4', shape: [2, 3], data: bytesOfNumbers(Float32Array.from(values)) }),
    'batch.npy': npyBytes({ descr: '|u1', shape: [1, 2, 3], data: Uint8Array.from(values) }),
    'full.npy': npyBytes({ descr: '|u1', shape: [2, 3], data: Uint8Array.from(values, (value) => 255 * value) }),
    'fortran.npy': npyBytes({ descr: '|b1', shape: [2, 3], fortranOrder: true, data: bytes(1, 1, 0, 1, 0, 0) }),
  });
  for (const name of ['flat', 'row', 'picture', 'batch', 'full', 'fortran']) assert.deepEqual(await readMask(`${name}.npy`, { baseFolder: folder, visible: 6 }), bytes(0b011001), name);
});

void test('a mask of another size, of other values, or in another format is refused', async (context) => {
  const folder = await folderWith(context, {
    'short.npy': npyBytes({ descr: '|b1', shape: [5], data: new Uint8Array(5) }),
    'deep.npy': npyBytes({ descr: '|b1', shape: [2, 1, 3], data: new Uint8Array(6) }),
    'grey.npy': npyBytes({ descr: '|u1', shape: [6], data: bytes(0, 1, 2, 0, 0, 0) }),
    'nan.npy': npyBytes({ descr: '<f4', shape: [6], data: bytesOfNumbers(Float32Array.of(0, 1, 0, 0, 0, NaN)) }),
    'cut.npy': npyBytes({ descr: '|b1', shape: [6], data: new Uint8Array(4) }),
    'mask.csv': '1,0,0,1,1,0\n',
  });
  await mkdir(join(folder, 'masks'));
  const wanted = { baseFolder: folder, visible: 6 };
  await refuses(readMask('short.npy', wanted), 'wrong-shape', 'the mask has shape [5], and the model has 6 visible units; accepted: [6], [1, 6], or [height, width] of 6 units');
  await refuses(readMask('deep.npy', wanted), 'wrong-shape', 'the mask has shape [2, 1, 3]');
  await refuses(readMask('grey.npy', wanted), 'out-of-range', 'row 0, column 2 (from 0): the value is 2; accepted: true or 1 for known units', 'Save the mask as bool.');
  await refuses(readMask('nan.npy', wanted), 'out-of-range', 'the value is NaN');
  await refuses(readMask('cut.npy', wanted), 'truncated', 'the data end after 4 bytes of the 6');
  await refuses(readMask('mask.csv', wanted), 'wrong-magic', '93 4e 55 4d 50 59, an .npy file');
  await refuses(readMask('masks', wanted), 'unknown-format', 'the mask is a folder; accepted: an .npy file');
  await refuses(readMask('nask.npy', wanted), 'missing', 'Did you mean nan.npy or');
});
