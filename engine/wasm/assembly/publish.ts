// Publishing a version: masters rounded to the grid, in the two orders that kernels read, and the sums of |W| that bound what they add in int16.
// Works on strips of eight rows, in blocks of 64. Values at or beyond 32767 are only flagged: the owner then decides exactly.
import { Step, moveStrip, openColumns } from './step';

/** Laid out by the owner as consecutive 32-bit words. */
@unmanaged
export class Grid {
  /** float32 [visible, hidden]; 0: weights are given as they are. */
  masters: usize;
  /** int16 [visible, hidden], where there are no masters; 0: they are in their blocks already. */
  plain: usize;
  /** The weights by blocks of 32 columns: int16 [hidden blocks, visible rounded up to 8, 32]. */
  blocked: usize;
  /** The transpose by blocks of 32 of its columns: int16 [visible blocks, hidden rounded up to 8, 32]. */
  transposed: usize;
  /** Bytes of one block of 32 in each. */
  blockedBytes: usize;
  transposedBytes: usize;
  visible: i32;
  hidden: i32;
  /** The grid exponent g. */
  grid: i32;
  /** int32 [row blocks of 64, column blocks of 32]: the largest sum of |x| down a column. */
  columnBounds: usize;
  /** int32 [column blocks of 64, row blocks of 32]: the largest sum of |x| along a row. */
  rowBounds: usize;
  /** int32 [row blocks of 64, column blocks of 64]: the largest |x| of the part that starts there. */
  largest: usize;
  /** Scratch: moves of a strip (2 KiB), the largest |x| (16 bytes), then sums of |x| down the columns, uint16 [hidden rounded up to 8]. */
  scratch: usize;
}

const LARGEST: usize = 2048;
const SUMS: usize = LARGEST + 16;

/** Publishes rows [fromRow, toRow), at most 64 from a multiple of 64, of columns [fromColumn, toColumn), from a multiple of 64. */
export function publishPart(g: Grid, fromRow: i32, toRow: i32, fromColumn: i32, toColumn: i32): void {
  openBounds(g, fromRow, fromColumn, toColumn);
  for (let from = fromColumn; from < toColumn; from += 64) {
    const to = min<i32>(from + 64, toColumn);
    for (let row = fromRow; row < toRow; row += 8) publishStrip(g, row, min<i32>(8, toRow - row), from, to);
  }
  closeBounds(g, fromRow, fromColumn, toColumn);
}

/** Moves the same part first, strip by strip, so that a strip is published while it is near. */
export function stepPart(s: Step, g: Grid, fromRow: i32, toRow: i32, fromColumn: i32, toColumn: i32): void {
  openColumns(s, fromRow, fromColumn, toColumn);
  openBounds(g, fromRow, fromColumn, toColumn);
  for (let from = fromColumn; from < toColumn; from += 64) {
    const to = min<i32>(from + 64, toColumn);
    for (let row = fromRow; row < toRow; row += 8) {
      const rows = min<i32>(8, toRow - row);
      moveStrip(s, row, rows, from, to, g.scratch);
      publishStrip(g, row, rows, from, to);
    }
  }
  closeBounds(g, fromRow, fromColumn, toColumn);
}

@inline
function columnBoundAt(g: Grid, row: i32, column: i32): usize {
  return g.columnBounds + (<usize>((row >> 6) * ((g.hidden + 31) >> 5) + (column >> 5)) << 2);
}

@inline
function rowBoundAt(g: Grid, row: i32, column: i32): usize {
  return g.rowBounds + (<usize>((column >> 6) * ((g.visible + 31) >> 5) + (row >> 5)) << 2);
}

function openBounds(g: Grid, row: i32, from: i32, to: i32): void {
  v128.store(g.scratch + LARGEST, i16x8.splat(0));
  memory.fill(g.scratch + SUMS + (<usize>from << 1), 0, (<usize>(to - from) + 7) << 1);
  for (let column = from; column < to; column += 64) {
    store<i32>(rowBoundAt(g, row, column), 0);
    if (row + 32 < g.visible) store<i32>(rowBoundAt(g, row + 32, column), 0);
  }
}

/** The largest sum down the columns of each block of 32; the largest |x| is noted once for the whole part. */
function closeBounds(g: Grid, row: i32, from: i32, to: i32): void {
  for (let block = from; block < to; block += 32) {
    let largest = i16x8.splat(0);
    for (let column = block; column < min<i32>(block + 32, to); column += 8) {
      largest = i16x8.max_u(largest, v128.load(g.scratch + SUMS + (<usize>column << 1)));
    }
    store<i32>(columnBoundAt(g, row, block), maxOf8(largest));
  }
  store<i32>(g.largest + (<usize>((row >> 6) * ((g.hidden + 63) >> 6) + (from >> 6)) << 2), maxOf8(v128.load(g.scratch + LARGEST)));
}

@inline
function maxOf8(x: v128): i32 {
  x = i16x8.max_u(x, v128.shuffle<u64>(x, x, 1, 0));
  x = i16x8.max_u(x, v128.shuffle<u32>(x, x, 1, 0, 3, 2));
  return max<i32>(<i32>i16x8.extract_lane_u(x, 0), <i32>i16x8.extract_lane_u(x, 1));
}

/** Publishes columns [from, to), at most 64 from a multiple of 64, of up to eight rows. */
function publishStrip(g: Grid, row: i32, rows: i32, from: i32, to: i32): void {
  let sums = i16x8.splat(0);
  let column = from;
  if (rows == 8 && g.masters) {
    for (; column + 8 <= to; column += 8) {
      roundEight(g, row, column);
      sums = transposeEight(g, row, column, sums);
    }
  } else if (rows == 8 && g.plain) {
    for (; column + 8 <= to; column += 8) {
      copyEight(g, row, column);
      sums = transposeEight(g, row, column, sums);
    }
  }
  for (; column < to; column += 8) {
    if (g.masters | g.plain) copySome(g, row, rows, column, min<i32>(8, to - column));
    sums = transposeEight(g, row, column, sums);
  }
  const out = rowBoundAt(g, row, from);
  store<i32>(out, max<i32>(load<i32>(out), maxOf8(sums)));
}

/**
 * Eight integers: nearest, ties to even. Adding 1.5 * 2^(23 - g) leaves x 2^g in the low bits of the sum; whatever int16 does not hold, NaN
 * included, is saturated.
 */
@inline
function roundedAt(source: usize, magic: v128): v128 {
  const low = i32x4.sub(f32x4.add(v128.load(source), magic), magic);
  const high = i32x4.sub(f32x4.add(v128.load(source, 16), magic), magic);
  return i16x8.narrow_i32x4_s(low, high);
}

/** 1.5 * 2^(23 - g) as bits. */
@inline
function magicOf(g: Grid): i32 {
  return 0x4b400000 - (g.grid << 23);
}

/** Rounds eight rows of eight columns. */
@inline
function roundEight(g: Grid, row: i32, column: i32): void {
  const magic = i32x4.splat(magicOf(g));
  const rowBytes = <usize>g.hidden << 2;
  let source = g.masters + <usize>row * rowBytes + (<usize>column << 2);
  let block = g.blocked + <usize>(column >> 5) * g.blockedBytes + (<usize>row << 6) + (<usize>(column & 31) << 1);
  for (let r = 0; r < 8; r++) {
    v128.store(block, roundedAt(source, magic));
    source += rowBytes;
    block += 64;
  }
}

/** Copies eight rows of eight columns. */
@inline
function copyEight(g: Grid, row: i32, column: i32): void {
  const rowBytes = <usize>g.hidden << 1;
  let source = g.plain + <usize>row * rowBytes + (<usize>column << 1);
  let block = g.blocked + <usize>(column >> 5) * g.blockedBytes + (<usize>row << 6) + (<usize>(column & 31) << 1);
  for (let r = 0; r < 8; r++) {
    v128.store(block, v128.load(source));
    source += rowBytes;
    block += 64;
  }
}

/** Either for strips and columns that are not whole: element by element. */
function copySome(g: Grid, row: i32, rows: i32, column: i32, columns: i32): void {
  const magic = reinterpret<f32>(magicOf(g));
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const index = <usize>(row + r) * g.hidden + <usize>(column + c);
      let x: i32;
      if (g.masters) {
        x = reinterpret<i32>(load<f32>(g.masters + (index << 2)) + magic) - magicOf(g);
        x = max<i32>(-32768, min<i32>(32767, x));
      } else {
        x = <i32>load<i16>(g.plain + (index << 1));
      }
      store<i16>(g.blocked + <usize>(column >> 5) * g.blockedBytes + (<usize>(row + r) << 6) + (<usize>((column + c) & 31) << 1), <i16>x);
    }
  }
}

/**
 * Writes the transpose of eight by eight of the blocked weights, which are 0 beyond the last row and column. On the way: the sums of |x| of
 * the columns, and of the rows (returned, the eight rows' lanes added to `sums`), and the largest |x|.
 */
@inline
function transposeEight(g: Grid, row: i32, column: i32, sums: v128): v128 {
  const source = g.blocked + <usize>(column >> 5) * g.blockedBytes + (<usize>row << 6) + (<usize>(column & 31) << 1);
  const target = g.transposed + <usize>(row >> 5) * g.transposedBytes + (<usize>(row & 31) << 1) + (<usize>column << 6);
  const r0 = v128.load(source);
  const r1 = v128.load(source, 64);
  const r2 = v128.load(source, 128);
  const r3 = v128.load(source, 192);
  const r4 = v128.load(source, 256);
  const r5 = v128.load(source, 320);
  const r6 = v128.load(source, 384);
  const r7 = v128.load(source, 448);
  addColumns(g.scratch, column, r0, r1, r2, r3);
  addColumns(g.scratch, column, r4, r5, r6, r7);
  const a0 = v128.shuffle<u16>(r0, r1, 0, 8, 1, 9, 2, 10, 3, 11);
  const a1 = v128.shuffle<u16>(r2, r3, 0, 8, 1, 9, 2, 10, 3, 11);
  const a2 = v128.shuffle<u16>(r4, r5, 0, 8, 1, 9, 2, 10, 3, 11);
  const a3 = v128.shuffle<u16>(r6, r7, 0, 8, 1, 9, 2, 10, 3, 11);
  sums = storeColumns(target, sums, a0, a1, a2, a3);
  const b0 = v128.shuffle<u16>(r0, r1, 4, 12, 5, 13, 6, 14, 7, 15);
  const b1 = v128.shuffle<u16>(r2, r3, 4, 12, 5, 13, 6, 14, 7, 15);
  const b2 = v128.shuffle<u16>(r4, r5, 4, 12, 5, 13, 6, 14, 7, 15);
  const b3 = v128.shuffle<u16>(r6, r7, 4, 12, 5, 13, 6, 14, 7, 15);
  return storeColumns(target + 256, sums, b0, b1, b2, b3);
}

/** Adds |x| of four rows of eight columns to the columns' sums, saturating at 65535. */
@inline
function addColumns(scratch: usize, column: i32, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const a0 = i16x8.abs(r0);
  const a1 = i16x8.abs(r1);
  const a2 = i16x8.abs(r2);
  const a3 = i16x8.abs(r3);
  const target = scratch + SUMS + (<usize>column << 1);
  v128.store(target, i16x8.add_sat_u(v128.load(target), i16x8.add_sat_u(i16x8.add_sat_u(a0, a1), i16x8.add_sat_u(a2, a3))));
  const largest = i16x8.max_u(i16x8.max_u(a0, a1), i16x8.max_u(a2, a3));
  v128.store(scratch + LARGEST, i16x8.max_u(v128.load(scratch + LARGEST), largest));
}

/** Four columns from four vectors of interleaved row pairs. */
@inline
function storeColumns(target: usize, sums: v128, p0: v128, p1: v128, p2: v128, p3: v128): v128 {
  const q0 = v128.shuffle<u32>(p0, p1, 0, 4, 1, 5);
  const q1 = v128.shuffle<u32>(p2, p3, 0, 4, 1, 5);
  const q2 = v128.shuffle<u32>(p0, p1, 2, 6, 3, 7);
  const q3 = v128.shuffle<u32>(p2, p3, 2, 6, 3, 7);
  const c0 = v128.shuffle<u64>(q0, q1, 0, 2);
  const c1 = v128.shuffle<u64>(q0, q1, 1, 3);
  const c2 = v128.shuffle<u64>(q2, q3, 0, 2);
  const c3 = v128.shuffle<u64>(q2, q3, 1, 3);
  v128.store(target, c0);
  v128.store(target, c1, 64);
  v128.store(target, c2, 128);
  v128.store(target, c3, 192);
  sums = i16x8.add_sat_u(i16x8.add_sat_u(sums, i16x8.abs(c0)), i16x8.abs(c1));
  return i16x8.add_sat_u(i16x8.add_sat_u(sums, i16x8.abs(c2)), i16x8.abs(c3));
}
