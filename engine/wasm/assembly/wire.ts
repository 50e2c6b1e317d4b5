// What travels between a coordinator and its workers: thresholds in 16 bits and back, and the moves of weights between two versions in codes of
// 2, 4 or 8 bits (ebm/rbm/factors.ts and difference.ts have the forms, and the plain loops that these kernels are tested against).

/**
 * From int32 thresholds [count, 16] to 16 bits each, 32 bytes every `stride`; a bit of the uint16 every `fullStride` where one is 65536. Of
 * columns from `columns` on nothing is left.
 */
export function narrowThresholds(thresholds: usize, count: i32, columns: i32, out: usize, stride: usize, full: usize, fullStride: usize): void {
  const limit = i32x4.splat(columns);
  const keep0 = i32x4.gt_s(limit, i32x4(0, 1, 2, 3));
  const keep1 = i32x4.gt_s(limit, i32x4(4, 5, 6, 7));
  const keep2 = i32x4.gt_s(limit, i32x4(8, 9, 10, 11));
  const keep3 = i32x4.gt_s(limit, i32x4(12, 13, 14, 15));
  const most = i32x4.splat(65536);
  for (let sample = 0; sample < count; sample++) {
    const a = v128.and(v128.load(thresholds), keep0);
    const b = v128.and(v128.load(thresholds, 16), keep1);
    const c = v128.and(v128.load(thresholds, 32), keep2);
    const d = v128.and(v128.load(thresholds, 48), keep3);
    const fa = i32x4.eq(a, most);
    const fb = i32x4.eq(b, most);
    const fc = i32x4.eq(c, most);
    const fd = i32x4.eq(d, most);
    v128.store(out, i16x8.narrow_i32x4_u(v128.andnot(a, fa), v128.andnot(b, fb)));
    v128.store(out, i16x8.narrow_i32x4_u(v128.andnot(c, fc), v128.andnot(d, fd)), 16);
    store<u16>(full, <u16>i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(fa, fb), i16x8.narrow_i32x4_s(fc, fd))));
    thresholds += 64;
    out += stride;
    full += fullStride;
  }
}

/** The way back: `full` 0 = no threshold is 65536. */
export function widenThresholds(from: usize, stride: usize, full: usize, fullStride: usize, count: i32, out: usize): void {
  const bits0 = i32x4(1, 2, 4, 8);
  const bits1 = i32x4(16, 32, 64, 128);
  const bits2 = i32x4(256, 512, 1024, 2048);
  const bits3 = i32x4(4096, 8192, 16384, 32768);
  for (let sample = 0; sample < count; sample++) {
    const low = v128.load(from);
    const high = v128.load(from, 16);
    let a = i32x4.extend_low_i16x8_u(low);
    let b = i32x4.extend_high_i16x8_u(low);
    let c = i32x4.extend_low_i16x8_u(high);
    let d = i32x4.extend_high_i16x8_u(high);
    const marks: u32 = full ? load<u16>(full) : 0;
    if (marks) {
      const mark = i32x4.splat(marks);
      a = raised(a, mark, bits0);
      b = raised(b, mark, bits1);
      c = raised(c, mark, bits2);
      d = raised(d, mark, bits3);
    }
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
    from += stride;
    out += 64;
    if (full) full += fullStride;
  }
}

/** 65536 in the lanes whose bit is set. */
@inline
function raised(x: v128, mark: v128, bits: v128): v128 {
  return v128.bitselect(i32x4.splat(65536), x, i32x4.eq(v128.and(mark, bits), bits));
}

/**
 * Codes of rows [0, visible) of two versions in blocks of 32 columns (`blockBytes` each): `codes` gets a row every `rowBytes` and up to 31 bytes
 * after the last, `escapes` up to 14 bytes after the last; returns the number of escapes written. `counts` gets how many weights moved by more
 * than 1, 7 and 127, as three int32: whether the bits were the best is known afterwards. `packing` is what fillPacking made.
 */
export function encodeMoves(
  base: usize, next: usize, blockBytes: usize, visible: i32, blocks: i32, bits: i32, codes: usize, rowBytes: usize, escapes: usize, packing: usize, counts: usize,
): i32 {
  const largest = i16x8.splat(<i16>(-1 - lowestStep(bits)));
  const lowest = i8x16.splat(<i8>lowestStep(bits));
  const first = escapes;
  let beyond1 = i32x4.splat(0);
  let beyond7 = i32x4.splat(0);
  let beyond127 = i32x4.splat(0);
  for (let row = 0; row < visible; row++) {
    let out = codes;
    let a = base;
    let b = next;
    let c1 = i16x8.splat(0); // a row has fewer than 2^15 vectors
    let c7 = i16x8.splat(0);
    let c127 = i16x8.splat(0);
    for (let half = 0; half < 2 * blocks; half++) {
      const n0 = v128.load(b);
      const n1 = v128.load(b, 16);
      const d0 = i16x8.sub(n0, v128.load(a));
      const d1 = i16x8.sub(n1, v128.load(a, 16));
      const s0 = i16x8.abs(d0);
      const s1 = i16x8.abs(d1);
      c1 = i16x8.sub(i16x8.sub(c1, i16x8.gt_u(s0, i16x8.splat(1))), i16x8.gt_u(s1, i16x8.splat(1)));
      c7 = i16x8.sub(i16x8.sub(c7, i16x8.gt_u(s0, i16x8.splat(7))), i16x8.gt_u(s1, i16x8.splat(7)));
      c127 = i16x8.sub(i16x8.sub(c127, i16x8.gt_u(s0, i16x8.splat(127))), i16x8.gt_u(s1, i16x8.splat(127)));
      const e = i8x16.narrow_i16x8_s(i16x8.gt_u(s0, largest), i16x8.gt_u(s1, largest));
      const mask = i8x16.bitmask(e);
      // Without asking whether there are any: about every other vector has one, and a wrong guess costs more.
      v128.store(escapes, i8x16.swizzle(n0, v128.load(packing + (<usize>(~mask & 255) << 4))));
      escapes += <usize>popcnt(mask & 255) << 1;
      v128.store(escapes, i8x16.swizzle(n1, v128.load(packing + (<usize>(~(mask >> 8) & 255) << 4))));
      escapes += <usize>popcnt(mask >> 8) << 1;
      out = pack(v128.bitselect(lowest, i8x16.narrow_i16x8_s(d0, d1), e), bits, out);
      if (half & 1) {
        a += blockBytes - 32;
        b += blockBytes - 32;
      } else {
        a += 32;
        b += 32;
      }
    }
    beyond1 = i32x4.add(beyond1, i32x4.extadd_pairwise_i16x8_u(c1));
    beyond7 = i32x4.add(beyond7, i32x4.extadd_pairwise_i16x8_u(c7));
    beyond127 = i32x4.add(beyond127, i32x4.extadd_pairwise_i16x8_u(c127));
    codes += rowBytes;
    base += 64;
    next += 64;
  }
  store<i32>(counts, lanes(beyond1));
  store<i32>(counts, lanes(beyond7), 4);
  store<i32>(counts, lanes(beyond127), 8);
  return <i32>((escapes - first) >> 1);
}

@inline
function lanes(x: v128): i32 {
  return i32x4.extract_lane(x, 0) + i32x4.extract_lane(x, 1) + i32x4.extract_lane(x, 2) + i32x4.extract_lane(x, 3);
}

/** The step that stands for an escape. */
@inline
function lowestStep(bits: i32): i32 {
  return -((<i32>1) << (bits - 1));
}

/** Sixteen steps as codes; returns the place after them. */
@inline
function pack(v: v128, bits: i32, out: usize): usize {
  if (bits == 8) {
    v128.store(out, v);
    return out + 16;
  }
  if (bits == 4) {
    const n = v128.and(v, i8x16.splat(15));
    const t = v128.or(n, i16x8.shr_u(n, 4));
    const packed = v128.shuffle<u8>(t, t, 0, 2, 4, 6, 8, 10, 12, 14, 0, 2, 4, 6, 8, 10, 12, 14);
    store<u64>(out, i64x2.extract_lane(packed, 0));
    return out + 8;
  }
  const n = v128.and(v, i8x16.splat(3));
  const t = v128.and(v128.or(n, i16x8.shr_u(n, 6)), i16x8.splat(15));
  const u = v128.or(t, i32x4.shr_u(t, 12));
  const packed = v128.shuffle<u8>(u, u, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
  store<u32>(out, i32x4.extract_lane(packed, 0));
  return out + 4;
}

/**
 * The way back, to blocks of the same size, at `next`: returns the escapes that the codes name, whatever their number; from `escapeCount` on they
 * are read as 0. What lies beyond the last row and column is left as it is. `spreading` is what fillSpreading made.
 */
export function decodeMoves(
  base: usize, next: usize, blockBytes: usize, visible: i32, hidden: i32, bits: i32, codes: usize, rowBytes: usize, escapes: usize, escapeCount: i32, spreading: usize,
): i32 {
  let escaped = 0;
  for (let row = 0; row < visible; row++) {
    let source = codes;
    let column = 0;
    for (; column + 16 <= hidden; column += 16) {
      const at = <usize>(column >> 5) * blockBytes + <usize>(column & 31) * 2;
      const v = unpack(source, bits);
      source += <usize>(bits << 1);
      const e = i8x16.eq(v, i8x16.splat(<i8>lowestStep(bits)));
      const x0 = i16x8.add(v128.load(base + at), i16x8.extend_low_i8x16_s(v));
      const x1 = i16x8.add(v128.load(base + at, 16), i16x8.extend_high_i8x16_s(v));
      if (escaped + 16 <= escapeCount) { // all that a vector may read are there: without asking whether it has any
        const mask = i8x16.bitmask(e);
        const place = escapes + 2 * <usize>escaped;
        const low = popcnt(mask & 255);
        const y0 = i8x16.swizzle(v128.load(place), v128.load(spreading + (<usize>(mask & 255) << 4)));
        const y1 = i8x16.swizzle(v128.load(place + 2 * <usize>low), v128.load(spreading + (<usize>(mask >> 8) << 4)));
        v128.store(next + at, v128.bitselect(y0, x0, i16x8.extend_low_i8x16_s(e)));
        v128.store(next + at, v128.bitselect(y1, x1, i16x8.extend_high_i8x16_s(e)), 16);
        escaped += low + popcnt(mask >> 8);
        continue;
      }
      v128.store(next + at, x0);
      v128.store(next + at, x1, 16);
      for (let mask = i8x16.bitmask(e); mask; mask &= mask - 1) {
        store<i16>(next + at + 2 * <usize>ctz(mask), escaped < escapeCount ? load<i16>(escapes + 2 * <usize>escaped) : 0);
        escaped++;
      }
    }
    for (let bit = 0; column < hidden; column++) {
      const raw = <i32>load<u8>(source + <usize>(bit >> 3)) >> (bit & 7);
      const step = (raw << (32 - bits)) >> (32 - bits);
      bit += bits;
      const at = <usize>(column >> 5) * blockBytes + <usize>(column & 31) * 2;
      if (step == lowestStep(bits)) {
        store<i16>(next + at, escaped < escapeCount ? load<i16>(escapes + 2 * <usize>escaped) : 0);
        escaped++;
      } else store<i16>(next + at, <i16>(<i32>load<i16>(base + at) + step));
    }
    codes += rowBytes;
    base += 64;
    next += 64;
  }
  return escaped;
}

/** Fills the 256 * 16 bytes that `decodeMoves` spreads with: row m moves uint16 lanes, from the first on, to the lanes whose bit of m is 1. */
export function fillSpreading(spreading: usize): void {
  for (let mask: usize = 0; mask < 256; mask++) {
    let from: usize = 0;
    for (let lane: usize = 0; lane < 8; lane++) {
      const place = spreading + (mask << 4) + 2 * lane;
      const isSet = ((mask >> lane) & 1) != 0;
      store<u8>(place, isSet ? <u8>from : 0x80);
      store<u8>(place, isSet ? <u8>(from + 1) : 0x80, 1);
      if (isSet) from += 2;
    }
  }
}

/** Sixteen steps from codes. */
@inline
function unpack(source: usize, bits: i32): v128 {
  if (bits == 8) return v128.load(source);
  if (bits == 4) {
    const b = i16x8.extend_low_i8x16_u(v128.load_zero<u64>(source));
    const n = v128.or(v128.and(b, i16x8.splat(15)), v128.and(i16x8.shl(b, 4), i16x8.splat(0x0f00)));
    return i8x16.sub(v128.xor(n, i8x16.splat(8)), i8x16.splat(8));
  }
  const w = i8x16.swizzle(v128.load_zero<u32>(source), i8x16(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3));
  const field = v128.and(w, i8x16(3, 12, 48, -64, 3, 12, 48, -64, 3, 12, 48, -64, 3, 12, 48, -64));
  const minus = i8x16.eq(field, i8x16(3, 12, 48, -64, 3, 12, 48, -64, 3, 12, 48, -64, 3, 12, 48, -64));
  const plus = i8x16.eq(field, i8x16(1, 4, 16, 64, 1, 4, 16, 64, 1, 4, 16, 64, 1, 4, 16, 64));
  const escape = i8x16.eq(field, i8x16(2, 8, 32, -128, 2, 8, 32, -128, 2, 8, 32, -128, 2, 8, 32, -128));
  return i8x16.sub(i8x16.sub(minus, plus), v128.and(escape, i8x16.splat(2)));
}
