// From pre-activations to thresholds and bits (EXACT.md, Thresholds, Draws), for 32 consecutive units of a range of samples, in passes of
// short loops: inputs as int16, U of their sizes, then thresholds, then draws and bits.
// The table holds U(x) = T(-x) for x >= 0, in 0..32768, so that uint16 entries suffice: T(-x) = U(x), T(x) = 65536 - U(x).
import { drawUnits, fillKeys } from './draws';

/** Sizes and addresses that all samples of a block share; laid out by the owner as consecutive 32-bit words. */
@unmanaged
export class Block {
  /** int16 accumulators, 64 bytes a sample; overwritten. */
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
  /** Packed bits of the 32 units, every bitsStride bytes; 0 = no draws. */
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
  /** 128 bytes for draws, then a key's table (draws.ts). */
  scratch: usize;
  /** uint16 U, 64 bytes a sample; may be where `wide` is. */
  sizes: usize;
  /** Bytes of bits that are stored of each sample: 4, or fewer at the end of rows that lie close together. */
  bytes: i32;
}

const INT16_MAX = 32767;

/** Thresholds and, if asked for, bits of the block's samples. */
export function sampleBlock(block: Block): void {
  if (block.bound < INT16_MAX) {
    if (block.wide || !biasesFit(block.bias)) narrowInputs(block);
    else addBiases(block);
    lookUp(block.sums, block.samples << 2, block.table, block.bound, block.sizes);
  } else {
    lookUpWide(block);
  }
  if (block.thresholds) {
    writeThresholds(block, 0, block.thresholds);
    writeThresholds(block, 32, block.thresholds + block.thresholdStride);
  }
  if (block.bits) drawBits(block);
}

function biasesFit(bias: usize): bool {
  let largest = i32x4.splat(0);
  for (let at: usize = 0; at < 128; at += 16) largest = i32x4.max_u(largest, i32x4.abs(v128.load(bias + at)));
  return !v128.any_true(i32x4.gt_u(largest, i32x4.splat(INT16_MAX)));
}

/** x = sum + bias, saturated to int16, which loses nothing as long as bound is less. */
function addBiases(block: Block): void {
  const bias = block.bias;
  const b0 = i16x8.narrow_i32x4_s(v128.load(bias), v128.load(bias, 16));
  const b1 = i16x8.narrow_i32x4_s(v128.load(bias, 32), v128.load(bias, 48));
  const b2 = i16x8.narrow_i32x4_s(v128.load(bias, 64), v128.load(bias, 80));
  const b3 = i16x8.narrow_i32x4_s(v128.load(bias, 96), v128.load(bias, 112));
  let sums = block.sums;
  const end = sums + (<usize>block.samples << 6);
  for (; sums < end; sums += 64) {
    v128.store(sums, i16x8.add_sat_s(v128.load(sums), b0));
    v128.store(sums, i16x8.add_sat_s(v128.load(sums, 16), b1), 16);
    v128.store(sums, i16x8.add_sat_s(v128.load(sums, 32), b2), 32);
    v128.store(sums, i16x8.add_sat_s(v128.load(sums, 48), b3), 48);
  }
}

/** Eight x as two int32 vectors, low or high. */
@inline
function inputs(sums: v128, base: usize, high: bool): v128 {
  return i32x4.add(v128.load(base), high ? i32x4.extend_high_i16x8_s(sums) : i32x4.extend_low_i16x8_s(sums));
}

/** The same where sums were widened or a bias is large. */
function narrowInputs(block: Block): void {
  let sums = block.sums;
  let base = block.wide ? block.wide : block.bias;
  const step: usize = block.wide ? 128 : 0;
  const end = sums + (<usize>block.samples << 6);
  for (; sums < end; sums += 64) {
    for (let at: usize = 0; at < 64; at += 16) {
      const x = v128.load(sums + at);
      v128.store(sums + at, i16x8.narrow_i32x4_s(inputs(x, base + 2 * at, false), inputs(x, base + 2 * at + 16, true)));
    }
    base += step;
  }
}

/** U of |x| for so many vectors of eight int16. */
function lookUp(x: usize, vectors: i32, table: usize, bound: i32, out: usize): void {
  const bounds = i16x8.splat(<i16>bound);
  const end = x + (<usize>vectors << 4);
  for (; x < end; x += 16) {
    const offsets = i16x8.shl(i16x8.min_u(i16x8.abs(v128.load(x)), bounds), 1);
    const low = <u64>i64x2.extract_lane(offsets, 0);
    const high = <u64>i64x2.extract_lane(offsets, 1);
    let u = v128.load_zero<u32>(table + (<usize>low & 0xffff));
    let w = v128.load_zero<u32>(table + (<usize>high & 0xffff));
    u = v128.load_lane<u16>(table + (<usize>(<u32>low >> 16)), u, 1);
    w = v128.load_lane<u16>(table + (<usize>(<u32>high >> 16)), w, 1);
    u = v128.load_lane<u16>(table + (<usize>(low >> 32) & 0xffff), u, 2);
    w = v128.load_lane<u16>(table + (<usize>(high >> 32) & 0xffff), w, 2);
    u = v128.load_lane<u16>(table + <usize>(low >> 48), u, 3);
    w = v128.load_lane<u16>(table + <usize>(high >> 48), w, 3);
    v128.store(out, v128.shuffle<u64>(u, w, 0, 2));
    out += 16;
  }
}

/** The same for tables longer than int16 reaches; leaves inputs of which only the sign counts. One sample's `wide` is read before its U are written. */
function lookUpWide(block: Block): void {
  let sums = block.sums;
  let out = block.sizes;
  let base = block.wide ? block.wide : block.bias;
  const step: usize = block.wide ? 128 : 0;
  const end = sums + (<usize>block.samples << 6);
  for (; sums < end; sums += 64) {
    for (let at: usize = 0; at < 64; at += 2) {
      const x = load<i32>(base + 2 * at) + <i32>load<i16>(sums + at);
      store<u16>(out + at, load<u16>(block.table + (<usize>min<i32>(block.bound, x < 0 ? -x : x) << 1)));
      store<i16>(sums + at, x < 0 ? -1 : 0);
    }
    base += step;
    out += 64;
  }
}

/** Thresholds of 16 units as int32: U where x < 0, 65536 - U elsewhere. `at`: byte of the first unit in a sample's 64. */
function writeThresholds(block: Block, at: usize, out: usize): void {
  const one = i32x4.splat(65536);
  let x = block.sums + at;
  let sizes = block.sizes + at;
  const end = out + (<usize>block.samples << 6);
  for (; out < end; out += 64) {
    for (let half: usize = 0; half < 32; half += 16) {
      const u = v128.load(sizes + half);
      const negative = i16x8.shr_s(v128.load(x + half), 15);
      const low = i32x4.extend_low_i16x8_u(u);
      const high = i32x4.extend_high_i16x8_u(u);
      v128.store(out + 2 * half, v128.bitselect(low, i32x4.sub(one, low), i32x4.extend_low_i16x8_s(negative)));
      v128.store(out + 2 * half, v128.bitselect(high, i32x4.sub(one, high), i32x4.extend_high_i16x8_s(negative)), 16);
    }
    x += 64;
    sizes += 64;
  }
}

/**
 * Lanes all ones where the draw is below T. For x < 0: draw < U. For x >= 0: draw < 65536 - U, the same as not (65535 - draw < U).
 * With e = the draw, complemented for x >= 0: (e >= U) xor negative.
 */
@inline
function on(x: usize, sizes: usize, draws: usize): v128 {
  const u = v128.load(sizes);
  const negative = i16x8.shr_s(v128.load(x), 15);
  const e = v128.not(v128.xor(v128.load(draws), negative));
  return v128.xor(i16x8.eq(i16x8.max_u(e, u), e), negative);
}

/** 32 bits of a sample. */
@inline
function bitsOf(x: usize, sizes: usize, draws: usize): u32 {
  const low = i8x16.bitmask(i8x16.narrow_i16x8_s(on(x, sizes, draws), on(x + 16, sizes + 16, draws + 16)));
  const high = i8x16.bitmask(i8x16.narrow_i16x8_s(on(x + 32, sizes + 32, draws + 32), on(x + 48, sizes + 48, draws + 48)));
  return <u32>low | (<u32>high << 16);
}

@inline
function storeBits(target: usize, bits: u32, bytes: i32): void {
  if (bytes == 4) {
    store<u32>(target, bits);
    return;
  }
  for (; bytes > 0; bytes--) {
    store<u8>(target, <u8>bits);
    bits >>= 8;
    target += 1;
  }
}

/** Two samples at a time. */
function drawBits(block: Block): void {
  const draws = block.scratch;
  const keys = draws + 128;
  fillKeys(keys, block.key0, block.key1);
  const blocksAnId = <u64>block.blocksAnId;
  let address = (<u64>block.firstIdLow + (<u64>block.firstIdHigh << 32)) * blocksAnId + <u64>block.firstBlock;
  let x = block.sums;
  let sizes = block.sizes;
  let bits = block.bits;
  for (let left = block.samples; left > 0; left -= 2) {
    drawUnits(draws, address, address + blocksAnId, block.halfStep, block.word3, keys);
    storeBits(bits, bitsOf(x, sizes, draws) & block.mask, block.bytes);
    if (left > 1) storeBits(bits + block.bitsStride, bitsOf(x + 64, sizes + 64, draws + 64) & block.mask, block.bytes);
    address += 2 * blocksAnId;
    bits += 2 * block.bitsStride;
    x += 128;
    sizes += 128;
  }
}
