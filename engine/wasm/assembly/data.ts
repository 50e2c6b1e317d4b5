// Training rows into the working area: which rows an epoch's positions mean, copies of packed rows, stochastic rows drawn from levels.
// The permutation is ebm/random/permutation.ts, repeated here in integers; the owner derives its keys.
import { drawUnits, fillKeys } from './draws';

const ROUNDS: usize = 10;

/** 32 well-mixed bits of a half and a round key (the finaliser of MurmurHash3). */
@inline
function mix(half: u32, key: u32): u64 {
  let x = half ^ key;
  x = (x ^ (x >>> 16)) * 0x85ebca6b;
  x = (x ^ (x >>> 13)) * 0xc2b2ae35;
  return <u64>(x ^ (x >>> 16));
}

/** Rows at the epoch's indices [from, from + count): uint32 at `out`. `keys`: uint32 [10]. */
export function orderRows(keys: usize, width: u32, height: u32, rows: f64, from: f64, count: i32, out: usize): void {
  const limit = <u64>rows;
  const first = <u64>from;
  for (let index = 0; index < count; index++) {
    let cell = first + <u64>index;
    do {
      let left = cell % width;
      let right = cell / width;
      for (let round: usize = 0; round < ROUNDS; round += 2) {
        const key = keys + (round << 2);
        left = (left + mix(<u32>right, load<u32>(key))) % width;
        right = (right + mix(<u32>left, load<u32>(key, 4))) % height;
      }
      cell = left + <u64>width * right;
    } while (cell >= limit);
    store<u32>(out, <u32>cell);
    out += 4;
  }
}

/** Copies the listed rows of packed bits to rows of `stride` bytes, whose bytes beyond `rowBytes` are not touched. */
export function gatherRows(data: usize, rowBytes: usize, list: usize, count: i32, out: usize, stride: usize): void {
  for (let index = 0; index < count; index++) {
    let source = data + <usize>load<u32>(list) * rowBytes;
    let target = out;
    const end = source + rowBytes;
    while (source + 8 <= end) {
      store<u64>(target, load<u64>(source));
      source += 8;
      target += 8;
    }
    while (source < end) {
      store<u8>(target, load<u8>(source));
      source += 1;
      target += 1;
    }
    list += 4;
    out += stride;
  }
}

/** Copies rows of `words` 32-bit words between strides. */
export function copyRows(from: usize, fromStride: usize, to: usize, toStride: usize, words: i32, count: i32): void {
  for (let index = 0; index < count; index++) {
    const bytes = <usize>words << 2;
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(from + at));
    for (; at < bytes; at += 4) store<u32>(to + at, load<u32>(from + at));
    from += fromStride;
    to += toStride;
  }
}

/** Copies rows of bytes between strides. */
export function copyBytes(from: usize, fromStride: usize, to: usize, toStride: usize, bytes: i32, count: i32): void {
  for (let index = 0; index < count; index++) {
    for (let byte = 0; byte < bytes; byte++) store<u8>(to + <usize>byte, load<u8>(from + <usize>byte));
    from += fromStride;
    to += toStride;
  }
}

/**
 * Draws the listed rows from thresholds: unit i of a row is on when its draw is below its level, or below palette[level] when `palette` is not 0
 * (levels are uint8 then, else int32). id = row, half-step 0, word 3 = epoch. `scratch`: 128 bytes for draws, then a key's table.
 */
export function drawRows(
  levels: usize, palette: usize, units: i32, list: usize, count: i32, out: usize, stride: usize,
  epoch: u32, key0: u32, key1: u32, scratch: usize,
): void {
  const blocks = <u64>((units + 7) >> 3);
  const keys = scratch + 128;
  fillKeys(keys, key0, key1);
  for (let index = 0; index < count; index++) {
    const row = <u64>load<u32>(list);
    const first = row * <u64>units;
    for (let unit = 0; unit < units; unit += 32) {
      const address = row * blocks + <u64>(unit >> 3);
      if (!(unit & 32)) drawUnits(scratch, address, address + 4, 0, epoch, keys);
      const draws = scratch + (<usize>(unit & 32) << 1);
      const size = units - unit < 32 ? units - unit : 32;
      const at = <usize>(first + <u64>unit);
      let word: u32 = 0;
      for (let k = 0; k < size; k++) {
        const threshold = palette != 0 ? load<i32>(palette + (<usize>load<u8>(levels + at + k) << 2)) : load<i32>(levels + ((at + k) << 2));
        const draw = <i32>load<u16>(draws + (<usize>k << 1));
        word |= <u32>(draw < threshold) << k;
      }
      store<u32>(out + (<usize>unit >> 3), word);
    }
    list += 4;
    out += stride;
  }
}
