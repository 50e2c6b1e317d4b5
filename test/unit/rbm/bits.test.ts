// Packed bits: the order of bits in bytes, spare bits, counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bitAt, bytesOf, distance, packRow, popcount, rowOf, unpackRow } from '../../../ebm/rbm/bits.ts';

const units = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 70 });

test('bit i is bit (i & 7) of byte (i >> 3)', () => {
  const row = new Uint8Array(2);
  packRow([1, 0, 0, 0, 0, 0, 0, 1, 0, 1], row);
  assert.deepEqual([...row], [0x81, 0x02]);
  assert.equal(bitAt(row, 0, 9), 1);
  assert.equal(bitAt(row, 1, 1), 1);
});

test('a row comes back as it was packed, with spare bits 0 whatever was there', () => {
  fc.assert(fc.property(units, (values) => {
    const row = new Uint8Array(bytesOf(values.length)).fill(255);
    packRow(values, row);
    assert.deepEqual([...unpackRow(row, values.length)], values);
    assert.equal(popcount(row), values.reduce((sum, value) => sum + value, 0));
  }), { seed: 1 });
});

test('bytes of 1, 7, 8, 9, 63, 64 and 500 units', () => {
  assert.deepEqual([1, 7, 8, 9, 63, 64, 500].map(bytesOf), [1, 1, 1, 2, 8, 8, 63]);
});

test('popcount counts every byte', () => {
  for (let byte = 0; byte < 256; byte += 1) assert.equal(popcount(Uint8Array.of(byte)), byte.toString(2).replaceAll('0', '').length);
});

test('distance is the number of units that differ; rows of a block are views', () => {
  const block = Uint8Array.of(1, 2, 3, 4, 5, 6);
  assert.deepEqual([...rowOf(block, 9, 1)], [3, 4]);
  assert.equal(distance(Uint8Array.of(0b1010, 1), Uint8Array.of(0b0110, 0)), 3);
  rowOf(block, 9, 2)[0] = 9;
  assert.equal(block[4], 9);
});
