// Philox4x32-10 for four consecutive counters at once: the 32 draws of 16 bits of 32 consecutive units of one id, in unit order.
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

/** Writes 32 uint16 draws (64 bytes) at `out`. `a` is id * S + block of the first unit: counter words 0 and 1. */
@inline
export function drawUnits(out: usize, a: u64, halfStep: u32, update: u32, keys: usize): void {
  const m0 = v128.load(keys);
  const m1 = v128.load(keys, 16);
  const pairLow = i64x2.add(i64x2.splat(<i64>a), i64x2(0, 1));
  const pairHigh = i64x2.add(i64x2.splat(<i64>a), i64x2(2, 3));
  let x0 = v128.shuffle<u32>(pairLow, pairHigh, 0, 2, 4, 6);
  let x1 = v128.shuffle<u32>(pairLow, pairHigh, 1, 3, 5, 7);
  let x2 = i32x4.splat(<i32>halfStep);
  let x3 = i32x4.splat(<i32>update);
  for (let round: usize = 1; round <= ROUNDS; round++) {
    const p0low = i64x2.extmul_low_i32x4_u(x0, m0);
    const p0high = i64x2.extmul_high_i32x4_u(x0, m0);
    const p1low = i64x2.extmul_low_i32x4_u(x2, m1);
    const p1high = i64x2.extmul_high_i32x4_u(x2, m1);
    const high0 = v128.shuffle<u32>(p0low, p0high, 1, 3, 5, 7);
    const high1 = v128.shuffle<u32>(p1low, p1high, 1, 3, 5, 7);
    const low0 = v128.shuffle<u32>(p0low, p0high, 0, 2, 4, 6);
    const low1 = v128.shuffle<u32>(p1low, p1high, 0, 2, 4, 6);
    x0 = v128.xor(v128.xor(high1, x1), v128.load(keys + 32 * round));
    x2 = v128.xor(v128.xor(high0, x3), v128.load(keys + 32 * round, 16));
    x1 = low1;
    x3 = low0;
  }
  const a0 = v128.shuffle<u32>(x0, x1, 0, 4, 1, 5);
  const a1 = v128.shuffle<u32>(x0, x1, 2, 6, 3, 7);
  const b0 = v128.shuffle<u32>(x2, x3, 0, 4, 1, 5);
  const b1 = v128.shuffle<u32>(x2, x3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<u64>(a0, b0, 0, 2), 0);
  v128.store(out, v128.shuffle<u64>(a0, b0, 1, 3), 16);
  v128.store(out, v128.shuffle<u64>(a1, b1, 0, 2), 32);
  v128.store(out, v128.shuffle<u64>(a1, b1, 1, 3), 48);
}
