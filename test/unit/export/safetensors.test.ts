import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExportArray } from '../../../cli/export/array.ts';
import { safetensorsBytes } from '../../../cli/export/safetensors.ts';
import { decodeSafetensors } from '../../../platform/journal/safetensors.ts';

const model = (): Map<string, ExportArray<Float32Array | Int32Array | Uint8Array>> => new Map<string, ExportArray<Float32Array | Int32Array | Uint8Array>>([
  ['weights', { shape: [2, 3], values: Float32Array.of(0, 1, -1, 0.5, 2 ** -10, -31.75) }],
  ['count', { shape: [], values: Int32Array.of(-7) }],
  ['bits', { shape: [5], values: Uint8Array.of(0, 1, 128, 255, 3) }],
]);

test('an export is one safetensors file that reads back: names, shapes, values, metadata', () => {
  const read = decodeSafetensors(safetensorsBytes(model(), new Map([['format', 'ebm-fleet']])));
  assert.deepEqual(new Map(read.metadata), new Map([['format', 'ebm-fleet']]));
  assert.deepEqual(new Set(read.tensors.keys()), new Set(['weights', 'count', 'bits']));
  for (const [name, { shape, values }] of model()) assert.deepEqual(read.tensors.get(name), { shape, data: values });
});

test('equal arrays are equal bytes, and later changes do not reach them', () => {
  const arrays = model();
  const bytes = safetensorsBytes(arrays);
  arrays.get('weights')!.values.fill(9);
  assert.deepEqual(safetensorsBytes(model()), bytes);
});

test('a shape that does not fit is refused', () => {
  assert.throws(() => safetensorsBytes(new Map([['weights', { shape: [2, 2], values: Float32Array.of(1) }]])), { name: 'RangeError', message: /weights/ });
});
