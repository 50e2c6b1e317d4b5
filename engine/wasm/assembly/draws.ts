// Philox4x32-10 for four consecutive counters at once: the 32 draws of 16 bits of 32 consecutive units of one id, in unit order.
// The addressing (key, counter words) is EXACT.md's; keys are made by the caller.

/** Writes 32 uint16 draws (64 bytes) at `out`. `a` is id * S + block of the first unit: counter words 0 and 1. */
@inline
export function drawUnits(out: usize, a: u64, halfStep: u32, update: u32, k0: u32, k1: u32): void {
  const m0 = i32x4.splat(<i32>0xD2511F53);
  const m1 = i32x4.splat(<i32>0xCD9E8D57);
  const step0 = i32x4.splat(<i32>0x9E3779B9);
  const step1 = i32x4.splat(<i32>0xBB67AE85);
  const pairLow = i64x2.add(i64x2.splat(<i64>a), i64x2(0, 1));
  const pairHigh = i64x2.add(i64x2.splat(<i64>a), i64x2(2, 3));
  let x0 = v128.shuffle<u32>(pairLow, pairHigh, 0, 2, 4, 6);
  let x1 = v128.shuffle<u32>(pairLow, pairHigh, 1, 3, 5, 7);
  let x2 = i32x4.splat(<i32>halfStep);
  let x3 = i32x4.splat(<i32>update);
  let key0 = i32x4.splat(<i32>k0);
  let key1 = i32x4.splat(<i32>k1);
  for (let round = 0; round < 10; round++) {
    const p0low = i64x2.extmul_low_i32x4_u(x0, m0);
    const p0high = i64x2.extmul_high_i32x4_u(x0, m0);
    const p1low = i64x2.extmul_low_i32x4_u(x2, m1);
    const p1high = i64x2.extmul_high_i32x4_u(x2, m1);
    const high0 = v128.shuffle<u32>(p0low, p0high, 1, 3, 5, 7);
    const high1 = v128.shuffle<u32>(p1low, p1high, 1, 3, 5, 7);
    x0 = v128.xor(v128.xor(high1, x1), key0);
    x2 = v128.xor(v128.xor(high0, x3), key1);
    x1 = v128.shuffle<u32>(p1low, p1high, 0, 2, 4, 6);
    x3 = v128.shuffle<u32>(p0low, p0high, 0, 2, 4, 6);
    key0 = i32x4.add(key0, step0);
    key1 = i32x4.add(key1, step1);
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
