import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { unzipSync } from 'fflate';
import fc from 'fast-check';
import type { ExportArray, ExportValues } from '../../../cli/export/array.ts';
import { npyBytes } from '../../../cli/export/npy.ts';
import { npzBytes } from '../../../cli/export/npz.ts';

// TextDecoder's latin1 is windows-1252, as the standard has it from Node 22 on.
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A reader written from the format's page, for the kinds that are written here. */
function readNpy(bytes: Uint8Array): { shape: number[]; values: number[] } {
  assert.equal(text(bytes.subarray(0, 8)), '\u0093NUMPY\u0001\u0000');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 10 + view.getUint16(8, true);
  assert.equal(start % 64, 0);
  const header = text(bytes.subarray(10, start));
  assert.ok(header.endsWith('\n'));
  const found = /^\{'descr': '(<f4|<f8|<i4|\|u1)', 'fortran_order': False, 'shape': \(([\d, ]*)\), \} *\n$/.exec(header);
  assert.ok(found, header);
  const shape = found[2]!.split(',').filter((part) => part.trim() !== '').map(Number);
  const width = Number(found[1]!.slice(2));
  const read = { '<f4': (at: number) => view.getFloat32(at, true), '<f8': (at: number) => view.getFloat64(at, true), '<i4': (at: number) => view.getInt32(at, true), '|u1': (at: number) => view.getUint8(at) }[found[1]!]!;
  const values = Array.from({ length: (bytes.length - start) / width }, (_, at) => read(start + at * width));
  return { shape, values };
}

const arrays: fc.Arbitrary<ExportArray> = fc.oneof(
  fc.float32Array({ maxLength: 40 }), fc.float64Array({ maxLength: 40 }), fc.int32Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }),
).chain((values: ExportValues) => fc.constantFrom<readonly number[]>([values.length], [1, values.length], [values.length, 1, 1]).map((shape) => ({ shape, values })));

test('what is written as .npy is read back: shape and every bit of every value', () => {
  fc.assert(fc.property(arrays, (array) => {
    const back = readNpy(npyBytes(array));
    assert.deepEqual(back.shape, [...array.shape]);
    assert.ok(back.values.length === array.values.length && back.values.every((value, at) => Object.is(value, array.values[at])));
  }), { seed: 21 });
});

test('a scalar, an empty array and a part of a larger array are written right', () => {
  assert.deepEqual(readNpy(npyBytes({ shape: [], values: Float64Array.of(2.5) })), { shape: [], values: [2.5] });
  assert.deepEqual(readNpy(npyBytes({ shape: [0, 7], values: new Int32Array(0) })), { shape: [0, 7], values: [] });
  assert.deepEqual(readNpy(npyBytes({ shape: [2], values: Int32Array.of(1, 2, 3, 4).subarray(1, 3) })).values, [2, 3]);
});

test('values in shared memory are exported as a copy', () => {
  const values = new Float32Array(new SharedArrayBuffer(8));
  values.set([1, 2]);
  const bytes = npyBytes({ shape: [2], values });
  values.fill(9);
  assert.deepEqual(readNpy(bytes).values, [1, 2]);
});

test('a shape that does not fit the values is refused', () => {
  assert.throws(() => npyBytes({ shape: [2, 3], values: new Float32Array(5) }), { name: 'RangeError', message: /shape \[2, 3\] does not hold 5 values/ });
  assert.throws(() => npyBytes({ shape: [-1, -5], values: new Float32Array(5) }), RangeError);
  assert.throws(() => npyBytes({ shape: [2.5, 2], values: new Float32Array(5) }), RangeError);
});

const model = new Map<string, ExportArray>([
  ['weights', { shape: [2, 3], values: Float32Array.of(0, 1, -1, 0.5, 2 ** -10, -31.75) }],
  ['hidden_bias', { shape: [3], values: Float32Array.of(1, 2, 3) }],
]);

test('a .npz holds one .npy a name, in order, compressed or stored', () => {
  for (const compress of [true, false]) {
    const members = unzipSync(npzBytes(model, { compress }));
    assert.deepEqual(Object.keys(members), ['weights.npy', 'hidden_bias.npy']);
    assert.deepEqual(readNpy(members['weights.npy']!), { shape: [2, 3], values: [0, 1, -1, 0.5, 2 ** -10, -31.75] });
  }
  const large = new Map([['zeros', { shape: [100_000], values: new Float32Array(100_000) }]]);
  assert.ok(npzBytes(large).length < 2_000 && npzBytes(large, { compress: false }).length > 400_000);
});

test('equal arrays are equal bytes, whenever and in whatever time zone they are written', () => {
  const zone = process.env['TZ'];
  const digests = ['UTC', 'America/Sao_Paulo', 'Pacific/Kiritimati'].map((name) => {
    process.env['TZ'] = name;
    return sha256(npzBytes(model, { compress: false }));
  });
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
  assert.deepEqual(new Set(digests).size, 1);
  const stored = npzBytes(model, { compress: false });
  const view = new DataView(stored.buffer, stored.byteOffset);
  assert.deepEqual([view.getUint16(10, true), view.getUint16(12, true)], [12 << 11, (1 << 5) | 1], 'noon, 1 January 1980');
});

test('a name that would not be a plain file or keyword is refused', () => {
  for (const name of ['', '../weights', 'a/b', '0', 'a b', 'a\n']) {
    assert.throws(() => npzBytes(new Map([[name, { shape: [1], values: Float32Array.of(1) }]])), { name: 'RangeError', message: /cannot name an array/ });
  }
});
