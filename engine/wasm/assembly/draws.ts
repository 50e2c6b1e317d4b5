// Philox4x32-10 for four consecutive counters at once: the 32 draws of 16 bits of 32 consecutive units of an id, in unit order.
// The addressing (key, counter words) is EXACT.md's; keys are made by the caller. Multipliers and round keys come from memory, because
// V8 makes vector constants anew at every use.

const ROUNDS: usize = 10;
/** Bytes of a key's table. */
export const KEY_BYTES: usize = 32 + 32 * ROUNDS;

/** Fills a table of 352 bytes: both multipliers, then both keys of each round, four times each. */
export function fillKeys(keys: usize, k0: u32, k1: u32): void {
  v128.store(keys, i32x4.splat(<i32>0xD2511F53));
  v128.store(keys, i32x4.splat(<i32>0xCD9E8D57), 16);
  for (let round: usize = 1; round <= ROUNDS; round++) {
    v128.store(keys + 32 * round, i32x4.splat(<i32>k0));
    v128.store(keys + 32 * round, i32x4.splat(<i32>k1), 16);
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
}

/** Words 0 (even) or 1 (odd) of four consecutive counters. */
@inline
function counterWords(a: u64, odd: bool): v128 {
  const low = i64x2.add(i64x2.splat(<i64>a), i64x2(0, 1));
  const high = i64x2.add(i64x2.splat(<i64>a), i64x2(2, 3));
  return odd ? v128.shuffle<u32>(low, high, 1, 3, 5, 7) : v128.shuffle<u32>(low, high, 0, 2, 4, 6);
}

/** Upper halves of the 64-bit products. */
@inline
export function highWords(x: v128, m: v128): v128 {
  return v128.shuffle<u32>(i64x2.extmul_low_i32x4_u(x, m), i64x2.extmul_high_i32x4_u(x, m), 1, 3, 5, 7);
}

/** Four blocks, whose words lie in four vectors, one after the other. */
@inline
function storeBlocks(out: usize, x0: v128, x1: v128, x2: v128, x3: v128): void {
  const a0 = v128.shuffle<u32>(x0, x1, 0, 4, 1, 5);
  const a1 = v128.shuffle<u32>(x0, x1, 2, 6, 3, 7);
  const b0 = v128.shuffle<u32>(x2, x3, 0, 4, 1, 5);
  const b1 = v128.shuffle<u32>(x2, x3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<u64>(a0, b0, 0, 2));
  v128.store(out, v128.shuffle<u64>(a0, b0, 1, 3), 16);
  v128.store(out, v128.shuffle<u64>(a1, b1, 0, 2), 32);
  v128.store(out, v128.shuffle<u64>(a1, b1, 1, 3), 48);
}

/**
 * Writes 32 uint16 draws (64 bytes) at `out` for each of two ids, whose first blocks (id * S + block of the first unit: counter words 0 and
 * 1) are `a` and `b`: two at once, because one alone waits for its own multiplications.
 */
@inline
export function drawUnits(out: usize, a: u64, b: u64, halfStep: u32, update: u32, keys: usize): void {
  const m0 = v128.load(keys);
  const m1 = v128.load(keys, 16);
  let x0 = counterWords(a, false);
  let x1 = counterWords(a, true);
  let x2 = i32x4.splat(<i32>halfStep);
  let x3 = i32x4.splat(<i32>update);
  let y0 = counterWords(b, false);
  let y1 = counterWords(b, true);
  let y2 = x2;
  let y3 = x3;
  for (let round: usize = 1; round <= ROUNDS; round++) {
    const k0 = v128.load(keys + 32 * round);
    const k1 = v128.load(keys + 32 * round, 16);
    const highX0 = highWords(x0, m0);
    const highX2 = highWords(x2, m1);
    const lowX0 = i32x4.mul(x0, m0);
    const lowX2 = i32x4.mul(x2, m1);
    const highY0 = highWords(y0, m0);
    const highY2 = highWords(y2, m1);
    const lowY0 = i32x4.mul(y0, m0);
    const lowY2 = i32x4.mul(y2, m1);
    x0 = v128.xor(highX2, v128.xor(x1, k0));
    x2 = v128.xor(highX0, v128.xor(x3, k1));
    x1 = lowX2;
    x3 = lowX0;
    y0 = v128.xor(highY2, v128.xor(y1, k0));
    y2 = v128.xor(highY0, v128.xor(y3, k1));
    y1 = lowY2;
    y3 = lowY0;
  }
  storeBlocks(out, x0, x1, x2, x3);
  storeBlocks(out + 64, y0, y1, y2, y3);
}
