// Exact sums of float32 values (ebm/continuous/sums.ts): int64 in memory, the same rounding of each value, so the same sums. Owns no memory.

/** 1.5 2^52: added to a smaller number than 2^51 it leaves that rounded half to even in the low bits. */
const ROUNDER: f64 = 6755399441055744.0;
const ROUNDED_MAX: f64 = 2251799813685248.0;

/**
 * Adds `count` float32 values, each times `scale` and rounded half to even, to int64 sums. A value is rejected, and in no sum, unless it is smaller than `most`
 * by then, at most 2^62. Returns how many were rejected. Both addresses are aligned to 16 bytes.
 */
export function addExactly(values: usize, count: i32, scale: f64, most: f64, sums: usize): i32 {
  const limit = f64x2.splat(most < ROUNDED_MAX ? most : ROUNDED_MAX);
  const scales = f64x2.splat(scale);
  const rounder = f64x2.splat(ROUNDER);
  let rejected = 0;
  let at = 0;
  for (; at + 2 <= count; at += 2) {
    const scaled = f64x2.mul(f64x2.promote_low_f32x4(v128.load64_zero(values)), scales);
    if (i64x2.all_true(f64x2.lt(f64x2.abs(scaled), limit))) {
      const whole = i64x2.sub(f64x2.add(scaled, rounder), rounder); // of the bits: they count units from 1.5 2^52 on
      v128.store(sums, i64x2.add(v128.load(sums), whole));
    } else {
      rejected += addOne(load<f32>(values), scale, most, sums) + addOne(load<f32>(values, 4), scale, most, sums + 8);
    }
    values += 8;
    sums += 16;
  }
  return at < count ? rejected + addOne(load<f32>(values), scale, most, sums) : rejected;
}

function addOne(value: f32, scale: f64, most: f64, sum: usize): i32 {
  const scaled = <f64>value * scale;
  if (!(abs(scaled) < most)) return 1;
  store<i64>(sum, load<i64>(sum) + <i64>nearest(scaled));
  return 0;
}

/** Takes sums, which are 0 then: their low words and their high words, `count` of each. Reads and writes up to three more. */
export function takeSums(sums: usize, count: i32, low: usize, high: usize): void {
  for (let at = 0; at < count; at += 4) {
    const a = v128.load(sums);
    const b = v128.load(sums, 16);
    v128.store(sums, i64x2.splat(0));
    v128.store(sums, i64x2.splat(0), 16);
    v128.store(low, v128.shuffle<u32>(a, b, 0, 2, 4, 6));
    v128.store(high, v128.shuffle<u32>(a, b, 1, 3, 5, 7));
    sums += 32;
    low += 16;
    high += 16;
  }
}
