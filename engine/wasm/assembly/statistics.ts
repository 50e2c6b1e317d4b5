// Sums of v times thresholds over samples (EXACT.md, Statistics), for 16 hidden units at a time, and what prepares them.
// Samples are taken in groups of four: a table holds the 16 partial sums of each group's thresholds, and each visible unit adds one
// table row for each group in which it is on. Model sums enter with a minus when the difference of the phases is wanted.
import { RUN_PADDING } from './programs';

/**
 * Builds the tables of `groups` groups of four samples: `thresholds` int32 [samples, 16]; entry (group, nibble) is 64 bytes.
 * `sign` is 1 or -1. Rows of samples beyond the last must be zero or never named.
 */
export function buildThresholdTables(thresholds: usize, groups: i32, sign: i32, table: usize): void {
  const flip = i32x4.splat(sign < 0 ? -1 : 0);
  for (let group = 0; group < groups; group++) {
    for (let column: usize = 0; column < 64; column += 16) {
      const source = thresholds + column;
      const target = table + column;
      const a = i32x4.sub(v128.xor(v128.load(source), flip), flip);
      const b = i32x4.sub(v128.xor(v128.load(source, 64), flip), flip);
      const c = i32x4.sub(v128.xor(v128.load(source, 128), flip), flip);
      const d = i32x4.sub(v128.xor(v128.load(source, 192), flip), flip);
      v128.store(target, i32x4.splat(0));
      v128.store(target, a, 64);
      v128.store(target, b, 128);
      const ab = i32x4.add(a, b);
      v128.store(target, ab, 192);
      v128.store(target, c, 256);
      const ac = i32x4.add(a, c);
      v128.store(target, ac, 320);
      const bc = i32x4.add(b, c);
      v128.store(target, bc, 384);
      const abc = i32x4.add(ab, c);
      v128.store(target, abc, 448);
      v128.store(target, d, 512);
      v128.store(target, i32x4.add(a, d), 576);
      v128.store(target, i32x4.add(b, d), 640);
      v128.store(target, i32x4.add(ab, d), 704);
      v128.store(target, i32x4.add(c, d), 768);
      v128.store(target, i32x4.add(ac, d), 832);
      v128.store(target, i32x4.add(bc, d), 896);
      v128.store(target, i32x4.add(abc, d), 960);
    }
    thresholds += 256;
    table += 1024;
  }
}

/** Sets 128 bytes every `stride` to 0. */
export function clearBlock(out: usize, stride: usize, rows: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < 128; at += 16) v128.store(out + at, i32x4.splat(0));
    out += stride;
  }
}

/**
 * Adds to each visible unit's 16 int32 sums (64 bytes at out + unit * stride) the table rows that the program lists for it; `fresh` not 0:
 * sums start from 0 whatever was there.
 */
export function addThresholdTables(program: usize, table: usize, out: usize, stride: usize, fresh: i32): void {
  if (fresh) addRows(program, table, out, stride, true);
  else addRows(program, table, out, stride, false);
}

@inline
function addRows(program: usize, table: usize, out: usize, stride: usize, fresh: bool): void {
  for (;;) {
    let count = <i32>load<u16>(program);
    if (count == 0) return;
    const length: usize = load<u16>(program, 2);
    program += 4;
    for (; count > 0; count--) {
      const target = out + <usize>load<u16>(program) * stride;
      let a = fresh ? i32x4.splat(0) : v128.load(target);
      let b = fresh ? i32x4.splat(0) : v128.load(target, 16);
      let c = fresh ? i32x4.splat(0) : v128.load(target, 32);
      let d = fresh ? i32x4.splat(0) : v128.load(target, 48);
      program += 2;
      const end = program + length * 2;
      // one entry a round: with more, V8 loads all rows before it adds any, and spills
      if (!fresh || length) do {
        const row = table + <usize>load<u16>(program);
        a = i32x4.add(a, v128.load(row));
        b = i32x4.add(b, v128.load(row, 16));
        c = i32x4.add(c, v128.load(row, 32));
        d = i32x4.add(d, v128.load(row, 48));
        program += 2;
      } while (program < end);
      v128.store(target, a);
      v128.store(target, b, 16);
      v128.store(target, c, 32);
      v128.store(target, d, 48);
    }
    program += RUN_PADDING;
  }
}

/** Adds `samples` rows of 16 int32 thresholds: float64 sums [16] are added to `out`. */
export function addHiddenSums(thresholds: usize, samples: i32, out: usize): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    let source = thresholds + (lane << 4);
    const target = out + (lane << 5);
    let low = v128.load(target);
    let high = v128.load(target, 16);
    let left = samples;
    while (left > 0) {
      const part = left < 32767 ? left : 32767;
      let sum = i32x4.splat(0);
      for (let sample = 0; sample < part; sample++) {
        sum = i32x4.add(sum, v128.load(source));
        source += 64;
      }
      low = f64x2.add(low, f64x2.convert_low_i32x4_s(sum));
      high = f64x2.add(high, f64x2.convert_low_i32x4_s(v128.shuffle<u64>(sum, sum, 1, 0)));
      left -= part;
    }
    v128.store(target, low);
    v128.store(target, high, 16);
  }
}

/**
 * Transposes packed bits into sample masks: bit s of the mask at out + (u - 8 fromByte) * outStride is unit u of sample s, for units
 * [8 fromByte, 8 toByte), from bits + s * stride. Masks are whole 64-bit words; bits beyond `samples` are 0. Reads up to 7 bytes beyond a row.
 */
export function transposeBits(bits: usize, stride: usize, samples: i32, fromByte: usize, toByte: usize, out: usize, outStride: usize): void {
  const slots = (samples + 63) & ~63;
  for (let sample = 0; sample < slots; sample += 8) {
    const source = bits + <usize>sample * stride;
    const count = samples - sample;
    const place = out + (<usize>sample >> 3);
    for (let byte = fromByte; byte < toByte; byte += 8) {
      const columns = <i32>min<usize>(8, toByte - byte);
      transposeEight(source + byte, stride, count, place + (byte - fromByte) * 8 * outStride, outStride, columns);
    }
  }
}

/** Eight samples of eight bytes: byte c of all samples together, then one bit of each at a time. */
@inline
function transposeEight(source: usize, stride: usize, count: i32, out: usize, outStride: usize, columns: i32): void {
  const zero = i64x2.splat(0);
  const s0 = count > 0 ? v128.load_zero<u64>(source) : zero;
  const s1 = count > 1 ? v128.load_zero<u64>(source + stride) : zero;
  const s2 = count > 2 ? v128.load_zero<u64>(source + 2 * stride) : zero;
  const s3 = count > 3 ? v128.load_zero<u64>(source + 3 * stride) : zero;
  const s4 = count > 4 ? v128.load_zero<u64>(source + 4 * stride) : zero;
  const s5 = count > 5 ? v128.load_zero<u64>(source + 5 * stride) : zero;
  const s6 = count > 6 ? v128.load_zero<u64>(source + 6 * stride) : zero;
  const s7 = count > 7 ? v128.load_zero<u64>(source + 7 * stride) : zero;
  const p0 = v128.shuffle<u8>(s0, s1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const p1 = v128.shuffle<u8>(s2, s3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const p2 = v128.shuffle<u8>(s4, s5, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const p3 = v128.shuffle<u8>(s6, s7, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const q0 = v128.shuffle<u16>(p0, p1, 0, 8, 1, 9, 2, 10, 3, 11);
  const q1 = v128.shuffle<u16>(p0, p1, 4, 12, 5, 13, 6, 14, 7, 15);
  const q2 = v128.shuffle<u16>(p2, p3, 0, 8, 1, 9, 2, 10, 3, 11);
  const q3 = v128.shuffle<u16>(p2, p3, 4, 12, 5, 13, 6, 14, 7, 15);
  writeBits(v128.shuffle<u32>(q0, q2, 0, 4, 1, 5), out, outStride, columns);
  if (columns > 2) writeBits(v128.shuffle<u32>(q0, q2, 2, 6, 3, 7), out + 16 * outStride, outStride, columns - 2);
  if (columns > 4) writeBits(v128.shuffle<u32>(q1, q3, 0, 4, 1, 5), out + 32 * outStride, outStride, columns - 4);
  if (columns > 6) writeBits(v128.shuffle<u32>(q1, q3, 2, 6, 3, 7), out + 48 * outStride, outStride, columns - 6);
}

/** From eight samples of two bytes: one byte of samples for each of 8 or 16 units. */
@inline
function writeBits(x: v128, out: usize, outStride: usize, columns: i32): void {
  for (let bit: usize = 0; bit < 8; bit++) {
    const mask = i8x16.bitmask(x);
    store<u8>(out + (7 - bit) * outStride, <u8>mask);
    if (columns > 1) store<u8>(out + (15 - bit) * outStride, <u8>(mask >> 8));
    x = i8x16.add(x, x);
  }
}

/** Adds to int32 out[u] the set bits of row u: `words` uint64 words at bits + u * stride. */
export function addCounts(bits: usize, stride: usize, words: i32, rows: i32, out: usize): void {
  for (let row = 0; row < rows; row++) {
    let count: u64 = 0;
    for (let word = 0; word < words; word++) count += popcnt(load<u64>(bits + (<usize>word << 3)));
    store<i32>(out, load<i32>(out) + <i32>count);
    bits += stride;
    out += 4;
  }
}
