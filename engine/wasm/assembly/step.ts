// The matrix pass of one optimiser step (docs/adr/0001, steps 4 to 9), four rows by four columns at a time, every rounding as written there.
// Rows are done in blocks of 64, columns in blocks of 64 inside them, so that the float64 sums of moves are added in the decreed order.

/** Everything the pass reads; laid out by the owner as consecutive 32-bit words. Matrices are [visible, hidden]. */
@unmanaged
export class Step {
  weights: usize;
  slot0: usize;
  slot1: usize;
  average: usize;
  /** Outer sums of the data phase, or the difference; of the model phase, or 0. */
  outer: usize;
  outerModel: usize;
  /** 0 int32, 1 float64 */
  outerWide: i32;
  hidden: i32;
  visibleOffset: usize;
  hiddenOffset: usize;
  visibleDifference: usize;
  hiddenDifference: usize;
  /** float64 [visible]: r, complete. */
  rowSums: usize;
  /** float64 [row blocks, hidden]: q of each block of 64 rows. */
  columnSums: usize;
  inverse: f32;
  inverseModel: f32;
  /** 0 SGD, 1 Adam */
  adam: i32;
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
  averageShare: f32;
  /** Not 0: sums of moves are wanted. */
  centred: i32;
}

/** Sums of a phase at element `index` as float32, four of them. */
@inline
function sumsAt(base: usize, index: usize, wide: i32): v128 {
  if (!wide) return f32x4.convert_i32x4_s(v128.load(base + (index << 2)));
  const low = f32x4.demote_f64x2_zero(v128.load(base + (index << 3)));
  const high = f32x4.demote_f64x2_zero(v128.load(base + (index << 3), 16));
  return v128.shuffle<u64>(low, high, 0, 2);
}

/** Steps 4 and 5 for four columns of a row. */
@inline
function gradient(s: Step, index: usize, offset: v128, difference: v128, hiddenDifference: v128, hiddenOffset: v128): v128 {
  let g = f32x4.mul(sumsAt(s.outer, index, s.outerWide), f32x4.splat(s.inverse));
  if (s.outerModel) g = f32x4.sub(g, f32x4.mul(sumsAt(s.outerModel, index, s.outerWide), f32x4.splat(s.inverseModel)));
  return f32x4.sub(f32x4.sub(g, f32x4.mul(offset, hiddenDifference)), f32x4.mul(difference, hiddenOffset));
}

/** Steps 6, 7 and 9 for four columns of a row; returns the moves. */
@inline
function move(s: Step, index: usize, g: v128): v128 {
  const at = index << 2;
  const w = v128.load(s.weights + at);
  let d: v128;
  if (!s.adam) {
    if (s.decay > 0) g = f32x4.sub(g, f32x4.mul(f32x4.splat(s.decay), w));
    if (s.momentum > 0) {
      g = f32x4.add(f32x4.mul(f32x4.splat(s.momentum), v128.load(s.slot0 + at)), g);
      v128.store(s.slot0 + at, g);
    }
    d = f32x4.mul(f32x4.splat(s.rate), g);
  } else {
    const mean = f32x4.add(f32x4.mul(f32x4.splat(s.beta1), v128.load(s.slot0 + at)), f32x4.mul(f32x4.splat(s.rest1), g));
    const square = f32x4.add(f32x4.mul(f32x4.splat(s.beta2), v128.load(s.slot1 + at)), f32x4.mul(f32x4.splat(s.rest2), f32x4.mul(g, g)));
    v128.store(s.slot0 + at, mean);
    v128.store(s.slot1 + at, square);
    const scale = f32x4.add(f32x4.sqrt(f32x4.mul(square, f32x4.splat(s.correction2))), f32x4.splat(s.epsilon));
    d = f32x4.div(f32x4.mul(f32x4.splat(s.rate), f32x4.mul(mean, f32x4.splat(s.correction1))), scale);
    if (s.rateDecay > 0) d = f32x4.sub(d, f32x4.mul(f32x4.splat(s.rateDecay), w));
  }
  const moved = f32x4.add(w, d);
  v128.store(s.weights + at, moved);
  if (s.average) {
    const a = v128.load(s.average + at);
    v128.store(s.average + at, f32x4.add(a, f32x4.mul(f32x4.splat(s.averageShare), f32x4.sub(moved, a))));
  }
  return d;
}

/** One element, for the columns and rows that are left over from fours. */
function moveOne(s: Step, row: i32, column: i32): f32 {
  const index = <usize>row * s.hidden + <usize>column;
  const at = index << 2;
  let g: f32 = (s.outerWide ? <f32>load<f64>(s.outer + (index << 3)) : <f32>load<i32>(s.outer + at)) * s.inverse;
  if (s.outerModel) g = g - (s.outerWide ? <f32>load<f64>(s.outerModel + (index << 3)) : <f32>load<i32>(s.outerModel + at)) * s.inverseModel;
  g = g - load<f32>(s.visibleOffset + (<usize>row << 2)) * load<f32>(s.hiddenDifference + (<usize>column << 2));
  g = g - load<f32>(s.visibleDifference + (<usize>row << 2)) * load<f32>(s.hiddenOffset + (<usize>column << 2));
  const w = load<f32>(s.weights + at);
  let d: f32;
  if (!s.adam) {
    if (s.decay > 0) g = g - s.decay * w;
    if (s.momentum > 0) {
      g = s.momentum * load<f32>(s.slot0 + at) + g;
      store<f32>(s.slot0 + at, g);
    }
    d = s.rate * g;
  } else {
    const mean: f32 = s.beta1 * load<f32>(s.slot0 + at) + s.rest1 * g;
    const square: f32 = s.beta2 * load<f32>(s.slot1 + at) + s.rest2 * (g * g);
    store<f32>(s.slot0 + at, mean);
    store<f32>(s.slot1 + at, square);
    d = (s.rate * (mean * s.correction1)) / (sqrt<f32>(square * s.correction2) + s.epsilon);
    if (s.rateDecay > 0) d = d - s.rateDecay * w;
  }
  const moved: f32 = w + d;
  store<f32>(s.weights + at, moved);
  if (s.average) {
    const a = load<f32>(s.average + at);
    store<f32>(s.average + at, a + s.averageShare * (moved - a));
  }
  return d;
}

/** Adds d * mu of one row to q of its block, for four columns. */
@inline
function addColumns(target: usize, d: v128, mu: v128): void {
  const low = f64x2.promote_low_f32x4(d);
  const high = f64x2.promote_low_f32x4(v128.shuffle<u64>(d, d, 1, 0));
  v128.store(target, f64x2.add(v128.load(target), f64x2.mul(low, mu)));
  v128.store(target, f64x2.add(v128.load(target, 16), f64x2.mul(high, mu)), 16);
}

/** Moves rows [fromRow, toRow), all inside one block of 64 rows that starts at fromRow. */
export function moveRows(s: Step, fromRow: i32, toRow: i32): void {
  const hidden = s.hidden;
  const columnSums = s.columnSums + <usize>(fromRow >> 6) * hidden * 8;
  memory.fill(columnSums, 0, <usize>hidden * 8);
  memory.fill(s.rowSums + (<usize>fromRow << 3), 0, <usize>(toRow - fromRow) << 3);
  for (let from = 0; from < hidden; from += 64) {
    const to = from + 64 < hidden ? from + 64 : hidden;
    let row = fromRow;
    for (; row + 4 <= toRow; row += 4) moveFourRows(s, row, from, to, columnSums);
    for (; row < toRow; row++) moveOneRow(s, row, from, to, columnSums);
  }
}

function moveOneRow(s: Step, row: i32, from: i32, to: i32, columnSums: usize): void {
  const mu = <f64>load<f32>(s.visibleOffset + (<usize>row << 2));
  let part: f64 = 0;
  for (let column = from; column < to; column++) {
    const d = <f64>moveOne(s, row, column);
    if (!s.centred) continue;
    part += d * <f64>load<f32>(s.hiddenOffset + (<usize>column << 2));
    const target = columnSums + (<usize>column << 3);
    store<f64>(target, load<f64>(target) + d * mu);
  }
  const sum = s.rowSums + (<usize>row << 3);
  store<f64>(sum, load<f64>(sum) + part);
}

function moveFourRows(s: Step, row: i32, from: i32, to: i32, columnSums: usize): void {
  const hidden = <usize>s.hidden;
  const offsets = s.visibleOffset + (<usize>row << 2);
  const differences = s.visibleDifference + (<usize>row << 2);
  const mu0 = v128.load_splat<u32>(offsets);
  const mu1 = v128.load_splat<u32>(offsets, 4);
  const mu2 = v128.load_splat<u32>(offsets, 8);
  const mu3 = v128.load_splat<u32>(offsets, 12);
  const dv0 = v128.load_splat<u32>(differences);
  const dv1 = v128.load_splat<u32>(differences, 4);
  const dv2 = v128.load_splat<u32>(differences, 8);
  const dv3 = v128.load_splat<u32>(differences, 12);
  const centred = s.centred;
  let part01 = f64x2.splat(0);
  let part23 = f64x2.splat(0);
  let column = from;
  let index = <usize>row * hidden + <usize>from;
  for (; column + 4 <= to; column += 4) {
    const dh = v128.load(s.hiddenDifference + (<usize>column << 2));
    const lambda = v128.load(s.hiddenOffset + (<usize>column << 2));
    const d0 = move(s, index, gradient(s, index, mu0, dv0, dh, lambda));
    const d1 = move(s, index + hidden, gradient(s, index + hidden, mu1, dv1, dh, lambda));
    const d2 = move(s, index + 2 * hidden, gradient(s, index + 2 * hidden, mu2, dv2, dh, lambda));
    const d3 = move(s, index + 3 * hidden, gradient(s, index + 3 * hidden, mu3, dv3, dh, lambda));
    index += 4;
    if (!centred) continue;
    const target = columnSums + (<usize>column << 3);
    addColumns(target, d0, f64x2.promote_low_f32x4(mu0));
    addColumns(target, d1, f64x2.promote_low_f32x4(mu1));
    addColumns(target, d2, f64x2.promote_low_f32x4(mu2));
    addColumns(target, d3, f64x2.promote_low_f32x4(mu3));
    const a = v128.shuffle<u32>(d0, d1, 0, 4, 1, 5);
    const b = v128.shuffle<u32>(d2, d3, 0, 4, 1, 5);
    const c = v128.shuffle<u32>(d0, d1, 2, 6, 3, 7);
    const e = v128.shuffle<u32>(d2, d3, 2, 6, 3, 7);
    const l0 = f64x2.promote_low_f32x4(v128.shuffle<u32>(lambda, lambda, 0, 0, 0, 0));
    const l1 = f64x2.promote_low_f32x4(v128.shuffle<u32>(lambda, lambda, 1, 1, 1, 1));
    const l2 = f64x2.promote_low_f32x4(v128.shuffle<u32>(lambda, lambda, 2, 2, 2, 2));
    const l3 = f64x2.promote_low_f32x4(v128.shuffle<u32>(lambda, lambda, 3, 3, 3, 3));
    part01 = f64x2.add(part01, f64x2.mul(f64x2.promote_low_f32x4(a), l0));
    part23 = f64x2.add(part23, f64x2.mul(f64x2.promote_low_f32x4(b), l0));
    part01 = f64x2.add(part01, f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<u64>(a, a, 1, 0)), l1));
    part23 = f64x2.add(part23, f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<u64>(b, b, 1, 0)), l1));
    part01 = f64x2.add(part01, f64x2.mul(f64x2.promote_low_f32x4(c), l2));
    part23 = f64x2.add(part23, f64x2.mul(f64x2.promote_low_f32x4(e), l2));
    part01 = f64x2.add(part01, f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<u64>(c, c, 1, 0)), l3));
    part23 = f64x2.add(part23, f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<u64>(e, e, 1, 0)), l3));
  }
  let p0 = f64x2.extract_lane(part01, 0);
  let p1 = f64x2.extract_lane(part01, 1);
  let p2 = f64x2.extract_lane(part23, 0);
  let p3 = f64x2.extract_lane(part23, 1);
  for (; column < to; column++) {
    const lambda = <f64>load<f32>(s.hiddenOffset + (<usize>column << 2));
    p0 += addOne(s, row, column, columnSums) * lambda;
    p1 += addOne(s, row + 1, column, columnSums) * lambda;
    p2 += addOne(s, row + 2, column, columnSums) * lambda;
    p3 += addOne(s, row + 3, column, columnSums) * lambda;
  }
  const sums = s.rowSums + (<usize>row << 3);
  store<f64>(sums, load<f64>(sums) + p0);
  store<f64>(sums, load<f64>(sums, 8) + p1, 8);
  store<f64>(sums, load<f64>(sums, 16) + p2, 16);
  store<f64>(sums, load<f64>(sums, 24) + p3, 24);
}

/** Moves one element and adds it to q of its block; returns the move. */
function addOne(s: Step, row: i32, column: i32, columnSums: usize): f64 {
  const d = <f64>moveOne(s, row, column);
  const target = columnSums + (<usize>column << 3);
  if (s.centred) store<f64>(target, load<f64>(target) + d * <f64>load<f32>(s.visibleOffset + (<usize>row << 2)));
  return d;
}
