// The optimiser's step of continuous models (ebm/continuous/step.ts, ebm/optimiser/element.ts): exact sums of a gradient to moved float32 values, four at a
// time, every rounding as written there. Owns no memory.

/** Constants of one step, laid out by the owner as consecutive 32-bit words. */
@unmanaged
export class FloatRule {
  /** 0 SGD, 1 Adam */
  adam: i32;
  /** Not 0: SGD keeps a momentum. */
  moving: i32;
  /** Not 0: values decay. */
  decaying: i32;
  rate: f32;
  momentum: f32;
  decay: f32;
  beta1: f32;
  rest1: f32;
  beta2: f32;
  rest2: f32;
  correction1: f32;
  correction2: f32;
  epsilon: f32;
  rateDecay: f32;
  /** Of the gradient, which is scaled down by it. */
  share: f32;
}

/** Minus a gradient times `scale`, a power of two: float32 of the sums whose halves are given. */
@inline
function ascentAt(low: usize, high: usize, scale: v128): v128 {
  const lows = v128.load(low);
  const highs = v128.load(high);
  const word = f64x2.splat(4294967296.0);
  const first = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(highs), word), f64x2.convert_low_i32x4_u(lows));
  const second = f64x2.add(
    f64x2.mul(f64x2.convert_low_i32x4_s(v128.shuffle<u32>(highs, highs, 2, 3, 2, 3)), word), f64x2.convert_low_i32x4_u(v128.shuffle<u32>(lows, lows, 2, 3, 2, 3)));
  return v128.shuffle<u64>(f32x4.demote_f64x2_zero(f64x2.mul(first, scale)), f32x4.demote_f64x2_zero(f64x2.mul(second, scale)), 0, 2);
}

/**
 * Moves `count` float32 values, a multiple of 4, and their slots (`slot1` of Adam alone) by sums whose low and high words are given. `scale`: minus the value
 * of a sum's unit. Returns 0, or NaN if a value is finite no longer.
 */
export function moveFloats(rule: FloatRule, low: usize, high: usize, scale: f64, count: i32, values: usize, slot0: usize, slot1: usize): f32 {
  const scales = f64x2.splat(scale);
  const share = f32x4.splat(rule.share);
  const end = values + (<usize>count << 2);
  let rest = f32x4.splat(0);
  while (values < end) {
    const value = v128.load(values);
    const ascent = f32x4.mul(ascentAt(low, high, scales), share);
    const moved = f32x4.add(value, rule.adam ? adamMove(rule, ascent, value, slot0, slot1) : plainMove(rule, ascent, value, slot0));
    v128.store(values, moved);
    rest = f32x4.add(rest, f32x4.sub(moved, moved));
    low += 16;
    high += 16;
    values += 16;
    slot0 += 16;
    slot1 += 16;
  }
  return f32x4.extract_lane(rest, 0) + f32x4.extract_lane(rest, 1) + f32x4.extract_lane(rest, 2) + f32x4.extract_lane(rest, 3);
}

@inline
function adamMove(rule: FloatRule, ascent: v128, value: v128, slot0: usize, slot1: usize): v128 {
  const mean = f32x4.add(f32x4.mul(f32x4.splat(rule.beta1), v128.load(slot0)), f32x4.mul(f32x4.splat(rule.rest1), ascent));
  const square = f32x4.add(f32x4.mul(f32x4.splat(rule.beta2), v128.load(slot1)), f32x4.mul(f32x4.splat(rule.rest2), f32x4.mul(ascent, ascent)));
  v128.store(slot0, mean);
  v128.store(slot1, square);
  const size = f32x4.add(f32x4.sqrt(f32x4.mul(square, f32x4.splat(rule.correction2))), f32x4.splat(rule.epsilon));
  const move = f32x4.div(f32x4.mul(f32x4.splat(rule.rate), f32x4.mul(mean, f32x4.splat(rule.correction1))), size);
  return rule.decaying ? f32x4.sub(move, f32x4.mul(f32x4.splat(rule.rateDecay), value)) : move;
}

@inline
function plainMove(rule: FloatRule, ascent: v128, value: v128, slot0: usize): v128 {
  let move = rule.decaying ? f32x4.sub(ascent, f32x4.mul(f32x4.splat(rule.decay), value)) : ascent;
  if (rule.moving) {
    move = f32x4.add(f32x4.mul(f32x4.splat(rule.momentum), v128.load(slot0)), move);
    v128.store(slot0, move);
  }
  return f32x4.mul(f32x4.splat(rule.rate), move);
}
