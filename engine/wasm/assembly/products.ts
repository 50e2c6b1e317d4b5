// Sums of the rows of W that a sample's set bits name, for a block of 32 columns, in int16 lanes.
// Rows are taken in groups of four: a table holds the 16 partial sums of each group, so a sample adds one table row a nonzero nibble.
// Owns no memory; the caller guarantees that no partial sum leaves int16 (EXACT.md, Pre-activations).
import { RUN_PADDING } from './programs';

/** Builds the tables of `groups` groups of four rows of 64 bytes: entry (group, nibble) is 64 bytes at table + (16 group + nibble) 64. */
export function buildTables(weights: usize, groups: i32, table: usize): void {
  for (let group = 0; group < groups; group++) {
    for (let column: usize = 0; column < 64; column += 16) {
      const source = weights + column;
      const target = table + column;
      const a = v128.load(source);
      const b = v128.load(source, 64);
      const c = v128.load(source, 128);
      const d = v128.load(source, 192);
      v128.store(target, i16x8.splat(0));
      v128.store(target, a, 64);
      v128.store(target, b, 128);
      const ab = i16x8.add(a, b);
      v128.store(target, ab, 192);
      v128.store(target, c, 256);
      const ac = i16x8.add(a, c);
      v128.store(target, ac, 320);
      const bc = i16x8.add(b, c);
      v128.store(target, bc, 384);
      const abc = i16x8.add(ab, c);
      v128.store(target, abc, 448);
      v128.store(target, d, 512);
      v128.store(target, i16x8.add(a, d), 576);
      v128.store(target, i16x8.add(b, d), 640);
      v128.store(target, i16x8.add(ab, d), 704);
      v128.store(target, i16x8.add(c, d), 768);
      v128.store(target, i16x8.add(ac, d), 832);
      v128.store(target, i16x8.add(bc, d), 896);
      v128.store(target, i16x8.add(abc, d), 960);
    }
    weights += 256;
    table += 1024;
  }
}

/**
 * Runs a program (programs.ts) over tables: adds to each target's 32 int16 accumulators (64 bytes a target at `sums`) the table rows it
 * lists; `fresh` not 0: they start from 0 whatever was there.
 */
export function addTables(program: usize, table: usize, sums: usize, fresh: i32): void {
  if (fresh) addRows(program, table, sums, true);
  else addRows(program, table, sums, false);
}

@inline
function addRows(program: usize, table: usize, sums: usize, fresh: bool): void {
  for (;;) {
    let count = <i32>load<u16>(program);
    if (count == 0) return;
    const length: usize = load<u16>(program, 2);
    program += 4;
    for (; count > 0; count--) {
      const target = sums + (<usize>load<u16>(program) << 6);
      let a = fresh ? i16x8.splat(0) : v128.load(target);
      let b = fresh ? i16x8.splat(0) : v128.load(target, 16);
      let c = fresh ? i16x8.splat(0) : v128.load(target, 32);
      let d = fresh ? i16x8.splat(0) : v128.load(target, 48);
      program += 2;
      const end = program + length * 2;
      // one entry a round: with more, V8 loads all rows before it adds any, and spills
      if (!fresh || length) do {
        const row = table + <usize>load<u16>(program);
        a = i16x8.add(a, v128.load(row));
        b = i16x8.add(b, v128.load(row, 16));
        c = i16x8.add(c, v128.load(row, 32));
        d = i16x8.add(d, v128.load(row, 48));
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

/** Adds int16 accumulators to int32 ones and clears them. `lanes` is a multiple of 8. */
export function widen(sums: usize, wide: usize, lanes: i32): void {
  for (let lane = 0; lane < lanes; lane += 8) {
    const x = v128.load(sums);
    v128.store(wide, i32x4.add(v128.load(wide), i32x4.extend_low_i16x8_s(x)));
    v128.store(wide, i32x4.add(v128.load(wide, 16), i32x4.extend_high_i16x8_s(x)), 16);
    v128.store(sums, i16x8.splat(0));
    sums += 16;
    wide += 32;
  }
}

/** Starts int32 accumulators, 128 bytes a sample, from the biases of 32 units. */
export function startWide(bias: usize, wide: usize, samples: i32): void {
  for (let sample = 0; sample < samples; sample++) {
    for (let at: usize = 0; at < 128; at += 16) v128.store(wide + at, v128.load(bias + at));
    wide += 128;
  }
}

/** Pre-activations int32 of 32 units from what the sums above left: rows of 128 bytes at `out`. `wide` 0: nothing was widened. */
export function finishSums(sums: usize, wide: usize, bias: usize, samples: i32, out: usize): void {
  for (let sample = 0; sample < samples; sample++) {
    for (let at: usize = 0; at < 64; at += 16) {
      const x = v128.load(sums + at);
      const base = wide != 0 ? wide + 2 * at : bias + 2 * at;
      v128.store(out + 2 * at, i32x4.add(v128.load(base), i32x4.extend_low_i16x8_s(x)));
      v128.store(out + 2 * at, i32x4.add(v128.load(base, 16), i32x4.extend_high_i16x8_s(x)), 16);
    }
    sums += 64;
    if (wide != 0) wide += 128;
    out += 128;
  }
}

/** Exact but slow: adds the set rows of [fromRow, toRow) of every sample to 32 int32 accumulators (128 bytes a sample). */
export function addRowsWide(bits: usize, bitsStride: usize, samples: i32, weights: usize, fromRow: i32, toRow: i32, wide: usize): void {
  for (let sample = 0; sample < samples; sample++) {
    for (let row = fromRow; row < toRow; row++) {
      if (!((<i32>load<u8>(bits + <usize>(row >> 3)) >> (row & 7)) & 1)) continue;
      const source = weights + (<usize>row << 6);
      for (let lane: usize = 0; lane < 4; lane++) {
        const x = v128.load(source + lane * 16);
        const target = wide + lane * 32;
        v128.store(target, i32x4.add(v128.load(target), i32x4.extend_low_i16x8_s(x)));
        v128.store(target, i32x4.add(v128.load(target, 16), i32x4.extend_high_i16x8_s(x)), 16);
      }
    }
    bits += bitsStride;
    wide += 128;
  }
}
