// Annealed importance sampling (ebm/partition/annealing.ts and decay.ts define every rounding): pre-activations scaled by a temperature,
// and the factors of a log-weight's increment. Sums over W and draws are the training kernels'. Owns no memory.

/**
 * Turns the sums of 32 units into inputs of a temperature, in place of what `wide` held: int32 128 bytes a sample at `target`, and clears
 * `sums`, so that sampling may go on from there. x = sums + (wide or bias); hidden units: rne(f32(rate x)); visible ones, `base` not 0:
 * rne(f32(f32(rest base) + f32(rate x))), base float32 [32]. `out` not 0: x itself, 128 bytes every `stride`.
 */
export function scaleInputs(
  sums: usize, wide: usize, bias: usize, samples: i32, rate: f32, rest: f32, base: usize, target: usize, out: usize, stride: usize,
): void {
  const rates = f32x4.splat(rate);
  const rests = f32x4.splat(rest);
  const zero = i16x8.splat(0);
  for (let sample = 0; sample < samples; sample++) {
    for (let at: usize = 0; at < 64; at += 16) {
      const x = v128.load(sums + at);
      v128.store(sums + at, zero);
      const from = wide != 0 ? wide + 2 * at : bias + 2 * at;
      const low = i32x4.add(v128.load(from), i32x4.extend_low_i16x8_s(x));
      const high = i32x4.add(v128.load(from, 16), i32x4.extend_high_i16x8_s(x));
      if (out != 0) {
        v128.store(out + 2 * at, low);
        v128.store(out + 2 * at, high, 16);
      }
      let a = f32x4.mul(rates, f32x4.convert_i32x4_s(low));
      let b = f32x4.mul(rates, f32x4.convert_i32x4_s(high));
      if (base != 0) {
        a = f32x4.add(f32x4.mul(rests, v128.load(base + 2 * at)), a);
        b = f32x4.add(f32x4.mul(rests, v128.load(base + 2 * at, 16)), b);
      }
      v128.store(target + 2 * at, i32x4.trunc_sat_f32x4_s(f32x4.nearest(a)));
      v128.store(target + 2 * at, i32x4.trunc_sat_f32x4_s(f32x4.nearest(b)), 16);
    }
    sums += 64;
    if (wide != 0) wide += 128;
    target += 128;
    if (out != 0) out += stride;
  }
}

/** 1 + e^-(beta |x| 2^-g) at both temperatures, from the pairs of their tables at byte offsets. */
@inline
function factor(low: usize, high: usize): v128 {
  return f64x2.add(f64x2.splat(1), f64x2.mul(v128.load(low), v128.load(high)));
}

@inline
function unitFactor(x: i32, low: usize, high: usize): v128 {
  const n = <u32>(x < 0 ? -x : x);
  return factor(low + (<usize>(n & 255) << 4), high + (<usize>(n >> 8) << 4));
}

/**
 * For each run: float64 N = sum of max(x, 0) + sum of the set bits' differences, then for each block of 512 units the products at the
 * upper and at the lower temperature. `low`, `high`: pairs (upper, lower) of float64, 256 of them and as many as |x| >> 8 needs.
 * `inputs`: int32 [runs, stride bytes]; `differences`: int32 of 64 units a word of bits.
 */
export function annealFactors(
  inputs: usize, stride: usize, units: i32, runs: i32, low: usize, high: usize,
  bits: usize, bitsStride: usize, words: i32, differences: usize, out: usize,
): void {
  for (let run = 0; run < runs; run++) {
    let positive = i64x2.splat(0);
    let rest: i64 = setSum(bits, words, differences);
    let place = out + 8;
    for (let from = 0; from < units; from += 512) {
      const end = min(from + 512, units);
      let p0 = f64x2.splat(1);
      let p1 = p0;
      let p2 = p0;
      let p3 = p0;
      let at = inputs + (<usize>from << 2);
      let j = from;
      for (; j + 4 <= end; j += 4) {
        const x = v128.load(at);
        at += 16;
        const above = i32x4.max_s(x, i32x4.splat(0));
        positive = i64x2.add(positive, i64x2.add(i64x2.extend_low_i32x4_s(above), i64x2.extend_high_i32x4_s(above)));
        const n = i32x4.abs(x);
        const lows = i32x4.shl(v128.and(n, i32x4.splat(255)), 4);
        const highs = i32x4.shl(i32x4.shr_u(n, 8), 4);
        p0 = f64x2.mul(p0, factor(low + <usize>i32x4.extract_lane(lows, 0), high + <usize>i32x4.extract_lane(highs, 0)));
        p1 = f64x2.mul(p1, factor(low + <usize>i32x4.extract_lane(lows, 1), high + <usize>i32x4.extract_lane(highs, 1)));
        p2 = f64x2.mul(p2, factor(low + <usize>i32x4.extract_lane(lows, 2), high + <usize>i32x4.extract_lane(highs, 2)));
        p3 = f64x2.mul(p3, factor(low + <usize>i32x4.extract_lane(lows, 3), high + <usize>i32x4.extract_lane(highs, 3)));
      }
      // the last one to three units, in the same products
      for (let k = 0; j < end; j++, k++) {
        const x = load<i32>(at);
        at += 4;
        if (x > 0) rest += <i64>x;
        const one = unitFactor(x, low, high);
        if (k == 0) p0 = f64x2.mul(p0, one);
        else if (k == 1) p1 = f64x2.mul(p1, one);
        else p2 = f64x2.mul(p2, one);
      }
      v128.store(place, f64x2.mul(f64x2.mul(p0, p1), f64x2.mul(p2, p3)));
      place += 16;
    }
    store<f64>(out, <f64>(rest + i64x2.extract_lane(positive, 0) + i64x2.extract_lane(positive, 1)));
    out = place;
    inputs += stride;
    bits += bitsStride;
  }
}

/** Sum of the differences of the set bits. */
@inline
function setSum(bits: usize, words: i32, differences: usize): i64 {
  let sum: i64 = 0;
  for (let word = 0; word < words; word++) {
    let left = load<u64>(bits + (<usize>word << 3));
    while (left) {
      sum += <i64>load<i32>(differences + (<usize>ctz(left) << 2));
      left &= left - 1;
    }
    differences += 256;
  }
  return sum;
}
