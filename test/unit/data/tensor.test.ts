import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementReader, halfToNumber, type ElementType } from '../../../platform/data/tensor.ts';

void test('halves of every kind: zeros, subnormal, normal, largest, infinite, not a number', () => {
  const known: readonly (readonly [number, number])[] = [
    [0x0000, 0], [0x8000, -0], [0x0001, 2 ** -24], [0x03ff, 1023 * 2 ** -24], [0x0400, 2 ** -14], [0x3555, 0.333251953125],
    [0x3c00, 1], [0x3c01, 1 + 2 ** -10], [0xc000, -2], [0x6400, 1024], [0x7bff, 65504], [0x7c00, Infinity], [0xfc00, -Infinity], [0x7e00, NaN],
  ];
  for (const [half, value] of known) assert.ok(Object.is(halfToNumber(half), value), `${half.toString(16)}: ${halfToNumber(half)}`);
});

void test('halves rise with their bits', () => {
  for (let half = 1; half <= 0x7c00; half += 1) assert.ok(halfToNumber(half) > halfToNumber(half - 1), half.toString(16));
});

void test('integers of every width keep their sign in both byte orders', () => {
  const bytes = Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
  const read = (kind: ElementType['kind'], size: ElementType['bytes'], bigEndian: boolean): number => elementReader({ kind, bytes: size, bigEndian }, bytes)(0);
  assert.deepEqual(([1, 2, 4, 8] as const).map((size) => read('signed', size, false)), [-2, -2, -2, -2]);
  assert.deepEqual(([1, 2, 4, 8] as const).map((size) => read('unsigned', size, false)), [0xfe, 0xfffe, 0xfffffffe, 2 ** 64]);
  assert.deepEqual(([1, 2, 4] as const).map((size) => read('unsigned', size, true)), [0xfe, 0xfeff, 0xfeffffff]);
});

void test('elements are read from a view that starts anywhere in its buffer', () => {
  const buffer = new Uint8Array(9);
  new DataView(buffer.buffer).setFloat64(1, 0.3, true);
  assert.equal(elementReader({ kind: 'float', bytes: 8, bigEndian: false }, buffer.subarray(1))(0), 0.3);
});
