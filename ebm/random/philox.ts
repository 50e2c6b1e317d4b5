// Philox4x32-10 (Salmon et al. 2011): 128 bits of counter and 64 bits of key to 128 random bits, a pure function.
// This file owns the block function alone; what counters and keys mean is in address.ts.

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Upper 32 bits of the 64-bit product of two unsigned 32-bit numbers, by 16-bit halves: no partial sum reaches 2^32. */
function highWord(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (other >>> 16);
}

/** A counter of four unsigned 32-bit words. */
export type Counter = readonly [number, number, number, number];

/** A key of two unsigned 32-bit words. */
export type Key = readonly [number, number];

/** Writes the four words of one block to `out[offset .. offset + 3]`. Words of counter and key are taken modulo 2^32. */
export function philox(counter: Counter, key: Key, out: Uint32Array, offset: number): void {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round += 1) {
    const n0 = highWord(MULTIPLIER_1, c2) ^ c1 ^ k0;
    const n2 = highWord(MULTIPLIER_0, c0) ^ c3 ^ k1;
    c1 = Math.imul(MULTIPLIER_1, c2);
    c3 = Math.imul(MULTIPLIER_0, c0);
    c0 = n0;
    c2 = n2;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[offset] = c0;
  out[offset + 1] = c1;
  out[offset + 2] = c2;
  out[offset + 3] = c3;
}
