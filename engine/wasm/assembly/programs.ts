// Programs: which table rows each target adds, made once from packed bits and run for every block of columns.
// A program is a list of runs: uint16 length L, uint16 count, then `count` targets of uint16 number and L uint16 table offsets; L = 0 ends it.
// Targets of equal length follow one another, so that the loop over a target's entries is predictable. Offsets are (16 group + nibble) * 64.

const ONES: u64 = 0x1111111111111111;

/** Bit 4 g is set where nibble g of the word is not zero. */
@inline
function nonzeroNibbles(word: u64): u64 {
  const pairs = word | (word >> 1);
  return (pairs | (pairs >> 2)) & ONES;
}

/** Largest number of groups in a program: 64 groups of 16 entries of 64 bytes reach the end of a uint16 offset. */
const GROUPS_MAX = 64;

/**
 * Compiles the program of `targets` rows of bits: row r is `words` (1 to 4) uint64 words at bits + r * stride; each word is 16 groups.
 * `scratch` holds 2 * 65 int32. Returns the end of the program.
 */
export function compileProgram(bits: usize, stride: usize, targets: i32, words: i32, program: usize, scratch: usize): usize {
  const counts = scratch;
  const places = scratch + 4 * (GROUPS_MAX + 1);
  memory.fill(counts, 0, 4 * (GROUPS_MAX + 1));
  let row = bits;
  for (let target = 0; target < targets; target++) {
    let length = 0;
    for (let word = 0; word < words; word++) length += <i32>popcnt(nonzeroNibbles(load<u64>(row + (<usize>word << 3))));
    const slot = counts + (<usize>length << 2);
    store<i32>(slot, load<i32>(slot) + 1);
    row += stride;
  }
  let end = program;
  for (let length: usize = GROUPS_MAX; length > 0; length--) {
    const count = load<i32>(counts + (length << 2));
    if (count == 0) continue;
    store<u16>(end, <u16>length);
    store<u16>(end, <u16>count, 2);
    end += 4;
    store<i32>(places + (length << 2), <i32>end);
    end += <usize>count * (2 + 2 * length);
  }
  store<u32>(end, 0);
  row = bits;
  for (let target = 0; target < targets; target++) {
    let length = 0;
    for (let word = 0; word < words; word++) length += <i32>popcnt(nonzeroNibbles(load<u64>(row + (<usize>word << 3))));
    if (length > 0) {
      const slot = places + (<usize>length << 2);
      let place = <usize>load<i32>(slot);
      store<u16>(place, <u16>target);
      place += 2;
      for (let word = 0; word < words; word++) place = writeEntries(load<u64>(row + (<usize>word << 3)), <u32>word << 14, place);
      store<i32>(slot, <i32>place);
    }
    row += stride;
  }
  return end + 4;
}

/** Writes the table offsets of a word's nonzero nibbles; 16 groups are 16 * 16 * 64 = 2^14 bytes of table. */
@inline
function writeEntries(word: u64, base: u32, place: usize): usize {
  let left = nonzeroNibbles(word);
  while (left) {
    const shift = ctz(left);
    store<u16>(place, <u16>(base + (<u32>shift << 8) + (<u32>((word >> shift) & 15) << 6)));
    place += 2;
    left &= left - 1;
  }
  return place;
}

/** Numbers of targets with no entry at all are not in a program: clears the 64-byte accumulators of all of them beforehand. */
export function clear(address: usize, bytes: usize): void {
  memory.fill(address, 0, bytes);
}
