// Sums in the fewest bytes a value that hold their range: two's complement, little-endian, 1 to 4 bytes each. Exact.

export type Width = 1 | 2 | 3 | 4;

/** Whether the field of a message says a width. */
export function isWidth(value: number): value is Width {
  return value === 1 || value === 2 || value === 3 || value === 4;
}

/** Bytes a value that hold all of them. */
export function widthOf(values: Int32Array): Width {
  // A value fits n bits if its bits above are all equal to its sign: what they have set in common is what all of them need.
  let used = 0;
  for (let at = 0; at < values.length; at += 1) used |= values[at]! ^ (values[at]! >> 31);
  const bits = 33 - Math.clz32(used);
  return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 24 ? 3 : 4;
}

export function narrowed(values: Int32Array, width: Width): Uint8Array {
  const bytes = new Uint8Array(values.length * width);
  switch (width) {
    case 1: for (let at = 0; at < values.length; at += 1) bytes[at] = values[at]!; break;
    case 2: writeTwo(values, bytes); break;
    case 3: writeThree(values, bytes); break;
    case 4: for (let at = 0, to = 0; at < values.length; at += 1, to += 4) writeFour(values[at]!, bytes, to);
  }
  return bytes;
}

function writeTwo(values: Int32Array, bytes: Uint8Array): void {
  for (let at = 0, to = 0; at < values.length; at += 1, to += 2) {
    const value = values[at]!;
    bytes[to] = value;
    bytes[to + 1] = value >> 8;
  }
}

function writeThree(values: Int32Array, bytes: Uint8Array): void {
  for (let at = 0, to = 0; at < values.length; at += 1, to += 3) {
    const value = values[at]!;
    bytes[to] = value;
    bytes[to + 1] = value >> 8;
    bytes[to + 2] = value >> 16;
  }
}

function writeFour(value: number, bytes: Uint8Array, to: number): void {
  bytes[to] = value;
  bytes[to + 1] = value >> 8;
  bytes[to + 2] = value >> 16;
  bytes[to + 3] = value >> 24;
}

/** Null if the bytes are no whole number of values. */
export function widened(bytes: Uint8Array, width: Width): Int32Array | null {
  if (bytes.length % width !== 0) return null;
  const values = new Int32Array(bytes.length / width);
  const shift = 32 - 8 * width;
  for (let at = 0, from = 0; at < values.length; at += 1, from += width) {
    let value = bytes[from]!;
    if (width > 1) value |= bytes[from + 1]! << 8;
    if (width > 2) value |= bytes[from + 2]! << 16;
    if (width > 3) value |= bytes[from + 3]! << 24;
    values[at] = (value << shift) >> shift;
  }
  return values;
}
