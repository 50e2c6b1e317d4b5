// The matrix pass of one optimiser step (docs/adr/0001, steps 4 to 9), every rounding as written there: strips of eight rows, in blocks of
// 64 rows, and blocks of 64 columns inside them, so that the float64 sums of moves are added in the decreed order.

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
  /** float32 */
  visibleOffset: usize;
  hiddenOffset: usize;
  visibleDifference: usize;
  hiddenDifference: usize;
  /** The offsets as float64, padded with zeros to a multiple of 8 and of 4. */
  visibleOffsetWide: usize;
  hiddenOffsetWide: usize;
  /** float64 [column blocks, visible rounded up to 8]: r of each block of 64 columns. */
  rowSums: usize;
  /** float64 [row blocks, hidden rounded up to 4]: q of each block of 64 rows. */
  columnSums: usize;
  visible: i32;
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

/** Bytes of a row of the moves of a strip: 64 float32. */
const MOVES: usize = 256;

@inline
function columnSumsAt(s: Step, row: i32, column: i32): usize {
  return s.columnSums + (<usize>(row >> 6) * ((<usize>s.hidden + 3) & ~3) + <usize>column) * 8;
}

@inline
function rowSumsAt(s: Step, row: i32, column: i32): usize {
  return s.rowSums + (<usize>(column >> 6) * ((<usize>s.visible + 7) & ~7) + <usize>row) * 8;
}

/** Sets the columns' sums of a block of 64 rows to 0. */
export function openColumns(s: Step, row: i32, from: i32, to: i32): void {
  memory.fill(columnSumsAt(s, row, from), 0, <usize>((to - from + 3) & ~3) * 8);
}

/** Adds up vectors of float64, in order, from 0: out[i] = 0 + parts[0][i] + parts[1][i] + ... `count` is a multiple of 2. */
export function addParts(parts: usize, blocks: i32, stride: usize, count: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>count; i += 2) {
    let sum = f64x2.splat(0);
    let at = parts + (i << 3);
    for (let block = 0; block < blocks; block++) {
      sum = f64x2.add(sum, v128.load(at));
      at += stride;
    }
    v128.store(out + (i << 3), sum);
  }
}

/** Moves columns [from, to), at most 64 from a multiple of 64, of up to eight rows from `row`, a multiple of 8. `moves`: 2 KiB of scratch. */
export function moveStrip(s: Step, row: i32, rows: i32, from: i32, to: i32, moves: usize): void {
  const plain = !s.adam && !(s.momentum > 0) && !(s.decay > 0) && !s.average && !s.outerWide && !s.outerModel;
  if (rows < 8) memory.fill(moves, 0, 8 * MOVES);
  let r = 0;
  if (plain) for (; r + 4 <= rows; r += 4) plainRows(s, row + r, from, to, moves + <usize>r * MOVES);
  for (; r < rows; r++) ruleRow(s, row + r, from, to, moves + <usize>r * MOVES);
  if (s.centred) addMoves(s, row, from, to, moves);
}

/** Steps 4 to 7 for columns [from, to) of four rows, plain SGD on the int32 difference of the phases. */
function plainRows(s: Step, row: i32, from: i32, to: i32, moves: usize): void {
  const inverse = v128.load_splat<u32>(changetype<usize>(s), offsetof<Step>("inverse"));
  const rate = v128.load_splat<u32>(changetype<usize>(s), offsetof<Step>("rate"));
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
  const rowBytes = <usize>s.hidden << 2;
  const first = <usize>row * rowBytes + (<usize>from << 2);
  let weights = s.weights + first;
  let sums = s.outer + first;
  let differencesAt = s.hiddenDifference + (<usize>from << 2);
  let offsetsAt = s.hiddenOffset + (<usize>from << 2);
  let at = moves;
  const end = weights + (<usize>((to - from) & ~3) << 2);
  while (weights < end) {
    const dh = v128.load(differencesAt);
    const lambda = v128.load(offsetsAt);
    plainMove(weights, sums, at, inverse, rate, mu0, dv0, dh, lambda);
    plainMove(weights + rowBytes, sums + rowBytes, at + MOVES, inverse, rate, mu1, dv1, dh, lambda);
    plainMove(weights + 2 * rowBytes, sums + 2 * rowBytes, at + 2 * MOVES, inverse, rate, mu2, dv2, dh, lambda);
    plainMove(weights + 3 * rowBytes, sums + 3 * rowBytes, at + 3 * MOVES, inverse, rate, mu3, dv3, dh, lambda);
    weights += 16;
    sums += 16;
    differencesAt += 16;
    offsetsAt += 16;
    at += 16;
  }
  if (to & 3) for (let r = 0; r < 4; r++) finishRow(s, row + r, to & ~3, to, at + <usize>r * MOVES);
}

@inline
function plainMove(weights: usize, sums: usize, moves: usize, inverse: v128, rate: v128, mu: v128, dv: v128, dh: v128, lambda: v128): void {
  const mean = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums)), inverse);
  const d = f32x4.mul(rate, f32x4.sub(f32x4.sub(mean, f32x4.mul(mu, dh)), f32x4.mul(dv, lambda)));
  v128.store(moves, d);
  v128.store(weights, f32x4.add(v128.load(weights), d));
}

/** The columns that are left over from fours, and zeros up to the next multiple of 4. */
function finishRow(s: Step, row: i32, column: i32, to: i32, moves: usize): void {
  if (column == to) return;
  v128.store(moves, f32x4.splat(0));
  for (; column < to; column++) {
    store<f32>(moves, moveOne(s, row, column));
    moves += 4;
  }
}

/** Sums of a phase at element `index` as float32, four of them. */
@inline
function sumsAt(base: usize, index: usize, wide: i32): v128 {
  if (!wide) return f32x4.convert_i32x4_s(v128.load(base + (index << 2)));
  const low = f32x4.demote_f64x2_zero(v128.load(base + (index << 3)));
  const high = f32x4.demote_f64x2_zero(v128.load(base + (index << 3), 16));
  return v128.shuffle<u64>(low, high, 0, 2);
}

/** Steps 4 to 7 and 9 for columns [from, to) of a row, any rule and any sums. */
function ruleRow(s: Step, row: i32, from: i32, to: i32, moves: usize): void {
  const wide = s.outerWide;
  const outer = s.outer;
  const outerModel = s.outerModel;
  const inverse = f32x4.splat(s.inverse);
  const inverseModel = f32x4.splat(s.inverseModel);
  const mu = v128.load_splat<u32>(s.visibleOffset + (<usize>row << 2));
  const dv = v128.load_splat<u32>(s.visibleDifference + (<usize>row << 2));
  const adam = s.adam;
  const average = s.average;
  const averageShare = f32x4.splat(s.averageShare);
  const weights = s.weights;
  let index = <usize>row * s.hidden + <usize>from;
  for (let column = from; column + 4 <= to; column += 4) {
    let g = f32x4.mul(sumsAt(outer, index, wide), inverse);
    if (outerModel) g = f32x4.sub(g, f32x4.mul(sumsAt(outerModel, index, wide), inverseModel));
    g = f32x4.sub(g, f32x4.mul(mu, v128.load(s.hiddenDifference + (<usize>column << 2))));
    g = f32x4.sub(g, f32x4.mul(dv, v128.load(s.hiddenOffset + (<usize>column << 2))));
    const at = weights + (index << 2);
    const w = v128.load(at);
    const d = adam ? adamMove(s, index, g, w) : sgdMove(s, index, g, w);
    const moved = f32x4.add(w, d);
    v128.store(at, moved);
    v128.store(moves, d);
    if (average) {
      const a = v128.load(average + (index << 2));
      v128.store(average + (index << 2), f32x4.add(a, f32x4.mul(averageShare, f32x4.sub(moved, a))));
    }
    index += 4;
    moves += 16;
  }
  finishRow(s, row, to & ~3, to, moves);
}

@inline
function sgdMove(s: Step, index: usize, g: v128, w: v128): v128 {
  if (s.decay > 0) g = f32x4.sub(g, f32x4.mul(f32x4.splat(s.decay), w));
  if (s.momentum > 0) {
    const at = s.slot0 + (index << 2);
    g = f32x4.add(f32x4.mul(f32x4.splat(s.momentum), v128.load(at)), g);
    v128.store(at, g);
  }
  return f32x4.mul(f32x4.splat(s.rate), g);
}

@inline
function adamMove(s: Step, index: usize, g: v128, w: v128): v128 {
  const first = s.slot0 + (index << 2);
  const second = s.slot1 + (index << 2);
  const mean = f32x4.add(f32x4.mul(f32x4.splat(s.beta1), v128.load(first)), f32x4.mul(f32x4.splat(s.rest1), g));
  const square = f32x4.add(f32x4.mul(f32x4.splat(s.beta2), v128.load(second)), f32x4.mul(f32x4.splat(s.rest2), f32x4.mul(g, g)));
  v128.store(first, mean);
  v128.store(second, square);
  const scale = f32x4.add(f32x4.sqrt(f32x4.mul(square, f32x4.splat(s.correction2))), f32x4.splat(s.epsilon));
  const d = f32x4.div(f32x4.mul(f32x4.splat(s.rate), f32x4.mul(mean, f32x4.splat(s.correction1))), scale);
  return s.rateDecay > 0 ? f32x4.sub(d, f32x4.mul(f32x4.splat(s.rateDecay), w)) : d;
}

/** One element. */
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

/** Two moves of a row as float64. */
@inline
function pair(moves: usize, row: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load_zero<u64>(moves + row * MOVES));
}

/** Step 8 for a strip and one block of columns: eight rows' r (products with lambda) and the columns' q (products with mu). */
function addMoves(s: Step, row: i32, from: i32, to: i32, moves: usize): void {
  const mu = s.visibleOffsetWide + (<usize>row << 3);
  let r01 = f64x2.splat(0);
  let r23 = f64x2.splat(0);
  let r45 = f64x2.splat(0);
  let r67 = f64x2.splat(0);
  let lambda = s.hiddenOffsetWide + (<usize>from << 3);
  let columns = columnSumsAt(s, row, from);
  const end = moves + (((<usize>(to - from) + 3) & ~3) << 2);
  while (moves < end) {
    const low = v128.load_splat<u64>(lambda);
    const high = v128.load_splat<u64>(lambda, 8);
    let q = v128.load(columns);
    let a = pair(moves, 0);
    let b = pair(moves, 1);
    q = f64x2.add(f64x2.add(q, f64x2.mul(a, v128.load_splat<u64>(mu))), f64x2.mul(b, v128.load_splat<u64>(mu, 8)));
    r01 = f64x2.add(r01, f64x2.mul(v128.shuffle<u64>(a, b, 0, 2), low));
    r01 = f64x2.add(r01, f64x2.mul(v128.shuffle<u64>(a, b, 1, 3), high));
    a = pair(moves, 2);
    b = pair(moves, 3);
    q = f64x2.add(f64x2.add(q, f64x2.mul(a, v128.load_splat<u64>(mu, 16))), f64x2.mul(b, v128.load_splat<u64>(mu, 24)));
    r23 = f64x2.add(r23, f64x2.mul(v128.shuffle<u64>(a, b, 0, 2), low));
    r23 = f64x2.add(r23, f64x2.mul(v128.shuffle<u64>(a, b, 1, 3), high));
    a = pair(moves, 4);
    b = pair(moves, 5);
    q = f64x2.add(f64x2.add(q, f64x2.mul(a, v128.load_splat<u64>(mu, 32))), f64x2.mul(b, v128.load_splat<u64>(mu, 40)));
    r45 = f64x2.add(r45, f64x2.mul(v128.shuffle<u64>(a, b, 0, 2), low));
    r45 = f64x2.add(r45, f64x2.mul(v128.shuffle<u64>(a, b, 1, 3), high));
    a = pair(moves, 6);
    b = pair(moves, 7);
    q = f64x2.add(f64x2.add(q, f64x2.mul(a, v128.load_splat<u64>(mu, 48))), f64x2.mul(b, v128.load_splat<u64>(mu, 56)));
    r67 = f64x2.add(r67, f64x2.mul(v128.shuffle<u64>(a, b, 0, 2), low));
    r67 = f64x2.add(r67, f64x2.mul(v128.shuffle<u64>(a, b, 1, 3), high));
    v128.store(columns, q);
    moves += 8;
    lambda += 16;
    columns += 16;
  }
  const sums = rowSumsAt(s, row, from);
  v128.store(sums, r01);
  v128.store(sums, r23, 16);
  v128.store(sums, r45, 32);
  v128.store(sums, r67, 48);
}
