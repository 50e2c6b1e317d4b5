// Keyed standard normals (ebm/continuous/noise.ts): the same float64 operations in the same order as ebm/numeric's log, cos and sin, for two
// pairs at once, so the bits are the same; and before them fewer operations that settle all but one normal in 2^18. Arguments are known to lie in
// (0, 1) and (0, 2 pi), hence no special cases. Owns no memory.
import { fillKeys, highWords, KEY_BYTES } from './draws';

const ROUNDS: usize = 10;
const ROUNDER: f64 = 6755399441055744.0;
/** Bytes of scratch: the table of keys, four counters of 64 bits, 16 normals. */
export const NORMALS_SCRATCH: usize = KEY_BYTES + 32 + 64;

@inline
function splat(x: f64): v128 { return f64x2.splat(x); }
@inline
function add(a: v128, b: v128): v128 { return f64x2.add(a, b); }
@inline
function sub(a: v128, b: v128): v128 { return f64x2.sub(a, b); }
@inline
function mul(a: v128, b: v128): v128 { return f64x2.mul(a, b); }

/** The rounding error of p = a b (Dekker). */
@inline
function productError(a: v128, b: v128, p: v128): v128 {
  const split = splat(134217729.0);
  const as = mul(split, a);
  const ah = sub(as, sub(as, a));
  const al = sub(a, ah);
  const bs = mul(split, b);
  const bh = sub(bs, sub(bs, b));
  const bl = sub(b, bh);
  return sub(mul(al, bl), sub(sub(sub(p, mul(ah, bh)), mul(al, bh)), mul(ah, bl)));
}

/** The rounding error of d = a - b. */
@inline
function differenceError(a: v128, b: v128, d: v128): v128 {
  const shadow = sub(a, d);
  return add(sub(a, add(d, shadow)), sub(shadow, b));
}

/** Natural logarithms of normal float64 in (0, 1). */
@inline
function logOf(x: v128): v128 {
  // The carry of the addition says that the fraction is above 0x6a09e in its upper 20 bits.
  const e = i64x2.shr_u(i64x2.add(x, i64x2.splat(0x95F6100000000)), 52);
  const k = sub(v128.or(e, i64x2.splat(0x4330000000000000)), splat(4503599627371519.0)); // 2^52 + 1023
  const f = sub(i64x2.sub(x, i64x2.shl(i64x2.sub(e, i64x2.splat(1023)), 52)), splat(1.0));
  const two = splat(2.0);
  const d = add(two, f);
  const dLow = add(sub(two, d), f);
  const s = f64x2.div(f, d);
  const p = mul(s, d);
  const sLow = f64x2.div(sub(sub(sub(f, p), productError(s, d, p)), mul(s, dLow)), d);
  const z = mul(s, s);
  const z2 = mul(z, z);
  const z4 = mul(z2, z2);
  const c0 = add(add(splat(2.0 / 3.0), mul(z, splat(2.0 / 5.0))), mul(z2, add(splat(2.0 / 7.0), mul(z, splat(2.0 / 9.0)))));
  const c1 = add(add(splat(2.0 / 11.0), mul(z, splat(2.0 / 13.0))), mul(z2, add(splat(2.0 / 15.0), mul(z, splat(2.0 / 17.0)))));
  const c2 = add(add(splat(2.0 / 19.0), mul(z, splat(2.0 / 21.0))), mul(z2, splat(2.0 / 23.0)));
  const series = mul(z, add(c0, mul(z4, add(c1, mul(z4, c2)))));
  const a = mul(k, splat(0.6931471804855391));
  const twice = mul(two, s);
  const high = add(a, twice);
  const low = add(add(sub(a, high), twice), add(add(mul(two, sLow), mul(s, series)), mul(k, splat(7.440617110012397e-11))));
  return add(high, low);
}

@inline
function cosOfReduced(r: v128, rLow: v128, z: v128, square: v128): v128 {
  const half = mul(z, splat(0.5));
  const halfLow = add(mul(square, splat(0.5)), mul(r, rLow));
  const z2 = mul(z, z);
  const c0 = add(sub(splat(1.0 / 24.0), mul(z, splat(1.0 / 720.0))), mul(z2, sub(splat(1.0 / 40320.0), mul(z, splat(1.0 / 3628800.0)))));
  const c1 = add(sub(splat(1.0 / 479001600.0), mul(z, splat(1.0 / 87178291200.0))), mul(z2, splat(1.0 / 20922789888000.0)));
  const series = mul(z2, add(c0, mul(mul(z2, z2), c1)));
  const one = splat(1.0);
  const main = sub(one, half);
  return add(main, add(sub(sub(sub(one, main), half), halfLow), series));
}

@inline
function sinOfReduced(r: v128, rLow: v128, z: v128, square: v128): v128 {
  const six = splat(6.0);
  const sixth = f64x2.div(z, six);
  const whole = mul(six, sixth);
  const sixthLow = f64x2.div(add(sub(sub(z, whole), productError(six, sixth, whole)), square), six);
  const cube = mul(r, sixth);
  const cubeLow = add(productError(r, sixth, cube), mul(r, sixthLow));
  const z2 = mul(z, z);
  const c0 = add(sub(splat(1.0 / 120.0), mul(z, splat(1.0 / 5040.0))), mul(z2, sub(splat(1.0 / 362880.0), mul(z, splat(1.0 / 39916800.0)))));
  const c1 = add(sub(splat(1.0 / 6227020800.0), mul(z, splat(1.0 / 1307674368000.0))), mul(z2, splat(1.0 / 355687428096000.0)));
  const series = mul(z2, add(c0, mul(mul(z2, z2), c1)));
  const main = sub(r, cube);
  const rest = sub(sub(sub(r, main), cube), cubeLow);
  return add(main, add(add(rest, mul(rLow, sub(splat(1.0), mul(z, splat(0.5))))), mul(r, series)));
}

/**
 * The same three functions without what corrects their last bits: relative errors below 2^-48 for these arguments, where those above have 2^-52. A normal is
 * rounded to float32, so both give the same one unless the value lies next to the middle between two of them, which `isDoubtful` finds (Ziv's strategy).
 */
@inline
function quickLogOf(x: v128): v128 {
  const e = i64x2.shr_u(i64x2.add(x, i64x2.splat(0x95F6100000000)), 52);
  const k = sub(v128.or(e, i64x2.splat(0x4330000000000000)), splat(4503599627371519.0));
  const f = sub(i64x2.sub(x, i64x2.shl(i64x2.sub(e, i64x2.splat(1023)), 52)), splat(1.0));
  const s = f64x2.div(f, add(f, splat(2.0)));
  const z = mul(s, s);
  const z2 = mul(z, z);
  const c0 = add(add(splat(2.0 / 3.0), mul(z, splat(2.0 / 5.0))), mul(z2, add(splat(2.0 / 7.0), mul(z, splat(2.0 / 9.0)))));
  const c1 = add(add(splat(2.0 / 11.0), mul(z, splat(2.0 / 13.0))), mul(z2, add(splat(2.0 / 15.0), mul(z, splat(2.0 / 17.0)))));
  const series = mul(mul(s, z), add(c0, mul(mul(z2, z2), c1)));
  return add(mul(k, splat(0.6931471805599453)), add(add(s, s), series));
}

@inline
function quickCosOf(z: v128, z2: v128): v128 {
  const c0 = add(sub(splat(1.0 / 24.0), mul(z, splat(1.0 / 720.0))), mul(z2, sub(splat(1.0 / 40320.0), mul(z, splat(1.0 / 3628800.0)))));
  const c1 = sub(splat(1.0 / 479001600.0), mul(z, splat(1.0 / 87178291200.0)));
  return add(sub(splat(1.0), mul(z, splat(0.5))), mul(z2, add(c0, mul(mul(z2, z2), c1))));
}

@inline
function quickSinOf(r: v128, z: v128, z2: v128): v128 {
  const c0 = add(sub(splat(1.0 / 120.0), mul(z, splat(1.0 / 5040.0))), mul(z2, sub(splat(1.0 / 362880.0), mul(z, splat(1.0 / 39916800.0)))));
  const c1 = sub(splat(1.0 / 6227020800.0), mul(z, splat(1.0 / 1307674368000.0)));
  return add(r, mul(mul(r, z), sub(mul(z, add(c0, mul(mul(z2, z2), c1))), splat(1.0 / 6.0))));
}

/** All bits of a lane are 1 where a float64 is within 1024 to 2047 of its units in the last place, more than 2^-43 of it, of the middle between two float32. */
@inline
function isDoubtful(x: v128): v128 {
  return i64x2.eq(v128.and(i64x2.sub(x, i64x2.splat(0x0FFFFC00)), i64x2.splat(0x1FFFF800)), i64x2.splat(0));
}

/** (word + 0.5) / 2^32 of the lower two words. */
@inline
function unit(words: v128): v128 {
  return mul(add(f64x2.convert_low_i32x4_u(words), splat(0.5)), splat(2.3283064365386963e-10));
}

/** x + 1.5 2^52 for x in quadrants: rounded, and its lowest bits are the quadrant. */
@inline
function quadrantOf(angle: v128): v128 { return add(mul(angle, splat(0.6366197723675814)), splat(ROUNDER)); }

/** Two pairs of float64 normals, r cos and r sin, as float32 at `out` and `out` + 16. Returns where one of them was `isDoubtful`; 0 if none is looked at. */
@inline
function storeNormals(out: usize, radius: v128, cosine: v128, sine: v128, shifted: v128, isLooking: bool): v128 {
  const odd = i64x2.neg(v128.and(shifted, i64x2.splat(1)));
  const cosSign = i64x2.shl(v128.and(i64x2.add(shifted, i64x2.splat(1)), i64x2.splat(2)), 62);
  const sinSign = i64x2.shl(v128.and(shifted, i64x2.splat(2)), 62);
  const even = mul(radius, v128.xor(v128.bitselect(sine, cosine, odd), cosSign));
  const uneven = mul(radius, v128.xor(v128.bitselect(cosine, sine, odd), sinSign));
  const both = v128.shuffle<u32>(f32x4.demote_f64x2_zero(even), f32x4.demote_f64x2_zero(uneven), 0, 4, 1, 5);
  v128.store64_lane(out, both, 0);
  v128.store64_lane(out, both, 1, 16);
  return isLooking ? v128.or(isDoubtful(even), isDoubtful(uneven)) : i64x2.splat(0);
}

/** Two pairs of normals from two pairs of words, to the last bit. */
function storePairs(out: usize, words1: v128, words2: v128): void {
  const radius = f64x2.sqrt(mul(splat(-2.0), logOf(unit(words1))));
  const x = mul(splat(6.283185307179586), unit(words2));
  const shifted = quadrantOf(x);
  const n = sub(shifted, splat(ROUNDER));
  const a = sub(x, mul(n, splat(1.5707963267341256)));
  const b = mul(n, splat(6.077100506303966e-11));
  const c = sub(a, b);
  const d = mul(n, splat(2.0222662487111665e-21));
  const e = sub(c, d);
  const rest = sub(add(differenceError(a, b, c), differenceError(c, d, e)), mul(n, splat(8.4784276603689e-32)));
  const r = add(e, rest);
  const rLow = add(sub(e, r), rest);
  const z = mul(r, r);
  const square = productError(r, r, z);
  storeNormals(out, radius, cosOfReduced(r, rLow, z, square), sinOfReduced(r, rLow, z, square), shifted, false);
}

/** The same but for the doubtful ones, which are returned: all bits of a lane are 1 where there is one. */
@inline
function storePairsQuickly(out: usize, words1: v128, words2: v128): v128 {
  const radius = f64x2.sqrt(mul(splat(-2.0), quickLogOf(unit(words1))));
  const x = mul(splat(6.283185307179586), unit(words2));
  const shifted = quadrantOf(x);
  const n = sub(shifted, splat(ROUNDER));
  const c = sub(sub(x, mul(n, splat(1.5707963267341256))), mul(n, splat(6.077100506303966e-11)));
  const r = sub(c, mul(n, splat(2.0222662487111665e-21)));
  const z = mul(r, r);
  const z2 = mul(z, z);
  return storeNormals(out, radius, quickCosOf(z, z2), quickSinOf(r, z, z2), shifted, true);
}

/** The normals of four blocks, 16 bytes each, at `out`; of each only the first two if `half`. */
function fourBlocks(counters: usize, halfStep: u32, word3: u32, keys: usize, out: usize, half: bool): void {
  const m0 = v128.load(keys);
  const m1 = v128.load(keys, 16);
  const low = v128.load(counters);
  const high = v128.load(counters, 16);
  let x0 = v128.shuffle<u32>(low, high, 0, 2, 4, 6);
  let x1 = v128.shuffle<u32>(low, high, 1, 3, 5, 7);
  let x2 = i32x4.splat(<i32>halfStep);
  let x3 = i32x4.splat(<i32>word3);
  for (let round: usize = 1; round <= ROUNDS; round++) {
    const high0 = highWords(x0, m0);
    const high2 = highWords(x2, m1);
    const low0 = i32x4.mul(x0, m0);
    const low2 = i32x4.mul(x2, m1);
    x0 = v128.xor(high2, v128.xor(x1, v128.load(keys + 32 * round)));
    x2 = v128.xor(high0, v128.xor(x3, v128.load(keys + 32 * round, 16)));
    x1 = low2;
    x3 = low0;
  }
  const y0 = v128.shuffle<u32>(x0, x0, 2, 3, 0, 1);
  const y1 = v128.shuffle<u32>(x1, x1, 2, 3, 0, 1);
  const y2 = v128.shuffle<u32>(x2, x2, 2, 3, 0, 1);
  const y3 = v128.shuffle<u32>(x3, x3, 2, 3, 0, 1);
  let doubts = v128.or(storePairsQuickly(out, x0, x1), storePairsQuickly(out + 32, y0, y1));
  if (!half) doubts = v128.or(doubts, v128.or(storePairsQuickly(out + 8, x2, x3), storePairsQuickly(out + 40, y2, y3)));
  if (!v128.any_true(doubts)) return;
  storePairs(out, x0, x1);
  storePairs(out + 32, y0, y1);
  if (half) return;
  storePairs(out + 8, x2, x3);
  storePairs(out + 40, y2, y3);
}

/**
 * Writes `numbers` float32 normals at `out` for each of `count` ids: those of the list at `ids` (uint32), or first, first + 1, ... if `ids` is 0.
 * `scratch`: 480 bytes, aligned to 16.
 */
export function fillNormals(
  k0: u32, k1: u32, ids: usize, first: f64, count: i32, numbers: i32, halfStep: u32, word3: u32, out: usize, scratch: usize,
): void {
  fillKeys(scratch, k0, k1);
  const counters = scratch + KEY_BYTES;
  const values = counters + 32;
  const blocks = (numbers + 3) >> 2;
  let index = 0;
  let block = 0;
  let address: u64 = 0;
  let target = out;
  let left = numbers;
  while (index < count) {
    let lane: usize = 0;
    let ahead = index;
    let aheadBlock = block;
    for (; lane < 4 && ahead < count; lane++) {
      if (aheadBlock == 0) address = (ids == 0 ? <u64>first + <u64>ahead : <u64>load<u32>(ids + 4 * <usize>ahead)) * <u64>blocks;
      store<u64>(counters + 8 * lane, address + <u64>aheadBlock);
      aheadBlock += 1;
      if (aheadBlock == blocks) {
        aheadBlock = 0;
        ahead += 1;
      }
    }
    fourBlocks(counters, halfStep, word3, scratch, values, numbers <= 2);
    for (let from: usize = 0; from < lane; from++) {
      if (left >= 4) {
        v128.store(target, v128.load(values + 16 * from));
        target += 16;
        left -= 4;
      } else {
        for (let i: usize = 0; i < <usize>left; i++) store<f32>(target + 4 * i, load<f32>(values + 16 * from + 4 * i));
        target += 4 * <usize>left;
        left = 0;
      }
      if (left == 0) left = numbers;
    }
    index = ahead;
    block = aheadBlock;
  }
}
