// From pre-activations to thresholds and bits (EXACT.md, Thresholds, Draws), for 32 consecutive units of a range of samples.
// The table holds U(x) = T(-x) for x >= 0, in 0..32768, so that uint16 entries suffice: T(-x) = U(x), T(x) = 65536 - U(x).
import { drawUnits, fillKeys } from './draws';

/** Sizes and addresses that all samples of a block share; laid out by the owner as consecutive 32-bit words. */
@unmanaged
export class Block {
  /** int16 accumulators, 64 bytes a sample. */
  sums: usize;
  /** int32 accumulators that already hold the bias, 128 bytes a sample; 0 = none was needed. */
  wide: usize;
  /** int32 biases of the 32 units. */
  bias: usize;
  /** U, uint16 [bound + 1] */
  table: usize;
  bound: i32;
  samples: i32;
  /** int32 thresholds of the 32 units, 64 bytes for each of the first and last 16: thresholds + half * thresholdStride + 64 sample; 0 = not wanted. */
  thresholds: usize;
  thresholdStride: usize;
  /** Packed bits of the 32 units, 4 bytes every bitsStride; 0 = no draws. */
  bits: usize;
  bitsStride: usize;
  /** Units of the block that exist, as a mask. */
  mask: u32;
  /** Draws: blocks an id, block of the first unit, first id, half-step, word 3, key. */
  blocksAnId: u32;
  firstBlock: u32;
  firstIdLow: u32;
  firstIdHigh: u32;
  halfStep: u32;
  word3: u32;
  key0: u32;
  key1: u32;
  /** 64 bytes for draws, then a key's table (draws.ts). */
  scratch: usize;
}

/** x of eight units as two int32 vectors would be narrowed: saturated to int16, which loses nothing when bound < 32767. */
@inline
function inputs(block: Block, sums: usize, wide: usize, at: usize): v128 {
  const x = v128.load(sums + at);
  const base = wide != 0 ? wide + 2 * at : block.bias + 2 * at;
  return i16x8.narrow_i32x4_s(
    i32x4.add(v128.load(base), i32x4.extend_low_i16x8_s(x)),
    i32x4.add(v128.load(base, 16), i32x4.extend_high_i16x8_s(x)),
  );
}

/** U of |x| for eight int16 inputs. */
@inline
function lookUp(table: usize, bound: v128, x: v128): v128 {
  const offset = i16x8.shl(i16x8.min_u(i16x8.abs(x), bound), 1);
  const low = <u64>i64x2.extract_lane(offset, 0);
  const high = <u64>i64x2.extract_lane(offset, 1);
  let u = i16x8.splat(0);
  u = v128.load_lane<u16>(table + <usize>(low & 0xffff), u, 0);
  u = v128.load_lane<u16>(table + <usize>((low >> 16) & 0xffff), u, 1);
  u = v128.load_lane<u16>(table + <usize>((low >> 32) & 0xffff), u, 2);
  u = v128.load_lane<u16>(table + <usize>(low >> 48), u, 3);
  u = v128.load_lane<u16>(table + <usize>(high & 0xffff), u, 4);
  u = v128.load_lane<u16>(table + <usize>((high >> 16) & 0xffff), u, 5);
  u = v128.load_lane<u16>(table + <usize>((high >> 32) & 0xffff), u, 6);
  u = v128.load_lane<u16>(table + <usize>(high >> 48), u, 7);
  return u;
}

/** U of |x| for four int32 inputs, any bound. */
@inline
function lookUpWide(table: usize, bound: v128, x: v128, u: v128, lane: i32): v128 {
  const index = i32x4.min_u(i32x4.abs(x), bound);
  const a = table + (<usize>i32x4.extract_lane(index, 0) << 1);
  const b = table + (<usize>i32x4.extract_lane(index, 1) << 1);
  const c = table + (<usize>i32x4.extract_lane(index, 2) << 1);
  const d = table + (<usize>i32x4.extract_lane(index, 3) << 1);
  if (lane == 0) {
    return v128.load_lane<u16>(d, v128.load_lane<u16>(c, v128.load_lane<u16>(b, v128.load_lane<u16>(a, u, 0), 1), 2), 3);
  }
  return v128.load_lane<u16>(d, v128.load_lane<u16>(c, v128.load_lane<u16>(b, v128.load_lane<u16>(a, u, 4), 5), 6), 7);
}

@inline
function lookUpAny(block: Block, sums: usize, wide: usize, at: usize, bound: v128): v128 {
  const x = v128.load(sums + at);
  const base = wide != 0 ? wide + 2 * at : block.bias + 2 * at;
  const low = i32x4.add(v128.load(base), i32x4.extend_low_i16x8_s(x));
  const high = i32x4.add(v128.load(base, 16), i32x4.extend_high_i16x8_s(x));
  return lookUpWide(block.table, bound, high, lookUpWide(block.table, bound, low, i16x8.splat(0), 0), 4);
}

/** Thresholds of eight units as int32: U where x < 0, 65536 - U elsewhere. `negative`: lanes all ones where x < 0. */
@inline
function storeThresholds(out: usize, u: v128, negative: v128): void {
  const one = i32x4.splat(65536);
  const low = i32x4.extend_low_i16x8_u(u);
  const high = i32x4.extend_high_i16x8_u(u);
  v128.store(out, v128.bitselect(low, i32x4.sub(one, low), i32x4.extend_low_i16x8_s(negative)));
  v128.store(out, v128.bitselect(high, i32x4.sub(one, high), i32x4.extend_high_i16x8_s(negative)), 16);
}

/**
 * Lanes all ones where the draw is below T. For x < 0: draw < U. For x >= 0: draw < 65536 - U, the same as not (65535 - draw < U).
 * With e = the draw, complemented for x >= 0: (e >= U) xor negative.
 */
@inline
function on(u: v128, negative: v128, draws: v128): v128 {
  const e = v128.not(v128.xor(draws, negative));
  return v128.xor(i16x8.eq(i16x8.max_u(e, u), e), negative);
}

/** Thresholds and, if asked for, bits of the block's samples. */
export function sampleBlock(block: Block): void {
  if (block.bound < 32767) sampleRange(block, true);
  else sampleRange(block, false);
}

@inline
function sampleRange(block: Block, narrow: bool): void {
  const bound = narrow ? i16x8.splat(<i16>block.bound) : i32x4.splat(block.bound);
  const table = block.table;
  const samples = block.samples;
  const scratch = block.scratch;
  const mask = block.mask;
  const blocksAnId = <u64>block.blocksAnId;
  const halfStep = block.halfStep;
  const word3 = block.word3;
  const keys = scratch + 64;
  const bitsStride = block.bitsStride;
  const thresholdStride = block.thresholdStride;
  if (block.bits) fillKeys(keys, block.key0, block.key1);
  let sums = block.sums;
  let wide = block.wide;
  let thresholds = block.thresholds;
  let bits = block.bits;
  let address = (<u64>block.firstIdLow + (<u64>block.firstIdHigh << 32)) * blocksAnId + <u64>block.firstBlock;
  for (let sample = 0; sample < samples; sample++) {
    if (bits != 0) drawUnits(scratch, address, halfStep, word3, keys);
    let word: u32 = 0;
    for (let half: usize = 0; half < 2; half++) {
      const at = half << 5;
      const x0 = inputs(block, sums, wide, at);
      const x1 = inputs(block, sums, wide, at + 16);
      const u0 = narrow ? lookUp(table, bound, x0) : lookUpAny(block, sums, wide, at, bound);
      const u1 = narrow ? lookUp(table, bound, x1) : lookUpAny(block, sums, wide, at + 16, bound);
      const negative0 = i16x8.shr_s(x0, 15);
      const negative1 = i16x8.shr_s(x1, 15);
      if (thresholds != 0) {
        const out = thresholds + (half != 0 ? thresholdStride : 0);
        storeThresholds(out, u0, negative0);
        storeThresholds(out + 32, u1, negative1);
      }
      if (bits != 0) {
        const on0 = on(u0, negative0, v128.load(scratch + at));
        const on1 = on(u1, negative1, v128.load(scratch + at, 16));
        word |= <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(on0, on1)) << (<u32>half << 4);
      }
    }
    if (bits != 0) {
      store<u32>(bits, word & mask);
      bits += bitsStride;
      address += blocksAnId;
    }
    sums += 64;
    if (wide != 0) wide += 128;
    if (thresholds != 0) thresholds += 64;
  }
}
