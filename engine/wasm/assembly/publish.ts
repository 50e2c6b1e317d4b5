// Publishing a version: masters rounded to the grid, the transposed copy, and the sums of |W| that bound what kernels add in int16.
// Works on blocks of 64 rows by 64 columns. Values at or beyond 32767 are only flagged: the owner then decides exactly.

/** Laid out by the owner as consecutive 32-bit words. */
@unmanaged
export class Grid {
  /** float32 [visible, hidden]; 0: the weights are there already. */
  masters: usize;
  /** int16 [visible, hidden] */
  weights: usize;
  /** int16 [hidden rounded up to 8, transposedStride] */
  transposed: usize;
  /** In elements: visible rounded up to 8. */
  transposedStride: i32;
  visible: i32;
  hidden: i32;
  /** 2^grid */
  scale: f32;
  /** int32 [row blocks, column blocks, 3]: largest column sum, largest row sum, bits of the largest |x * 2^grid|. */
  bounds: usize;
  /** 64 rows of 16 bytes. */
  scratch: usize;
}

/** 1.5 * 2^23: adding it leaves the nearest integer, ties to even, in the low bits, for |x| <= 2^22. */
const MAGIC: f32 = 12582912;

@inline
function rounded(y: v128): v128 {
  const magic = f32x4.splat(MAGIC);
  return i32x4.sub(f32x4.add(y, magic), magic);
}

/** Rounds, transposes and bounds rows of the block of 64 that starts at fromRow. */
export function publishRows(g: Grid, fromRow: i32, toRow: i32): void {
  const columnBlocks = (g.hidden + 63) >> 6;
  for (let block = 0; block < columnBlocks; block++) {
    const from = block << 6;
    const to = from + 64 < g.hidden ? from + 64 : g.hidden;
    const out = g.bounds + <usize>((fromRow >> 6) * columnBlocks + block) * 12;
    if (g.masters) roundBlock(g, fromRow, toRow, from, to, out);
    else boundBlock(g, fromRow, toRow, from, to, out);
    transposeBlock(g, fromRow, toRow, from, to);
  }
}

function roundBlock(g: Grid, fromRow: i32, toRow: i32, from: i32, to: i32, out: usize): void {
  const scale = f32x4.splat(g.scale);
  const hidden = <usize>g.hidden;
  const magnitude = i32x4.splat(0x7fffffff);
  const rows = toRow - fromRow;
  memory.fill(g.scratch, 0, <usize>rows << 4);
  let largest = i32x4.splat(0);
  let columnMax = i16x8.splat(0);
  for (let column = from; column < to; column += 8) {
    const width = to - column;
    const first = <usize>fromRow * hidden + <usize>column;
    let source = g.masters + (first << 2);
    let target = g.weights + (first << 1);
    let rowSum = g.scratch;
    let sums = i16x8.splat(0);
    for (let row = 0; row < rows; row++) {
      let low: v128;
      let high: v128;
      if (width >= 8) {
        low = v128.load(source);
        high = v128.load(source, 16);
      } else {
        low = loadSome(source, width);
        high = loadSome(source + 16, width - 4);
      }
      low = f32x4.mul(low, scale);
      high = f32x4.mul(high, scale);
      largest = i32x4.max_s(largest, i32x4.max_s(v128.and(low, magnitude), v128.and(high, magnitude)));
      const x = i16x8.narrow_i32x4_s(rounded(low), rounded(high));
      if (width >= 8) v128.store(target, x);
      else storeSome(target, x, width);
      const size = i16x8.abs(x);
      sums = i16x8.add_sat_u(sums, size);
      v128.store(rowSum, i16x8.add_sat_u(v128.load(rowSum), size));
      source += hidden << 2;
      target += hidden << 1;
      rowSum += 16;
    }
    columnMax = i16x8.max_u(columnMax, sums);
  }
  store<i32>(out, maxOf8(columnMax));
  let rowMax = i32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    const pairs = i32x4.extadd_pairwise_i16x8_u(v128.load(g.scratch + (<usize>row << 4)));
    const halves = i32x4.add(pairs, v128.shuffle<u64>(pairs, pairs, 1, 0));
    rowMax = i32x4.max_s(rowMax, i32x4.add(halves, v128.shuffle<u32>(halves, halves, 1, 0, 3, 2)));
  }
  store<i32>(out, i32x4.extract_lane(rowMax, 0), 4);
  largest = i32x4.max_s(largest, v128.shuffle<u64>(largest, largest, 1, 0));
  largest = i32x4.max_s(largest, v128.shuffle<u32>(largest, largest, 1, 0, 3, 2));
  store<i32>(out, i32x4.extract_lane(largest, 0), 8);
}

/** The bounds of a block of weights that came from elsewhere, in plain loops. */
function boundBlock(g: Grid, fromRow: i32, toRow: i32, from: i32, to: i32, out: usize): void {
  let columnMax = 0;
  let rowMax = 0;
  for (let column = from; column < to; column++) {
    let sum = 0;
    for (let row = fromRow; row < toRow; row++) sum += abs<i32>(<i32>load<i16>(g.weights + ((<usize>row * g.hidden + <usize>column) << 1)));
    columnMax = max<i32>(columnMax, sum);
  }
  for (let row = fromRow; row < toRow; row++) {
    let sum = 0;
    for (let column = from; column < to; column++) sum += abs<i32>(<i32>load<i16>(g.weights + ((<usize>row * g.hidden + <usize>column) << 1)));
    rowMax = max<i32>(rowMax, sum);
  }
  store<i32>(out, columnMax);
  store<i32>(out, rowMax, 4);
  store<i32>(out, 0, 8);
}

@inline
function maxOf8(x: v128): i32 {
  x = i16x8.max_u(x, v128.shuffle<u64>(x, x, 1, 0));
  x = i16x8.max_u(x, v128.shuffle<u32>(x, x, 1, 0, 3, 2));
  return max<i32>(<i32>i16x8.extract_lane_u(x, 0), <i32>i16x8.extract_lane_u(x, 1));
}

/** Up to four float32 values, the rest 0. */
function loadSome(source: usize, count: i32): v128 {
  let x = f32x4.splat(0);
  if (count >= 4) return v128.load(source);
  if (count > 0) x = v128.load_lane<u32>(source, x, 0);
  if (count > 1) x = v128.load_lane<u32>(source, x, 1, 4);
  if (count > 2) x = v128.load_lane<u32>(source, x, 2, 8);
  return x;
}

/** Stores `count` (1 to 7) of eight int16 values. */
function storeSome(target: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store_lane<u64>(target, x, 0);
    x = v128.shuffle<u64>(x, x, 1, 0);
    target += 8;
    count -= 4;
  }
  if (count > 0) v128.store_lane<u16>(target, x, 0);
  if (count > 1) v128.store_lane<u16>(target, x, 1, 2);
  if (count > 2) v128.store_lane<u16>(target, x, 2, 4);
}

/** Writes the block's transpose, eight by eight. Reads and writes up to 7 rows and columns beyond it, into slack or into what is written later. */
function transposeBlock(g: Grid, fromRow: i32, toRow: i32, from: i32, to: i32): void {
  const rowBytes = <usize>g.hidden << 1;
  const columnBytes = <usize>g.transposedStride << 1;
  for (let row = fromRow; row < toRow; row += 8) {
    for (let column = from; column < to; column += 8) {
      transposeEight(
        g.weights + <usize>row * rowBytes + (<usize>column << 1), rowBytes,
        g.transposed + <usize>column * columnBytes + (<usize>row << 1), columnBytes,
      );
    }
  }
}

function transposeEight(source: usize, rowBytes: usize, target: usize, columnBytes: usize): void {
  const r0 = v128.load(source);
  const r1 = v128.load(source + rowBytes);
  const r2 = v128.load(source + 2 * rowBytes);
  const r3 = v128.load(source + 3 * rowBytes);
  const r4 = v128.load(source + 4 * rowBytes);
  const r5 = v128.load(source + 5 * rowBytes);
  const r6 = v128.load(source + 6 * rowBytes);
  const r7 = v128.load(source + 7 * rowBytes);
  const a0 = v128.shuffle<u16>(r0, r1, 0, 8, 1, 9, 2, 10, 3, 11);
  const a1 = v128.shuffle<u16>(r2, r3, 0, 8, 1, 9, 2, 10, 3, 11);
  const a2 = v128.shuffle<u16>(r4, r5, 0, 8, 1, 9, 2, 10, 3, 11);
  const a3 = v128.shuffle<u16>(r6, r7, 0, 8, 1, 9, 2, 10, 3, 11);
  const b0 = v128.shuffle<u16>(r0, r1, 4, 12, 5, 13, 6, 14, 7, 15);
  const b1 = v128.shuffle<u16>(r2, r3, 4, 12, 5, 13, 6, 14, 7, 15);
  const b2 = v128.shuffle<u16>(r4, r5, 4, 12, 5, 13, 6, 14, 7, 15);
  const b3 = v128.shuffle<u16>(r6, r7, 4, 12, 5, 13, 6, 14, 7, 15);
  storePairs(target, columnBytes, a0, a1, a2, a3);
  storePairs(target + 4 * columnBytes, columnBytes, b0, b1, b2, b3);
}

/** Four columns from four vectors of interleaved row pairs. */
@inline
function storePairs(target: usize, columnBytes: usize, p0: v128, p1: v128, p2: v128, p3: v128): void {
  const q0 = v128.shuffle<u32>(p0, p1, 0, 4, 1, 5);
  const q1 = v128.shuffle<u32>(p2, p3, 0, 4, 1, 5);
  const q2 = v128.shuffle<u32>(p0, p1, 2, 6, 3, 7);
  const q3 = v128.shuffle<u32>(p2, p3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<u64>(q0, q1, 0, 2));
  v128.store(target + columnBytes, v128.shuffle<u64>(q0, q1, 1, 3));
  v128.store(target + 2 * columnBytes, v128.shuffle<u64>(q2, q3, 0, 2));
  v128.store(target + 3 * columnBytes, v128.shuffle<u64>(q2, q3, 1, 3));
}
