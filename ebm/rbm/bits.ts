// Packed bits: bit i of a row is bit (i & 7) of byte (i >> 3); spare bits are 0. The form of binary data and chains everywhere.

/** Bytes of a row of so many units. */
export function bytesOf(units: number): number {
  return (units + 7) >> 3;
}

/** Bit `unit` of the row that starts at byte `offset`: 0 or 1. */
export function bitAt(bytes: Uint8Array, offset: number, unit: number): number {
  return (bytes[offset + (unit >> 3)]! >> (unit & 7)) & 1;
}

/** A view of row `index` of rows of `units` bits. */
export function rowOf(bytes: Uint8Array, units: number, index: number): Uint8Array {
  const length = bytesOf(units);
  return bytes.subarray(index * length, (index + 1) * length);
}

/** Packs a row: unit i is on where `values[i]` is not 0. Writes every byte of `row`. */
export function packRow(values: ArrayLike<number>, row: Uint8Array): void {
  row.fill(0);
  for (let unit = 0; unit < values.length; unit += 1) {
    if (values[unit] !== 0) row[unit >> 3]! |= 1 << (unit & 7);
  }
}

/** The units of a row as 0 and 1: uint8 [units]. */
export function unpackRow(row: Uint8Array, units: number): Uint8Array {
  return Uint8Array.from({ length: units }, (_, unit) => bitAt(row, 0, unit));
}

/** Set bits in all the bytes. */
export function popcount(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) {
    let rest = byte - ((byte >> 1) & 0x55);
    rest = (rest & 0x33) + ((rest >> 2) & 0x33);
    count += (rest + (rest >> 4)) & 0x0f;
  }
  return count;
}

/** Units of each row that differ between two packings of equal length. */
export function distance(left: Uint8Array, right: Uint8Array): number {
  return popcount(left.map((byte, index) => byte ^ right[index]!));
}
