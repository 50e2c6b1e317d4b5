// EXACT.md's layout of random numbers: golden vectors, and an independent implementation that counts with big integers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deriveKey, fillDraws, fillWords, firstBlock } from '../../../ebm/random/address.ts';
import { philox, type Key } from '../../../ebm/random/philox.ts';
import { PURPOSES } from '../../../ebm/random/purposes.ts';

/** Checked once against an implementation in Python of the same rules. */
const GOLDEN = {
  initKey: ['4416e8bd', 'e15d6908'],
  chainsKey: ['984dd2f4', '5470a248'],
  draws: [29718, 27718, 46045, 9412, 6914, 25377, 47261, 21708, 57216, 13510, 54122],
  words: [151193557, 1128444015, 3737338516, 26397156, 3758521977],
};

interface Place { readonly id: number; readonly halfStep: number; readonly word3: number }

/** Words of an id, with the counter as one 128-bit little-endian number. */
function slowWords(key: Key, at: Place, blocks: number): number[] {
  const words: number[] = [];
  for (let index = 0; index < blocks; index += 1) {
    const counter = BigInt(at.id) * BigInt(blocks) + BigInt(index) + (BigInt(at.halfStep) << 64n) + (BigInt(at.word3) << 96n);
    const part = (shift: bigint): number => Number((counter >> shift) & 0xffffffffn);
    const out = new Uint32Array(4);
    philox([part(0n), part(32n), part(64n), part(96n)], key, out, 0);
    words.push(...out);
  }
  return words;
}

function drawsOf(key: Key, at: Place, units: number): number[] {
  const out = new Uint16Array(units);
  fillDraws(key, at, out);
  return [...out];
}

test('a key is the first two words of Philox of purpose, branch and domain under the seed', () => {
  const out = new Uint32Array(4);
  philox([6, 2, 0, 0x65626d66], [123, 0], out, 0);
  assert.deepEqual(deriveKey(123, PURPOSES.chains, 2), [out[0], out[1]]);
});

test('golden vectors: keys', () => {
  assert.deepEqual(deriveKey(1, PURPOSES.init, 0).map((word) => word.toString(16)), GOLDEN.initKey);
  assert.deepEqual(deriveKey(0xffffffff, PURPOSES.chains, 3).map((word) => word.toString(16)), GOLDEN.chainsKey);
});

test('golden vectors: 16-bit draws and 32-bit words of an id', () => {
  const key = deriveKey(1, PURPOSES.chains, 0);
  assert.deepEqual(drawsOf(key, { id: 7, halfStep: 1, word3: 42 }, 11), GOLDEN.draws);
  const words = new Uint32Array(5);
  fillWords(deriveKey(1, PURPOSES.init, 0), { id: 783, halfStep: 0, word3: 0 }, words);
  assert.deepEqual([...words], GOLDEN.words);
});

test('draw u is the low half of word u >> 1 if u is even, else the high half; an id owns ceil(units / 8) blocks', () => {
  const place = fc.record({ id: fc.nat(0xffffffff), halfStep: fc.nat(100), word3: fc.integer({ min: 0, max: 0xffffffff }) });
  fc.assert(fc.property(place, fc.integer({ min: 1, max: 70 }), (at, units) => {
    const key = deriveKey(9, PURPOSES.ais, 1);
    const words = slowWords(key, at, Math.ceil(units / 8));
    const expected = Array.from({ length: units }, (_, unit) => (words[unit >> 1]! >>> (16 * (unit & 1))) & 0xffff);
    assert.deepEqual(drawsOf(key, at, units), expected);
  }), { seed: 5, numRuns: 100 });
});

test('number u is word u; an id owns ceil(numbers / 4) blocks', () => {
  for (const numbers of [1, 3, 4, 5, 9]) {
    const at = { id: 11, halfStep: 0, word3: 2 };
    const key = deriveKey(2, PURPOSES.init, 0);
    const out = new Uint32Array(numbers);
    fillWords(key, at, out);
    assert.deepEqual([...out], slowWords(key, at, Math.ceil(numbers / 4)).slice(0, numbers));
  }
});

test('block addresses above 2^32 carry into the second word', () => {
  const at = { id: 2 ** 45 + 3, halfStep: 4, word3: 5 };
  const key = deriveKey(1, PURPOSES.chains, 0);
  assert.deepEqual(drawsOf(key, at, 500).slice(0, 20), slowWords(key, at, 63).slice(0, 10).flatMap((word) => [word & 0xffff, word >>> 16]));
});

test('what does not fit its word is refused', () => {
  assert.throws(() => deriveKey(2 ** 32, 1, 0), /seed must be an unsigned 32-bit integer/);
  assert.throws(() => deriveKey(1, 1, -1), /branch must be/);
  assert.throws(() => { fillDraws([1, 2], { id: 0, halfStep: 2 ** 32, word3: 0 }, new Uint16Array(1)); }, /halfStep must be/);
  assert.throws(() => { fillDraws([1, 2], { id: 0, halfStep: 0, word3: 0.5 }, new Uint16Array(1)); }, /word3 must be/);
  assert.throws(() => firstBlock(2 ** 51, 63), /outside the address space/);
  assert.throws(() => firstBlock(-1, 63), /outside the address space/);
  assert.equal(firstBlock(2 ** 40, 63), 63 * 2 ** 40);
});

test('purposes are distinct', () => {
  const numbers = Object.values(PURPOSES);
  assert.equal(new Set(numbers).size, numbers.length);
});
