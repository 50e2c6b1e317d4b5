// Outer sums in 1, 2 or 3 bytes a value and back (ebm/rbm/packed.ts has the plain loops that these kernels are tested against). Bytes are exact:
// nothing is read or written beyond `count` values, so that threads may share an array out.

/** The or of what `count` int32 values use: each value's bits that differ from its sign. */
export function usedBits(from: usize, count: i32): i32 {
  let all = i32x4.splat(0);
  for (; count >= 4; count -= 4) {
    const x = v128.load(from);
    all = v128.or(all, v128.xor(x, i32x4.shr_s(x, 31)));
    from += 16;
  }
  let used = i32x4.extract_lane(all, 0) | i32x4.extract_lane(all, 1) | i32x4.extract_lane(all, 2) | i32x4.extract_lane(all, 3);
  for (; count > 0; count--) {
    const value = load<i32>(from);
    used |= value ^ (value >> 31);
    from += 4;
  }
  return used;
}

/** Values that fit `width` bytes: int32 [count] to bytes [count * width]. */
export function packValues(from: usize, count: i32, width: i32, out: usize): void {
  for (; count >= 16; count -= 16) {
    const a = v128.load(from);
    const b = v128.load(from, 16);
    const c = v128.load(from, 32);
    const d = v128.load(from, 48);
    if (width == 3) {
      v128.store(out, v128.shuffle<u8>(a, b, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20));
      v128.store(out, v128.shuffle<u8>(b, c, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25), 16);
      v128.store(out, v128.shuffle<u8>(c, d, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30), 32);
      out += 48;
    } else {
      const low = i16x8.narrow_i32x4_s(a, b);
      const high = i16x8.narrow_i32x4_s(c, d);
      if (width == 2) {
        v128.store(out, low);
        v128.store(out, high, 16);
        out += 32;
      } else {
        v128.store(out, i8x16.narrow_i16x8_s(low, high));
        out += 16;
      }
    }
    from += 64;
  }
  for (; count > 0; count--) {
    let value = load<i32>(from);
    for (let byte = 0; byte < width; byte++) {
      store<u8>(out, <u8>value);
      value >>= 8;
      out++;
    }
    from += 4;
  }
}

/** Adds values of `width` bytes to int32 sums; `fresh` not 0: sums start from 0 whatever was there. */
export function addPacked(from: usize, count: i32, width: i32, fresh: i32, out: usize): void {
  for (; count >= 16; count -= 16) {
    if (width == 3) {
      const x = v128.load(from);
      const y = v128.load(from, 16);
      const z = v128.load(from, 32);
      // Each value in the upper bytes of its lane; what is below is shifted out.
      add(i32x4.shr_s(v128.shuffle<u8>(x, x, 0, 0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8, 0, 9, 10, 11), 8), fresh, out);
      add(i32x4.shr_s(v128.shuffle<u8>(x, y, 12, 12, 13, 14, 12, 15, 16, 17, 12, 18, 19, 20, 12, 21, 22, 23), 8), fresh, out + 16);
      add(i32x4.shr_s(v128.shuffle<u8>(y, z, 8, 8, 9, 10, 8, 11, 12, 13, 8, 14, 15, 16, 8, 17, 18, 19), 8), fresh, out + 32);
      add(i32x4.shr_s(v128.shuffle<u8>(z, z, 4, 4, 5, 6, 4, 7, 8, 9, 4, 10, 11, 12, 4, 13, 14, 15), 8), fresh, out + 48);
      from += 48;
    } else if (width == 2) {
      addEight(v128.load(from), fresh, out);
      addEight(v128.load(from, 16), fresh, out + 32);
      from += 32;
    } else {
      const x = v128.load(from);
      addEight(i16x8.extend_low_i8x16_s(x), fresh, out);
      addEight(i16x8.extend_high_i8x16_s(x), fresh, out + 32);
      from += 16;
    }
    out += 64;
  }
  const shift = 32 - 8 * width;
  for (; count > 0; count--) {
    let value = 0;
    for (let byte = 0; byte < width; byte++) value |= <i32>load<u8>(from + byte) << (8 * byte);
    value = (value << shift) >> shift;
    store<i32>(out, fresh ? value : load<i32>(out) + value);
    from += width;
    out += 4;
  }
}

@inline
function addEight(x: v128, fresh: i32, out: usize): void {
  add(i32x4.extend_low_i16x8_s(x), fresh, out);
  add(i32x4.extend_high_i16x8_s(x), fresh, out + 16);
}

@inline
function add(x: v128, fresh: i32, out: usize): void {
  v128.store(out, fresh ? x : i32x4.add(x, v128.load(out)));
}
