// Philox against the vectors published with Random123, and against a slow implementation with big integers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { philox, type Counter, type Key } from '../../../ebm/random/philox.ts';

function block(counter: Counter, key: Key): number[] {
  const out = new Uint32Array(4);
  philox(counter, key, out, 0);
  return [...out];
}

function slowBlock(counter: Counter, key: Key): number[] {
  const mask = 0xffffffffn;
  let [a, b, c, d] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < 10; round += 1) {
    const p0 = a * 0xd2511f53n;
    const p1 = c * 0xcd9e8d57n;
    [a, b, c, d] = [(p1 >> 32n) ^ b ^ k0, p1 & mask, (p0 >> 32n) ^ d ^ k1, p0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [a, b, c, d].map(Number);
}

const word = fc.integer({ min: 0, max: 0xffffffff });

test('Philox4x32-10 gives the three published known answers', () => {
  assert.deepEqual(block([0, 0, 0, 0], [0, 0]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  const ones = 0xffffffff;
  assert.deepEqual(block([ones, ones, ones, ones], [ones, ones]), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
  assert.deepEqual(block([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]), [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
});

test('Philox equals arithmetic with big integers for any counter and key', () => {
  fc.assert(fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
    assert.deepEqual(block(counter, key), slowBlock(counter, key));
  }), { seed: 3, numRuns: 300 });
});

test('a block is written at the offset and nowhere else', () => {
  const out = new Uint32Array(6).fill(7);
  philox([1, 2, 3, 4], [5, 6], out, 1);
  assert.deepEqual([out[0], out[5]], [7, 7]);
  assert.deepEqual([...out.subarray(1, 5)], slowBlock([1, 2, 3, 4], [5, 6]));
});
