// Programs: which table rows each target adds, made once from packed bits and run for every block of columns.
// A program is a list of runs: uint16 count, uint16 length L, then `count` targets of uint16 number and L uint16 table offsets, then padding;
// count = 0 ends it. Targets of equal length follow one another, so that the loop over a target's entries is predictable.
// Offsets are (16 group + nibble) * 64.

const ONES: u64 = 0x1111111111111111;
/** Bytes after a run that its last entries may spill into. */
export const RUN_PADDING: usize = 16;
/** Largest number of groups in a program: 64 groups of 16 entries of 64 bytes reach the end of a uint16 offset. */
const LENGTH_MAX = 64;
/** Of a compiler's scratch: counts int32 [65], places int32 [65], then lengths uint8 [targets]. */
const PLACES: usize = 4 * (LENGTH_MAX + 1);
const LENGTHS: usize = 2 * PLACES;

/** Bit 4 g is set where nibble g of the word is not zero. */
@inline
function nonzeroNibbles(word: u64): u64 {
  const pairs = word | (word >> 1);
  return (pairs | (pairs >> 2)) & ONES;
}

/** Fills the 256 * 16 bytes that `compileProgram` packs with: row m moves the uint16 lanes whose bit of m is 0 to the front. */
export function fillPacking(packing: usize): void {
  for (let mask: usize = 0; mask < 256; mask++) {
    let place = packing + (mask << 4);
    const end = place + 16;
    for (let lane: usize = 0; lane < 8; lane++) {
      if ((mask >> lane) & 1) continue;
      store<u8>(place, <u8>(2 * lane));
      store<u8>(place, <u8>(2 * lane + 1), 1);
      place += 2;
    }
    while (place < end) {
      store<u8>(place, 0x80);
      place += 1;
    }
  }
}

/**
 * Compiles the program of `targets` rows of bits: row r is `words` (1 to 4) uint64 words at bits + r * stride; each word is 16 groups.
 * Of the last word `lastBits` (1 to 64) count. Targets without any entry are listed only if `all` is not 0. `packing` is what fillPacking
 * made. Returns the end of the program.
 */
export function compileProgram(
  bits: usize, stride: usize, targets: i32, words: i32, lastBits: i32, program: usize, scratch: usize, packing: usize, all: i32,
): usize {
  memory.fill(scratch, 0, PLACES);
  const lastMask: u64 = (<u64>-1) >> (64 - <u64>lastBits);
  const last = words - 1;
  let row = bits;
  for (let target: usize = 0; target < <usize>targets; target++) {
    let length: usize = 0;
    for (let word = 0; word < last; word++) length += <usize>popcnt(nonzeroNibbles(load<u64>(row + (<usize>word << 3))));
    length += <usize>popcnt(nonzeroNibbles(load<u64>(row + (<usize>last << 3)) & lastMask));
    store<u8>(scratch + LENGTHS + target, <u8>length);
    const slot = scratch + (length << 2);
    store<i32>(slot, load<i32>(slot) + 1);
    row += stride;
  }
  const end = openRuns(program, scratch, all);
  row = bits;
  for (let target: usize = 0; target < <usize>targets; target++) {
    const length: usize = load<u8>(scratch + LENGTHS + target);
    if (length | all) {
      const slot = scratch + PLACES + (length << 2);
      const place = <usize>load<i32>(slot);
      store<i32>(slot, <i32>(place + 2 + 2 * length));
      store<u16>(place, <u16>target);
      writeEntries(row, words, lastMask, place + 2, packing);
    }
    row += stride;
  }
  return end;
}

/** Writes the runs' headers and notes where their targets go. */
function openRuns(program: usize, scratch: usize, all: i32): usize {
  for (let length = LENGTH_MAX; length >= (all ? 0 : 1); length--) {
    const count = load<i32>(scratch + (<usize>length << 2));
    if (count == 0) continue;
    store<u16>(program, <u16>count);
    store<u16>(program, <u16>length, 2);
    program += 4;
    store<i32>(scratch + PLACES + (<usize>length << 2), <i32>program);
    program += <usize>count * (2 + 2 * <usize>length) + RUN_PADDING;
  }
  store<u16>(program, 0);
  return program + 2;
}

/** Writes the offsets of a row's nonzero nibbles; up to 16 bytes beyond the last are overwritten. */
@inline
function writeEntries(row: usize, words: i32, lastMask: u64, place: usize, packing: usize): void {
  let base = i16x8(0, 1024, 2048, 3072, 4096, 5120, 6144, 7168);
  const step = i16x8.splat(8192);
  for (let left = words; left > 0; left--) {
    const word = left == 1 ? load<u64>(row) & lastMask : load<u64>(row);
    place = writeEight(<u32>word, base, place, packing);
    base = i16x8.add(base, step);
    place = writeEight(<u32>(word >> 32), base, place, packing);
    base = i16x8.add(base, step);
    row += 8;
  }
}

/** Eight nibbles at once: low nibbles in even lanes, high ones in odd, both times 64, and those that are not 0 moved to the front. */
@inline
function writeEight(bits: u32, base: v128, place: usize, packing: usize): usize {
  const pairs = i8x16.swizzle(i32x4.splat(<i32>bits), i8x16(0, -1, 0, -1, 1, -1, 1, -1, 2, -1, 2, -1, 3, -1, 3, -1));
  const offsets = i16x8.mul(v128.and(pairs, i16x8(15, 240, 15, 240, 15, 240, 15, 240)), i16x8(64, 4, 64, 4, 64, 4, 64, 4));
  const zero = i16x8.bitmask(i16x8.eq(offsets, i16x8.splat(0)));
  v128.store(place, i8x16.swizzle(i16x8.add(offsets, base), v128.load(packing + (<usize>zero << 4))));
  return place + 16 - (<usize>popcnt(zero) << 1);
}

/** Sets bytes to 0. */
export function clear(address: usize, bytes: usize): void {
  memory.fill(address, 0, bytes);
}
