// Rows of outer sums in so many bits a value and back (ebm/rbm/packed.ts has the layout, and the plain loops that these kernels are tested against).
// Nothing is read or written beyond a row, so that threads may share a matrix out.

/** Bits that hold `count` int32 values; 0 if all are 0. */
export function rowBits(from: usize, count: i32): i32 {
  let any = i32x4.splat(0);
  let used = i32x4.splat(0);
  for (; count >= 4; count -= 4) {
    const x = v128.load(from);
    any = v128.or(any, x);
    used = v128.or(used, v128.xor(x, i32x4.shr_s(x, 31)));
    from += 16;
  }
  if (count > 0) {
    const x = partOf(from, count);
    any = v128.or(any, x);
    used = v128.or(used, v128.xor(x, i32x4.shr_s(x, 31)));
  }
  return v128.any_true(any) ? 33 - clz(orOf(used)) : 0;
}

@inline
function orOf(x: v128): i32 {
  return i32x4.extract_lane(x, 0) | i32x4.extract_lane(x, 1) | i32x4.extract_lane(x, 2) | i32x4.extract_lane(x, 3);
}

/** The last 1 to 3 values of a row, and zeros. */
function partOf(from: usize, count: i32): v128 {
  let x = i32x4.replace_lane(i32x4.splat(0), 0, load<i32>(from));
  if (count > 1) x = i32x4.replace_lane(x, 1, load<i32>(from, 4));
  if (count > 2) x = i32x4.replace_lane(x, 2, load<i32>(from, 8));
  return x;
}

/** Packs a row of `count` int32 values of at most `bits` bits each, 1 to 32. */
export function packRow(from: usize, count: i32, bits: i32, out: usize): void {
  const mask = i32x4.splat(bits == 32 ? -1 : (1 << bits) - 1);
  let word = i32x4.splat(0);
  let at = 0; // bits of the word that are taken
  for (; count > 0; count -= 4) {
    const x = v128.and(count >= 4 ? v128.load(from) : partOf(from, count), mask);
    word = v128.or(word, i32x4.shl(x, at));
    at += bits;
    if (at >= 32) {
      v128.store(out, word);
      out += 16;
      at -= 32;
      word = at == 0 ? i32x4.splat(0) : i32x4.shr_u(x, bits - at);
    }
    from += 16;
  }
  if (at > 0) v128.store(out, word);
}

/** Adds a packed row to int32 sums; `fresh` not 0: sums start from 0 whatever was there. `bits` may be 0. */
export function addRow(from: usize, count: i32, bits: i32, fresh: i32, out: usize): void {
  if (bits == 0) {
    if (fresh) memory.fill(out, 0, <usize>count << 2);
    return;
  }
  const shift = 32 - bits;
  let word = v128.load(from);
  let at = 0; // bits of the word that were read
  for (; count > 0; count -= 4) {
    let x = i32x4.shr_u(word, at);
    at += bits;
    if (at >= 32) {
      at -= 32;
      from += 16;
      if (at > 0 || count > 4) { // there is another word
        word = v128.load(from);
        if (at > 0) x = v128.or(x, i32x4.shl(word, bits - at));
      }
    }
    x = i32x4.shr_s(i32x4.shl(x, shift), shift);
    if (count >= 4) {
      v128.store(out, fresh ? x : i32x4.add(x, v128.load(out)));
    } else {
      addPart(x, count, fresh, out);
    }
    out += 16;
  }
}

function addPart(x: v128, count: i32, fresh: i32, out: usize): void {
  store<i32>(out, i32x4.extract_lane(x, 0) + (fresh ? 0 : load<i32>(out)));
  if (count > 1) store<i32>(out, i32x4.extract_lane(x, 1) + (fresh ? 0 : load<i32>(out, 4)), 4);
  if (count > 2) store<i32>(out, i32x4.extract_lane(x, 2) + (fresh ? 0 : load<i32>(out, 8)), 8);
}
